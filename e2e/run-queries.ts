// Questions about the runs that log_everything.py makes, in the spellings that users write, with the runs that
// answer each: asked through Python and through TypeScript.

import type { RunFilter } from "@steelyard/client";

/** One question. */
export interface RunQuery {
  readonly title: string;
  readonly filters?: RunFilter;
  readonly order?: string;
  readonly perPage?: number;
  /** The ids in the order in which they must come. */
  readonly ids: readonly string[];
}

const everything = ["console", "empty", "failed", "files", "media", "metrics", "scalars"];
const created = ["scalars", "metrics", "media", "console", "files", "failed", "empty"];

/** Every question; orders that leave ties are given only where the ids are all that is compared. */
export const runQueries: readonly RunQuery[] = [
  { title: "all by name", order: "+name", ids: everything },
  { title: "all by name, two a page", order: "+name", perPage: 2, ids: everything },
  { title: "all by name, descending", order: "-name", ids: everything.toReversed() },
  { title: "all as they were made", ids: created },
  { title: "newest first", order: "-created_at", ids: created.toReversed() },
  { title: "config key", filters: { "config.lr": 0.2 }, ids: ["scalars"] },
  { title: "config key with value", filters: { "config.lr.value": 0.5 }, ids: ["failed"] },
  {
    title: "config key is greater",
    filters: { "config.lr": { $gt: 0.1 } },
    order: "+name",
    ids: ["failed", "scalars"],
  },
  { title: "nested config key", filters: { "config.optimizer.value.name": "adam" }, ids: ["scalars"] },
  { title: "nested config key, short", filters: { "config.optimizer.name": "sgd" }, ids: ["failed"] },
  { title: "config key with a dot", filters: { "config.dotted.key": 1 }, ids: ["scalars"] },
  { title: "config key with a slash", filters: { "config.slash/key": "v" }, ids: ["scalars"] },
  {
    title: "config key exists",
    filters: { "config.lr": { $exists: true } },
    order: "+name",
    ids: ["failed", "scalars"],
  },
  {
    title: "config key does not exist",
    filters: { "config.lr": { $exists: false } },
    order: "+name",
    ids: ["console", "empty", "files", "media", "metrics"],
  },
  { title: "summary", filters: { "summary_metrics.loss": { $lt: 1 } }, ids: ["scalars"] },
  { title: "summary, old spelling", filters: { "summary.loss": { $gte: 3.5 } }, ids: ["failed"] },
  { title: "nested summary", filters: { "summary_metrics.loss.max": 36 }, ids: ["metrics"] },
  { title: "state", filters: { state: "failed" }, ids: ["failed"] },
  { title: "display name", filters: { display_name: "Every scalar, renamed" }, ids: ["scalars"] },
  {
    title: "display name, camel case",
    filters: { displayName: { $regex: "^Every .*renamed$" } },
    ids: ["scalars"],
  },
  {
    title: "id",
    filters: { name: { $in: ["media", "empty", "none"] } },
    order: "+name",
    ids: ["empty", "media"],
  },
  { title: "a tag", filters: { tags: "first" }, order: "+name", ids: ["metrics", "scalars"] },
  { title: "one of these tags", filters: { tags: { $in: ["added", "none"] } }, ids: ["scalars"] },
  {
    title: "not that tag",
    filters: { $or: [{ tags: null }, { tags: { $ne: "first" } }] },
    order: "+name",
    ids: ["console", "empty", "failed", "files", "media"],
  },
  { title: "group", filters: { group: "group-a" }, order: "+name", ids: ["metrics", "scalars"] },
  { title: "job type", filters: { jobType: { $in: ["eval"] } }, ids: ["metrics"] },
  {
    title: "both of two",
    filters: { $and: [{ group: "group-a" }, { jobType: "train" }] },
    ids: ["scalars"],
  },
  {
    title: "neither of two",
    filters: { $nor: [{ group: "group-a" }, { state: "failed" }] },
    order: "+name",
    ids: ["console", "empty", "files", "media"],
  },
  {
    title: "none of these",
    filters: { name: { $nin: ["console", "empty", "files"] } },
    order: "+name",
    ids: ["failed", "media", "metrics", "scalars"],
  },
  {
    title: "regular expression",
    filters: { name: { $regex: "^(me|fa)" } },
    order: "+name",
    ids: ["failed", "media", "metrics"],
  },
  { title: "long ago", filters: { created_at: { $lt: "2020-01-01T00:00:00" } }, ids: [] },
  {
    title: "since long ago",
    filters: { createdAt: { $gt: "2020-01-01T00:00:00Z" } },
    order: "+name",
    ids: everything,
  },
  {
    title: "by a config key",
    filters: { "config.lr": { $exists: true } },
    order: "-config.lr.value",
    ids: ["failed", "scalars"],
  },
  {
    title: "by a summary key",
    filters: { name: { $in: ["scalars", "failed"] } },
    order: "+summary_metrics.loss",
    ids: ["scalars", "failed"],
  },
];
