// Groups of runs from their documents, for questions that columns cannot answer: what a group needs of a run stands in
// the place of the values that runs are ordered by, so that answers are kept and brought up to date like all others.
import {
  RunGroups,
  resolveRunField,
  toGroupText,
  toMetricNumber,
  type RunAggregateRequest,
  type RunGroup,
} from "@steelyard/protocol";
import type { RunPosition } from "./run-cursor.ts";
import type { RunQuestion } from "./run-question.ts";

/** The question whose positions `groupPositions` reads. */
export function toGroupQuestion(question: RunQuestion, request: RunAggregateRequest): RunQuestion {
  const keys = request.groupBy.map(resolveRunField);
  const metrics = request.metrics.map((metric) => resolveRunField(metric.field));
  const fields = [...request.groupBy, ...request.metrics.map((metric) => metric.field)];
  return {
    ...question,
    key: `groups ${JSON.stringify(fields)}${question.key}`,
    fields: [...question.filterFields, ...fields],
    timeline: undefined,
    order: {
      values: (run) => [
        run.createdAt,
        ...keys.map((field) => toGroupText(field.read(run), field.kind)),
        ...metrics.map((field) => toMetricNumber(field.read(run)) ?? null),
      ],
      compare: () => 0,
    },
  };
}

/** The groups of runs. Throws `FilterError` when there are too many. */
export function groupPositions(
  positions: readonly RunPosition[],
  request: RunAggregateRequest,
): readonly RunGroup<number>[] {
  const { groupBy, metrics } = request;
  const createdAt = new Map(positions.map(({ runId, values }) => [runId, String(values[0])]));
  const groups = new RunGroups<number>(request, (a, b) => {
    const [first = "", second = ""] = [createdAt.get(a), createdAt.get(b)];
    return first === second ? a < b : first < second;
  });
  for (const { runId, values } of positions) {
    const group = groups.open(values.slice(1, 1 + groupBy.length).map(String));
    group.count += 1;
    for (const index of metrics.keys()) {
      const number = values[1 + groupBy.length + index];
      if (typeof number === "number") group.add(index, number, runId);
    }
  }
  return groups.close();
}
