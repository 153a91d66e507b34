import type { RunDocument } from "./run-document.ts";
/** One key of an order. */
export interface OrderKey {
  readonly field: string;
  readonly isDescending: boolean;
}
/** What a run is ordered by; printable with `printJson` for keyset cursors. */
export type OrderValue = null | boolean | number | bigint | string;
/** A compiled order. */
export interface RunOrder {
  values(run: RunDocument): readonly OrderValue[];
  compare(a: readonly OrderValue[], b: readonly OrderValue[]): number;
}
/** Interim. */
export function parseOrder(order: string | null | undefined, fallback: string): readonly OrderKey[] {
  throw new Error(`coming ${order ?? fallback}`);
}
/** Interim. */
export function compileRunOrder(keys: readonly OrderKey[]): RunOrder {
  throw new Error(`coming ${keys.length}`);
}
