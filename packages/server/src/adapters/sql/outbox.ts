// The writing side of the change feed: an event is a row of the transaction that makes the change, so that neither
// is ever there without the other.
import type { Insertable, Transaction } from "kysely";
import type { ChangeEvent } from "../../ports/change-feed.ts";
import type { EventRow } from "./background-tables.ts";
import { CompiledQueries } from "./compiled-queries.ts";
import type { MetadataTables } from "./tables.ts";

/** Few enough that there are few different statements. */
const eventsInsertedAtOnce = 64;

/** An event before it has its place. */
export type NewChangeEvent = Omit<ChangeEvent, "seq">;

/** Adds an event to the feed when, and only when, the transaction commits. */
export async function appendEvent(trx: Transaction<MetadataTables>, event: NewChangeEvent): Promise<void> {
  await appendEvents(trx, [event]);
}

/** Adds several events in order; none is no error. Whoever adds many again and again keeps `queries`. */
export async function appendEvents(
  trx: Transaction<MetadataTables>,
  events: readonly NewChangeEvent[],
  queries: CompiledQueries = new CompiledQueries(),
): Promise<void> {
  for (let start = 0; start < events.length; start += eventsInsertedAtOnce) {
    const rows = events.slice(start, start + eventsInsertedAtOnce).map(toRow);
    await queries.run(
      trx,
      `insert ${rows.length} events`,
      () => trx.insertInto("events").values(rows),
      rows.flatMap((row) => Object.values(row)),
    );
  }
}

function toRow(event: NewChangeEvent): Omit<Insertable<EventRow>, "seq"> {
  return {
    kind: event.kind,
    project_id: event.projectId,
    run_id: event.runId,
    payload: event.payload,
    created_at: event.createdAt,
  };
}
