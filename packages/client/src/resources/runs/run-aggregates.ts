/** Figures over groups of runs: computed by servers that can, and from all runs, to the same digits, where one cannot. */
import {
  FilterError,
  RunGroups,
  checkAggregateRequest,
  isJsonArray,
  parseJson,
  printJson,
  resolveRunField,
  toGroupText,
  toMetricNumber,
} from "@steelyard/protocol";
import type {
  JsonValue,
  MetricGoal,
  RunAggregateRequest,
  RunDocument,
  RunMetricSummary,
} from "@steelyard/protocol";

import { CommError, NotFoundError, UnsupportedError, ValueError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { RunAggregatesDocument } from "../../generated/run-aggregates-documents.ts";
import type { RunAggregatesQuery } from "../../generated/run-aggregates-documents.ts";
import type { Run } from "./run.ts";

/** Announced by servers that compute figures over groups of runs themselves. */
export const RUN_AGGREGATES_FEATURE = "STEELYARD_RUN_AGGREGATES";

/** A number of runs to compute figures over. */
export interface RunMetricOptions {
  /** As filters name it: `summary_metrics.loss`, `config.lr`, `duration`. */
  readonly field: string;
  /** Which run is the best one. @default "minimize" */
  readonly goal?: MetricGoal | undefined;
  /** Quantiles to compute, each from 0 to 1. @default none */
  readonly quantiles?: readonly number[] | undefined;
}

/** Options of `runs.aggregate`. */
export interface AggregateOptions extends ReadOptions {
  /** Fields whose values make groups, such as `config.model`. @default one group of all runs */
  readonly groupBy?: readonly string[] | undefined;
  /** @default none: runs are only counted */
  readonly metrics?: readonly RunMetricOptions[] | undefined;
}

/** Runs with equal values of the fields that groups are made by. */
export interface RunGroupFigures {
  /** The values, null for none. */
  readonly keys: readonly JsonValue[];
  /** How many runs there are. */
  readonly count: number;
  /** Figures in the order asked for; the best run by its id. */
  readonly metrics: readonly RunMetricSummary<string>[];
}

const GROUPS_PER_PAGE = 5_000;

/** The question that options ask. @throws {ValueError} for what is no field, and too many of anything. */
export function toAggregateRequest({ groupBy = [], metrics = [] }: AggregateOptions): RunAggregateRequest {
  const request = {
    groupBy,
    metrics: metrics.map(({ field, goal = "minimize", quantiles = [] }) => ({ field, goal, quantiles })),
  };
  return refused(() => {
    checkAggregateRequest(request);
    return request;
  });
}

/** Asks the server for all groups, page after page. */
export async function readAggregates(
  service: Service,
  place: { readonly entity: string; readonly project: string; readonly filters: string },
  request: RunAggregateRequest,
  { signal }: ReadOptions,
): Promise<readonly RunGroupFigures[]> {
  const groups: RunGroupFigures[] = [];
  const metrics = request.metrics.map(({ field, goal, quantiles }) => ({
    field,
    goal: goal === "minimize" ? ("MINIMIZE" as const) : ("MAXIMIZE" as const),
    quantiles,
  }));
  for (let cursor: string | null = null; ;) {
    const variables = { ...place, groupBy: request.groupBy, metrics, cursor, first: GROUPS_PER_PAGE };
    const answer: RunAggregatesQuery = await service.graphql.execute(RunAggregatesDocument, variables, {
      signal,
    });
    const page = answer.project?.runAggregates;
    if (page === undefined)
      throw new NotFoundError(`Could not find project ${place.entity}/${place.project}`);
    groups.push(...page.edges.map(({ node }) => readGroup(node)));
    if (!page.pageInfo.hasNextPage) return groups;
    cursor = page.pageInfo.endCursor;
  }
}

/**
 * Computes the same from the runs themselves, which must come from the oldest to the youngest.
 *
 * @throws {UnsupportedError} naming a field that runs do not show, {@link ValueError} when there are too many groups.
 */
export async function aggregateRuns(
  runs: AsyncIterable<Run>,
  request: RunAggregateRequest,
): Promise<readonly RunGroupFigures[]> {
  const keys = request.groupBy.map(readerOf);
  const metrics = request.metrics.map((metric) => readerOf(metric.field));
  // Of equally good runs the first one stays.
  const groups = new RunGroups<string>(request, () => false);
  for await (const run of runs) {
    const document = toDocument(run);
    const texts = keys.map((field) => toGroupText(field.read(document), field.kind));
    const group = refused(() => groups.open(texts));
    group.count += 1;
    for (const [index, field] of metrics.entries()) {
      const number = toMetricNumber(field.read(document));
      if (number !== undefined) group.add(index, number, run.id);
    }
  }
  return groups
    .close()
    .map(({ keys: values, count, metrics: figures }) => ({ keys: values, count, metrics: figures }));
}

/** What the documents of a list do not show. */
const HIDDEN = /^(?:host|updated(?:At|_at)?|(?:input|output)_?[aA]rtifacts|keys_info\..*)$/s;

function readerOf(field: string): ReturnType<typeof resolveRunField> {
  if (HIDDEN.test(field)) {
    throw new UnsupportedError(
      `This server does not compute figures over runs, and lists do not show ${field}`,
    );
  }
  return resolveRunField(field);
}

function toDocument(run: Run): RunDocument {
  const { createdAtText: createdAt, heartbeatAtText: heartbeatAt } = run;
  return {
    id: 0,
    name: run.id,
    displayName: run.displayName,
    state: run.state,
    config: run.receivedConfig,
    summary: run.summaryMetrics,
    tags: run.tags,
    group: run.group,
    jobType: run.jobType,
    host: null,
    username: run.user?.username ?? null,
    entity: run.entity,
    project: run.project,
    sweep: run.sweepName,
    createdAt,
    updatedAt: null,
    heartbeatAt,
    durationSeconds: heartbeatAt === null ? null : (Date.parse(heartbeatAt) - Date.parse(createdAt)) / 1000,
    notes: run.notes,
    description: run.description,
    commit: run.commit,
  };
}

type GroupFields = NonNullable<RunAggregatesQuery["project"]>["runAggregates"]["edges"][number]["node"];

function readGroup({ keys, count, metrics }: GroupFields): RunGroupFigures {
  const values = parseJson(keys);
  if (!isJsonArray(values)) throw badFigure(keys);
  return {
    keys: values,
    count,
    metrics: metrics.map(({ best, ...metric }) => ({
      ...metric,
      min: readFigure(metric.min),
      max: readFigure(metric.max),
      mean: readFigure(metric.mean),
      standardDeviation: readFigure(metric.standardDeviation),
      quantiles: metric.quantiles.map(readFigure),
      best: best === null ? null : { value: readFigure(best.value) ?? NaN, run: best.run },
    })),
  };
}

/** JSON has no infinite numbers; they come as texts. */
function readFigure(value: JsonValue): number | null {
  if (value === null || typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "string" && /^(?:NaN|-?Infinity)$/.test(value)) return Number(value);
  throw badFigure(printJson(value));
}

function badFigure(found: string): CommError {
  return new CommError(`The server gave ${found.slice(0, 100)} as a figure`, { code: "invalid_response" });
}

/** A question that is refused is a wrong argument here. */
function refused<T>(act: () => T): T {
  try {
    return act();
  } catch (cause) {
    if (cause instanceof FilterError) throw new ValueError(cause.message, { cause });
    throw cause;
  }
}
