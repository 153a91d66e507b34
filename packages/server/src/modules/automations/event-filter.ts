/**
 * Reads an automation's filter, which clients send as JSON text in a form of its own for each kind of event, and prints
 * it the way they read it back. Everything is checked here, so that judging an event can no longer fail.
 */
import {
  compileFilter,
  compileRunFilter,
  FilterError,
  JsonSyntaxError,
  parseFilter,
  parseJson,
  printJson,
} from "@steelyard/protocol";
import type { FilterField, JsonValue, RegexCompiler } from "@steelyard/protocol";
import { z } from "zod";
import { ServerError } from "../../errors.ts";
import { ARTIFACT_EVENT_TYPES, COARSE_RUN_STATES, METRIC_EVENT_TYPES } from "./automation.ts";
import type { ArtifactEventType, AutomationEvent, CoarseRunState, MetricEventType } from "./automation.ts";
import { AGGREGATIONS, CHANGE_DIRECTIONS, COMPARISONS } from "./metric-condition.ts";
import type { MetricCondition } from "./metric-condition.ts";

/** The names that an event of artifacts is about, as filters see them. */
export interface ArtifactNames {
  readonly aliases: readonly string[];
  readonly tags: readonly string[];
}

/** Windows are kept for each run, so they are bounded. */
const MAX_WINDOW = 10_000;
const MAX_FILTER_LENGTH = 64 * 1024;
const FIELD = "eventFilter";

const metric = z.string().min(1).max(1024);
const size = z.number().int().positive().max(MAX_WINDOW);
const amount = z.number().positive();
const aggregation = z.enum(AGGREGATIONS).nullish();
const direction = z.enum(CHANGE_DIRECTIONS);
const thresholdFilter = z.strictObject({
  name: metric,
  agg_op: aggregation,
  window_size: size.default(1),
  cmp_op: z.enum(COMPARISONS),
  threshold: z.number(),
});
const changeFilter = z.strictObject({
  name: metric,
  agg_op: aggregation,
  current_window_size: size.default(1),
  prior_window_size: size.optional(),
  change_type: z.enum(["ABSOLUTE", "RELATIVE"]),
  change_dir: direction,
  change_amount: amount,
});
const zscoreFilter = z.strictObject({
  name: metric,
  window_size: size.default(30),
  threshold: amount.default(3),
  change_dir: direction.default("ANY"),
});
const runFilter = z.string().default('{"$and":[]}');
const metricEvent = z.strictObject({
  run_filter: runFilter,
  run_metric_filter: z.strictObject({
    threshold_filter: thresholdFilter.optional(),
    change_filter: changeFilter.optional(),
    zscore_filter: zscoreFilter.optional(),
  }),
  metric_filter: z.null().optional(),
});
const stateEvent = z.strictObject({
  run_filter: runFilter,
  run_state_filter: z.strictObject({
    states: z
      .array(z.enum([...COARSE_RUN_STATES, "CRASHED"]))
      .min(1)
      .max(16),
  }),
});

/** Which member of the filter goes with which event. */
const CONDITION_FILTERS = {
  RUN_METRIC: "threshold_filter",
  RUN_METRIC_CHANGE: "change_filter",
  RUN_METRIC_ZSCORE: "zscore_filter",
} as const;

const ARTIFACT_FIELDS: ReadonlyMap<string, FilterField<ArtifactNames>> = new Map([
  ["alias", { kind: "list", read: ({ aliases }: ArtifactNames) => aliases }],
  ["tag", { kind: "list", read: ({ tags }: ArtifactNames) => tags }],
]);

/** The field of an artifact event that a filter names. Throws `FilterError` for any but alias and tag. */
export function resolveArtifactField(name: string): FilterField<ArtifactNames> {
  const field = ARTIFACT_FIELDS.get(name);
  if (field !== undefined) return field;
  throw new FilterError(`Unknown field ${JSON.stringify(name)}: expected alias or tag`, name);
}

/**
 * Reads what a client sent.
 *
 * @throws {ServerError} `invalid_argument` that names what is wrong, `unsupported` for a kind of event that this
 *   server does not have.
 */
export function parseAutomationEvent(type: string, text: string, regex: RegexCompiler): AutomationEvent {
  if (text.length > MAX_FILTER_LENGTH) throw invalid(`at most ${MAX_FILTER_LENGTH} characters`);
  const value = readJson(text);
  const artifactType = ARTIFACT_EVENT_TYPES.find((known) => known === type);
  if (artifactType !== undefined) return parseArtifactEvent(artifactType, value, regex);
  const metricType = METRIC_EVENT_TYPES.find((known) => known === type);
  if (metricType !== undefined) return parseMetricEvent(metricType, value, regex);
  if (type === "RUN_STATE") return parseStateEvent(value, regex);
  throw new ServerError("unsupported", `Automations cannot wait for events of the type ${type} here`, {
    field: "triggeringEventType",
  });
}

/** The filter as clients read it back. */
export function printEventFilter(event: AutomationEvent): string {
  return "filter" in event ? printJson({ filter: event.filter }) : printEventInput(event);
}

/** The filter as `parseAutomationEvent` reads it. */
export function printEventInput(event: AutomationEvent): string {
  if ("filter" in event) return event.filter;
  const { runFilter: run_filter } = event;
  if ("states" in event) return printJson({ run_filter, run_state_filter: { states: event.states } });
  return printJson({ run_filter, run_metric_filter: printCondition(event.condition), metric_filter: null });
}

function parseArtifactEvent(
  type: ArtifactEventType,
  value: JsonValue,
  regex: RegexCompiler,
): AutomationEvent {
  const filter = printJson(value);
  checkFilter(filter, FIELD, (parsed) => compileFilter(parsed, { regex, field: resolveArtifactField }));
  return { type, filter };
}

function parseMetricEvent(type: MetricEventType, value: JsonValue, regex: RegexCompiler): AutomationEvent {
  const { run_filter, run_metric_filter } = parseShape(metricEvent, value);
  const condition = toCondition(type, run_metric_filter);
  return { type, runFilter: checkRunFilter(run_filter, regex), condition };
}

function parseStateEvent(value: JsonValue, regex: RegexCompiler): AutomationEvent {
  const { run_filter, run_state_filter } = parseShape(stateEvent, value);
  const named = run_state_filter.states.map((state): CoarseRunState =>
    state === "CRASHED" ? "FAILED" : state,
  );
  return {
    type: "RUN_STATE",
    runFilter: checkRunFilter(run_filter, regex),
    states: [...new Set(named)].sort(),
  };
}

/** The condition of the kind that goes with the event; it has to be the only one. */
function toCondition(
  type: MetricEventType,
  filters: z.output<typeof metricEvent>["run_metric_filter"],
): MetricCondition {
  const kind = CONDITION_FILTERS[type];
  const others = Object.entries(filters).filter(([name, filter]) => name !== kind && filter !== undefined);
  const [other] = others;
  if (other !== undefined) throw invalid(`run_metric_filter: ${other[0]} does not go with the event ${type}`);
  const condition = readCondition(type, filters);
  if (condition === undefined) throw invalid(`run_metric_filter: ${kind} is missing`);
  return condition;
}

function readCondition(
  type: MetricEventType,
  filters: z.output<typeof metricEvent>["run_metric_filter"],
): MetricCondition | undefined {
  switch (type) {
    case "RUN_METRIC":
      return filters.threshold_filter && toThreshold(filters.threshold_filter);
    case "RUN_METRIC_CHANGE":
      return filters.change_filter && toChange(filters.change_filter);
    case "RUN_METRIC_ZSCORE":
      return filters.zscore_filter && toZScore(filters.zscore_filter);
  }
}

function toThreshold(filter: z.output<typeof thresholdFilter>): MetricCondition {
  return {
    kind: "threshold",
    metric: filter.name,
    aggregation: filter.agg_op ?? null,
    windowSize: filter.window_size,
    comparison: filter.cmp_op,
    threshold: filter.threshold,
  };
}

function toChange(filter: z.output<typeof changeFilter>): MetricCondition {
  return {
    kind: "change",
    metric: filter.name,
    aggregation: filter.agg_op ?? null,
    currentSize: filter.current_window_size,
    priorSize: filter.prior_window_size ?? filter.current_window_size,
    amount: filter.change_amount,
    isRelative: filter.change_type === "RELATIVE",
    direction: filter.change_dir,
  };
}

function toZScore(filter: z.output<typeof zscoreFilter>): MetricCondition {
  return {
    kind: "zscore",
    metric: filter.name,
    windowSize: filter.window_size,
    threshold: filter.threshold,
    direction: filter.change_dir,
  };
}

function printCondition(condition: MetricCondition): JsonValue {
  switch (condition.kind) {
    case "threshold":
      return {
        threshold_filter: {
          name: condition.metric,
          agg_op: condition.aggregation,
          window_size: condition.windowSize,
          cmp_op: condition.comparison,
          threshold: condition.threshold,
        },
      };
    case "change":
      return {
        change_filter: {
          name: condition.metric,
          agg_op: condition.aggregation,
          current_window_size: condition.currentSize,
          prior_window_size: condition.priorSize,
          change_type: condition.isRelative ? "RELATIVE" : "ABSOLUTE",
          change_dir: condition.direction,
          change_amount: condition.amount,
        },
      };
    case "zscore":
      return {
        zscore_filter: {
          name: condition.metric,
          window_size: condition.windowSize,
          threshold: condition.threshold,
          change_dir: condition.direction,
        },
      };
  }
}

function checkRunFilter(text: string, regex: RegexCompiler): string {
  const field = `${FIELD}.run_filter`;
  const filter = printJson(readJson(text, field));
  checkFilter(filter, field, (parsed) => compileRunFilter(parsed, { regex }));
  return filter;
}

function checkFilter(
  text: string,
  field: string,
  compile: (filter: ReturnType<typeof parseFilter>) => unknown,
): void {
  try {
    compile(parseFilter(text));
  } catch (error) {
    if (!(error instanceof FilterError) && !(error instanceof ServerError)) throw error;
    throw new ServerError("invalid_argument", `Invalid ${field}: ${error.message}`, { field, cause: error });
  }
}

function readJson(text: string, field: string = FIELD): JsonValue {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new ServerError("invalid_argument", `Invalid ${field}: not JSON: ${error.message}`, {
      field,
      cause: error,
    });
  }
}

function parseShape<Schema extends z.ZodType>(schema: Schema, value: JsonValue): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalid(`${issue?.path.join(".") ?? ""}: ${issue?.message ?? "is not valid"}`);
}

function invalid(reason: string): ServerError {
  return new ServerError("invalid_argument", `Invalid ${FIELD}: ${reason}`, { field: FIELD });
}
