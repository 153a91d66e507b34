/** Pages of runs as the schema shows them. */
import type { RunPage } from "../../runs/run-store.ts";
import type { Run } from "../../runs/run.ts";

/** A page of runs with what leads to the next. */
export interface RunConnection {
  readonly edges: readonly { readonly cursor: string; readonly node: Run }[];
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
  readonly totalCount: number;
}

/** A page as a connection. */
export function toRunConnection({ runs, hasNextPage, totalCount }: RunPage): RunConnection {
  const edges = runs.map(({ run, cursor }) => ({ cursor, node: run }));
  return { edges, pageInfo: { endCursor: edges.at(-1)?.cursor ?? null, hasNextPage }, totalCount };
}

/** A cursor as clients send it, which is empty on the first page of some. */
export function toCursor(after: string | null | undefined): string | null {
  return after === undefined || after === "" ? null : after;
}
