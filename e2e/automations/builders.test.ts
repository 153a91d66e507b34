// The words that automations are put together with say the same in Python and in TypeScript: what both clients would
// send is compared, value by value.
import {
  ArtifactEvent,
  OnLinkArtifact,
  OnRunMetric,
  OnRunState,
  ProjectScope,
  RunEvent,
} from "@steelyard/client";
import type { FilterExpression, MetricFilter, RunStateFilter } from "@steelyard/client";
import { parseJson, parseJsonObject, printJson } from "@steelyard/protocol";
import type { JsonValue } from "@steelyard/protocol";
import { startTestServer } from "@steelyard/testing";
import { expect, it } from "vitest";
import { z } from "zod";
import { PythonClient } from "../python/run-python.ts";

const scope = new ProjectScope({ id: "UHJvamVjdDox", name: "p" });
const { alias, tag } = ArtifactEvent;
const { name, state } = RunEvent;
const loss = RunEvent.metric("loss");

const artifacts: Readonly<Record<string, FilterExpression>> = {
  eq: alias.eq("a"),
  ne: alias.ne("a"),
  lt: tag.lt(1),
  lte: tag.lte(1.5),
  gt: tag.gt("a"),
  gte: tag.gte(true),
  in: tag.in(["a", "b"]),
  "not in": tag.notIn(["a"]),
  contains: tag.contains("a.b"),
  regex: tag.matchesRegex("^a$"),
  exists: tag.exists(),
  missing: tag.exists(false),
  list: tag.eq(["a", "b"]),
  and: alias.eq("a").and(tag.eq("b")).and(tag.exists()),
  or: alias.eq("a").or(tag.eq("b")).or(tag.exists()),
  "and of or": alias.eq("a").or(tag.eq("b")).and(tag.exists()),
  "or of and": alias.eq("a").and(tag.eq("b")).or(tag.exists()),
  not: alias.eq("a").not(),
  "not not": alias.eq("a").not().not(),
  "not or": alias.eq("a").or(tag.eq("b")).not(),
  "not not or": alias.eq("a").or(tag.eq("b")).not().not(),
  "not and": alias.eq("a").and(tag.eq("b")).not(),
  "and not": alias.eq("a").and(tag.eq("b").not()),
};

const metrics: Readonly<Record<string, MetricFilter>> = {
  gt: loss.gt(1),
  gte: loss.gte(1.5),
  lt: loss.lt(1),
  lte: loss.lte(-1),
  avg: loss.avg(5).gt(0.5),
  mean: loss.mean(5).gt(0.5),
  max: loss.max(2).lt(3),
  min: loss.min(2).lt(3),
  changes: loss.changesBy({ diff: 2 }),
  increases: loss.max(3).increasesBy({ frac: 0.1 }),
  decreases: loss.min(4).decreasesBy({ diff: 2 }),
  zscore: loss.zscore(10).gt(2),
  "low zscore": loss.zscore(10).lt(-2),
  "either zscore": loss.zscore(10).abs().gt(2),
  "of runs": loss.gt(1).and(name.eq("a")),
  "of runs said first": name.contains("a").and(loss.avg(2).gt(1)),
  "of some runs": loss.gt(1).and(name.eq("a").or(name.contains("b").not())),
};

const states: Readonly<Record<string, RunStateFilter>> = {
  one: state.eq("finished"),
  some: state.in(["running", "failed", "failed"]),
  "of runs": state.eq("failed").and(name.ne("a")),
};

const answerSchema = z.object({
  artifacts: z.record(z.string(), z.string()),
  metrics: z.record(z.string(), z.tuple([z.string(), z.string()])),
  states: z.record(z.string(), z.string()),
  none: z.string(),
});

it("automations are put together as in Python", async () => {
  await using server = await startTestServer();
  await using client = await PythonClient.create(server);
  const python = answerSchema.parse((await client.run("build_automations.py", {})).value);
  const ofArtifacts = map(artifacts, (filter) => text(new OnLinkArtifact({ scope, filter })));
  expect(ofArtifacts).toEqual(map(python.artifacts, parseJson));
  const ofMetrics = map(metrics, (filter) => {
    const event = new OnRunMetric({ scope, filter });
    return [event.eventType, unfold(text(event))];
  });
  expect(ofMetrics).toEqual(map(python.metrics, ([type, filter]) => [type, unfold(parseJson(filter))]));
  expect(map(states, (filter) => unfold(text(new OnRunState({ scope, filter }))))).toEqual(
    map(python.states, (filter) => unfold(parseJson(filter))),
  );
  expect(text(new OnLinkArtifact({ scope }))).toEqual(parseJson(python.none));
}, 120_000);

/** What the event would send, as a value: the order of keys says nothing. */
function text(event: OnLinkArtifact | OnRunMetric | OnRunState): JsonValue {
  return parseJson(printJson(event.wireFilter()));
}

/** The condition on runs is JSON in a text. */
function unfold(filter: JsonValue): unknown {
  const { run_filter: runs, ...rest } = z.looseObject({ run_filter: z.string() }).parse(filter);
  return { ...rest, run_filter: parseJsonObject(runs) };
}

function map<T, R>(values: Readonly<Record<string, T>>, read: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, read(value)]));
}
