import type { ChartAccess, CustomChart } from "./custom-chart.ts";

/** The charts that entities made. */
export interface CustomChartStore {
  /** Stores a chart; when the entity has one of that name, gives that one as it is. Atomic. */
  create(chart: NewCustomChart): Promise<{ readonly chart: CustomChart; readonly inserted: boolean }>;
  /** Changes what is given of a chart; undefined when there is none. */
  update(change: {
    readonly entityId: number;
    readonly name: string;
    readonly displayName?: string | undefined;
    readonly access?: ChartAccess | undefined;
    readonly spec?: string | undefined;
    readonly now: string;
  }): Promise<CustomChart | undefined>;
  /** A chart of an entity by name. */
  find(key: { readonly entityId: number; readonly name: string }): Promise<CustomChart | undefined>;
  /** An entity's charts by name. */
  list(query: {
    readonly entityId: number;
    /** Only public ones. */
    readonly isPublicOnly: boolean;
    /** Only names after this one; null for all. */
    readonly after: string | null;
    readonly limit: number;
  }): Promise<readonly CustomChart[]>;
  /** Deletes a chart; nothing when there is none. */
  delete(key: { readonly entityId: number; readonly name: string }): Promise<void>;
}

/** A chart to store. */
export interface NewCustomChart {
  readonly entityId: number;
  readonly name: string;
  readonly displayName: string;
  readonly type: string;
  readonly access: ChartAccess;
  readonly spec: string;
  readonly userId: number;
  readonly now: string;
}
