// The writing side of the change feed: an event is a row of the transaction that makes the change, so that neither
// is ever there without the other.
import type { Transaction } from "kysely";
import type { ChangeEvent } from "../../ports/change-feed.ts";
import type { MetadataTables } from "./tables.ts";

/** An event before it has its place. */
export type NewChangeEvent = Omit<ChangeEvent, "seq">;

/** Adds an event to the feed when, and only when, the transaction commits. */
export async function appendEvent(trx: Transaction<MetadataTables>, event: NewChangeEvent): Promise<void> {
  await appendEvents(trx, [event]);
}

/** Adds several events in order; none is no error. */
export async function appendEvents(
  trx: Transaction<MetadataTables>,
  events: readonly NewChangeEvent[],
): Promise<void> {
  // 5 columns a row; SQLite takes 32,766 parameters a statement.
  for (let start = 0; start < events.length; start += 1000) {
    const rows = events.slice(start, start + 1000).map((event) => ({
      kind: event.kind,
      project_id: event.projectId,
      run_id: event.runId,
      payload: event.payload,
      created_at: event.createdAt,
    }));
    await trx.insertInto("events").values(rows).execute();
  }
}
