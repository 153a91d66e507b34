/** Specifications that tables are drawn with, made once and named by the charts of runs. */

/** Who may see a chart: the members of its entity, or anyone. */
export const CHART_ACCESS = ["PRIVATE", "PUBLIC"] as const;

/** One of {@link CHART_ACCESS}. */
export type ChartAccess = (typeof CHART_ACCESS)[number];

/** Where a chart is. */
export interface ChartKey {
  readonly entityName: string;
  readonly name: string;
}

/** A chart. */
export interface CustomChart extends ChartKey {
  readonly displayName: string;
  readonly type: string;
  readonly access: ChartAccess;
  /** A JSON object, as it was given. */
  readonly spec: string;
  /** What is known of a chart that somebody made; null of those that the server brings along. */
  readonly made: {
    readonly userId: number;
    readonly createdAt: string;
    readonly updatedAt: string;
  } | null;
}

/** What runs name the chart by. */
export function chartIdOf({ entityName, name }: ChartKey): string {
  return `${entityName}/${name}`;
}

/** The names of a specification's gaps of one kind, in the order in which they first occur. */
export function gapsOf(spec: string, kind: "field" | "string"): string[] {
  const names = [...spec.matchAll(/\$\{(field|string):([^{}:"\\]+)(?::[^{}"]*)?\}/g)]
    .filter(([, found]) => found === kind)
    .map(([, , name = ""]) => name);
  return [...new Set(names)];
}
