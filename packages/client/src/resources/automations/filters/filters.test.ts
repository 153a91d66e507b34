import { printJson } from "@steelyard/protocol";
import { describe, expect, it } from "vitest";

import {
  ArtifactEvent,
  FilterExpression,
  MetricChangeFilter,
  MetricThresholdFilter,
  OnLinkArtifact,
  OnRunMetric,
  OnRunState,
  ProjectScope,
  RunEvent,
  SavedEvent,
  ValueError,
} from "../../../index.ts";

const scope = new ProjectScope({ id: "UHJvamVjdDox", name: "p" });
const loss = RunEvent.metric("loss");

function artifactText(filter?: FilterExpression): string {
  const event = filter === undefined ? new OnLinkArtifact({ scope }) : new OnLinkArtifact({ scope, filter });
  return printJson(event.wireFilter());
}

describe("conditions on artifacts", () => {
  const { alias, tag } = ArtifactEvent;

  it("are sent as alternatives of conditions", () => {
    expect(artifactText()).toBe('{"$or":[{"$and":[]}]}');
    expect(artifactText(alias.eq("prod"))).toBe('{"$or":[{"$and":[{"alias":{"$eq":"prod"}}]}]}');
    expect(
      artifactText(
        alias
          .eq("a")
          .and(tag.in(["b", "c"]))
          .and(tag.exists()),
      ),
    ).toBe('{"$or":[{"$and":[{"alias":{"$eq":"a"}},{"tag":{"$in":["b","c"]}},{"tag":{"$exists":true}}]}]}');
    expect(artifactText(alias.matchesRegex("^v").or(tag.contains("x")).or(tag.ne("y")))).toBe(
      '{"$or":[{"$and":[{"$or":[{"alias":{"$regex":"^v"}},{"tag":{"$contains":"x"}},{"tag":{"$ne":"y"}}]}]}]}',
    );
  });

  it("have opposites, and the opposite of an opposite is what it was", () => {
    const one = alias.eq("a");
    expect(printJson(one.not().toJSON())).toBe('{"$not":{"alias":{"$eq":"a"}}}');
    expect(one.not().not().toJSON()).toEqual(one.toJSON());
    const either = one.or(tag.eq("b"));
    expect(Object.keys(either.not().toJSON())).toEqual(["$nor"]);
    expect(either.not().not().toJSON()).toEqual(either.toJSON());
  });

  it("keep what an opposite of one alternative says", () => {
    const none = new FilterExpression({ $nor: [{ alias: { $eq: "a" } }] });
    expect(none.toJSON()).toEqual({ $nor: [{ alias: { $eq: "a" } }] });
  });

  it("compare with finite numbers only", () => {
    expect(() => tag.gt(Number.NaN)).toThrow(ValueError);
    expect(() => tag.in([1, Number.POSITIVE_INFINITY])).toThrow(/tag cannot be compared with Infinity/);
  });
});

describe("conditions on metrics", () => {
  it("are thresholds of single values and of windows", () => {
    const { filter, eventType } = new OnRunMetric({ scope, filter: loss.avg(5).gt(0.5) });
    expect(eventType).toBe("RUN_METRIC");
    expect(printJson(filter.toJSON())).toBe(
      '{"run_filter":"{\\"$and\\":[]}","run_metric_filter":{"threshold_filter":{"name":"loss","agg_op":"AVERAGE",' +
        '"window_size":5,"cmp_op":"$gt","threshold":0.5}},"metric_filter":null}',
    );
    expect(loss.lte(3)).toMatchObject({ aggOp: null, windowSize: 1, cmpOp: "$lte", threshold: 3 });
    expect(loss.mean(2).gte(1)).toEqual(loss.avg(2).gte(1));
  });

  it("are changes by an amount or by a fraction, never both", () => {
    const event = new OnRunMetric({ scope, filter: loss.max(3).increasesBy({ frac: 0.1 }) });
    expect(event.eventType).toBe("RUN_METRIC_CHANGE");
    expect(event.filter).toMatchObject({
      aggOp: "MAX",
      currentWindowSize: 3,
      priorWindowSize: 3,
      changeType: "RELATIVE",
      changeDir: "INCREASE",
      changeAmount: 0.1,
    });
    expect(loss.changesBy({ diff: 2 })).toMatchObject({ changeType: "ABSOLUTE", changeDir: "ANY" });
    expect(loss.min(2).decreasesBy({ diff: 2 })).toMatchObject({ changeDir: "DECREASE", aggOp: "MIN" });
    expect(() => loss.changesBy({})).toThrow(ValueError);
    expect(() => loss.changesBy({ diff: 1, frac: 1 })).toThrow(ValueError);
    expect(() => loss.changesBy({ diff: -1 })).toThrow(/changeAmount/);
  });

  it("are z-scores above, below and away", () => {
    expect(new OnRunMetric({ scope, filter: loss.zscore(10).gt(2) }).eventType).toBe("RUN_METRIC_ZSCORE");
    expect(loss.zscore(10).gte(2)).toMatchObject({ windowSize: 10, threshold: 2, changeDir: "INCREASE" });
    expect(loss.zscore().lt(-3)).toMatchObject({ windowSize: 30, threshold: 3, changeDir: "DECREASE" });
    expect(loss.zscore().abs().gt(3)).toMatchObject({ changeDir: "ANY" });
    expect(() => loss.zscore().lt(3)).toThrow(ValueError);
    expect(() => loss.zscore().gt(-3)).toThrow(ValueError);
    expect(() => loss.zscore().abs().lte(-3)).toThrow(ValueError);
  });

  it("refuse windows and thresholds that are no numbers", () => {
    expect(() => loss.avg(0).gt(1)).toThrow(/windowSize: expected a positive integer, found 0/);
    expect(() => loss.gt(Number.NaN)).toThrow(/threshold: expected a number, found NaN/);
  });

  it("are about all runs, or about those that meet a condition, whichever is said first", () => {
    const named = RunEvent.name.contains("big");
    const both = loss.gt(1).and(named);
    expect(both).toEqual(named.and(loss.gt(1)));
    expect(both.toJSON()["run_filter"]).toBe('{"$and":[{"display_name":{"$contains":"big"}}]}');
    const more = both.and(RunEvent.name.ne("x"));
    expect(more.toJSON()["run_filter"]).toBe(
      '{"$and":[{"display_name":{"$contains":"big"}},{"display_name":{"$ne":"x"}}]}',
    );
  });
});

describe("conditions on states", () => {
  it("name each state once, in order, and take a crash for a failure", () => {
    const { filter } = new OnRunState({ scope, filter: RunEvent.state.in(["running", "crashed", "failed"]) });
    expect(filter.states).toEqual(["FAILED", "RUNNING"]);
    expect(printJson(RunEvent.state.eq("finished").and(RunEvent.name.eq("a")).toJSON())).toBe(
      '{"run_filter":"{\\"$and\\":[{\\"display_name\\":{\\"$eq\\":\\"a\\"}}]}","run_state_filter":{"states":["FINISHED"]}}',
    );
    expect(() => RunEvent.state.eq("resting")).toThrow(/expected one of failed, finished, running, crashed/);
    expect(() => RunEvent.state.in([])).toThrow(ValueError);
  });
});

describe("a saved event", () => {
  it("is read back as it was sent", () => {
    for (const filter of [
      loss.avg(5).gt(0.5).and(RunEvent.name.matchesRegex("^a")),
      loss.changesBy({ frac: 0.5 }),
      loss.zscore(7).lt(-2),
    ]) {
      const event = new OnRunMetric({ scope, filter });
      const saved = SavedEvent.parse(event.eventType, printJson(event.wireFilter()));
      expect(saved.filter).toBeInstanceOf(filter.constructor);
      expect(saved.wireFilter()).toEqual(event.wireFilter());
    }
    const state = new OnRunState({ scope, filter: RunEvent.state.eq("failed") });
    expect(SavedEvent.parse("RUN_STATE", printJson(state.wireFilter())).filter).toEqual(state.filter);
    const linked = new OnLinkArtifact({ scope, filter: ArtifactEvent.alias.eq("prod") });
    const wrapped = printJson({ filter: printJson(linked.wireFilter()) });
    expect(SavedEvent.parse("LINK_MODEL", wrapped).wireFilter()).toEqual(linked.wireFilter());
  });

  it("may have the older form of a threshold", () => {
    const inner = { name: "loss", agg_op: null, window_size: 1, cmp_op: "$lt", threshold: 1 };
    const text = printJson({ run_filter: "", run_metric_filter: null, metric_filter: printJson(inner) });
    expect(SavedEvent.parse("RUN_METRIC", text).filter).toEqual(loss.lt(1));
  });

  it("is refused when its filter makes no sense", () => {
    expect(() => SavedEvent.parse("RUN_METRIC", "{}")).toThrow(ValueError);
    expect(() => SavedEvent.parse("RUN_STATE", '{"run_state_filter":{}}')).toThrow(ValueError);
    const bad = { run_metric_filter: { change_filter: { name: "loss", agg_op: "MEDIAN" } } };
    expect(() => SavedEvent.parse("RUN_METRIC_CHANGE", printJson(bad))).toThrow(/agg_op/);
  });

  it("tells the kinds of filters of metrics apart", () => {
    expect(loss.gt(1)).toBeInstanceOf(MetricThresholdFilter);
    expect(loss.changesBy({ diff: 1 })).toBeInstanceOf(MetricChangeFilter);
  });
});
