/** Translates the expressions and names of a report's run sets to those of the server. */
import type { JsonObject } from "@steelyard/protocol";

import { COLUMN_NAMES, lookUp, reversed, splitName } from "./metric-names.ts";
import type { NameMapping } from "./metric-names.ts";
import { PanelMetricsHelper } from "./panel-metrics-helper.ts";
import { parsePythonComparisons } from "./python-comparison.ts";
import type { PythonComparison } from "./python-comparison.ts";

/** What the translation has to know of a run set. */
export interface ReportRunSet {
  /** The keys of its runs' configs: other names are of summaries. Python has them as `_runs_config`. */
  readonly runsConfig: Readonly<Record<string, unknown>>;
}

const OPERATORS: NameMapping = {
  "<": "$lt",
  "<=": "$lte",
  ">": "$gt",
  ">=": "$gte",
  "==": "=",
  is: "=",
  "!=": "$ne",
  "is not": "$ne",
  in: "$in",
  "not in": "$nin",
  and: "$and",
  or: "$or",
  not: "$not",
};

/**
 * Translates comparisons in Python's syntax to filters. Mirrors `wandb.apis.public.PythonMongoishQueryGenerator`.
 *
 * ```ts
 * new PythonMongoishQueryGenerator({ runsConfig: { lr: 0.1 } }).pythonToMongo("lr > 0.05 and State == 'finished'");
 * // {"$or": [{"$and": [{"config.lr.value": {"$gt": 0.05}}, {"state": "finished"}]}]}
 * ```
 */
export class PythonMongoishQueryGenerator {
  /** What Python writes instead of the dots of names while it parses; nothing is replaced here. */
  static readonly SPACER: string = "----------";
  /** What Python writes instead of the dots of numbers meanwhile. */
  static readonly DECIMAL_SPACER: string = ";;;";
  /** Columns of tables: what tables call them to what the server calls them. */
  static readonly FRONTEND_NAME_MAPPING: NameMapping = COLUMN_NAMES;
  /** The reverse of {@link FRONTEND_NAME_MAPPING}. */
  static readonly FRONTEND_NAME_MAPPING_REVERSED: NameMapping = reversed(COLUMN_NAMES);
  /** Operators by how they are written; in Python by the class of their syntax node. */
  static readonly AST_OPERATORS: NameMapping = OPERATORS;
  /** Where the syntax nodes of Python keep what they hold, by the name of their class. */
  static readonly AST_FIELDS: NameMapping = {
    Constant: "value",
    Name: "id",
    List: "elts",
    Tuple: "elts",
  };

  /** The run set. */
  readonly runSet: ReportRunSet;
  /** Names of metrics in panels. */
  readonly panelMetricsHelper: PanelMetricsHelper = new PanelMetricsHelper();

  constructor(runSet: ReportRunSet) {
    this.runSet = runSet;
  }

  /**
   * The filter of a comparison, or of several joined by `and` or by `or`. Names with dots and negative numbers work;
   * Python raises for them.
   *
   * @throws {ValueError} for what is none, `not`, nested groups, and chained comparisons, of which Python drops a part.
   */
  pythonToMongo(filter: string): JsonObject {
    const { connective, comparisons } = parsePythonComparisons(filter);
    const parts = comparisons.map((comparison) => this.#toCondition(comparison));
    return { $or: [connective === "and" ? { $and: parts } : { $or: parts }] };
  }

  /** The server's path of what tables call a column: config keys by the run set, everything else is of the summary. */
  frontToBack(name: string): string {
    const [head, rest] = splitName(name);
    return this.#column(head) ?? this.#path(head, rest, "config.", "summary_metrics.");
  }

  /** What tables call a server's path; an unknown one stays. */
  backToFront(path: string): string {
    const column = this.#title(path);
    if (column !== undefined) return column;
    if (path.startsWith("config.") && path.includes(".value"))
      return path.replaceAll("config.", "").replaceAll(".value", "");
    return path.startsWith("summary_metrics.") ? path.replaceAll("summary_metrics.", "") : path;
  }

  /** As {@link frontToBack}, for parallel coordinates. */
  pcFrontToBack(name: string): string;
  pcFrontToBack(name: string | null): string | null;
  pcFrontToBack(name: string | null): string | null {
    if (name === null) return null;
    const [head, rest] = splitName(name);
    const metric = lookUp(PanelMetricsHelper.FRONTEND_NAME_MAPPING, head);
    if (metric !== undefined) return `summary:${metric}`;
    return this.#column(head) ?? this.#path(head, rest, "config:", "summary:");
  }

  /** As {@link backToFront}, for parallel coordinates. */
  pcBackToFront(path: string): string;
  pcBackToFront(path: string | null): string | null;
  pcBackToFront(path: string | null): string | null {
    if (path === null) return null;
    if (path.includes("summary:"))
      return this.panelMetricsHelper.backToFront(path.replaceAll("summary:", ""));
    const column = this.#title(path);
    if (column !== undefined) return column;
    if (path.startsWith("config:") && path.includes(".value"))
      return path.replaceAll("config:", "").replaceAll(".value", "");
    return path.startsWith("summary_metrics.") ? path.replaceAll("summary_metrics.", "") : path;
  }

  #toCondition({ left, operator, right }: PythonComparison): JsonObject {
    const op = lookUp(PythonMongoishQueryGenerator.AST_OPERATORS, operator) ?? "=";
    const path = this.frontToBack(left);
    return { [path]: op === "=" ? right : { [op]: right } };
  }

  /** What the server calls a column, by either name. */
  #column(name: string): string | undefined {
    const { FRONTEND_NAME_MAPPING: names, FRONTEND_NAME_MAPPING_REVERSED: known } =
      PythonMongoishQueryGenerator;
    return lookUp(names, name) ?? (Object.hasOwn(known, name) ? name : undefined);
  }

  /** What tables call a column, by either name. */
  #title(name: string): string | undefined {
    const { FRONTEND_NAME_MAPPING: known, FRONTEND_NAME_MAPPING_REVERSED: names } =
      PythonMongoishQueryGenerator;
    return lookUp(names, name) ?? (Object.hasOwn(known, name) ? name : undefined);
  }

  #path(head: string, rest: string, config: string, summary: string): string {
    const isConfig = Object.hasOwn(this.runSet.runsConfig, head);
    return isConfig ? `${config}${head}.value${rest}` : `${summary}${head}${rest}`;
  }
}
