/** The change feed as rows of the database that changes. */
import type { Kysely } from "kysely";
import type { ChangeEvent, ChangeFeed } from "../../ports/change-feed.ts";
import type { CommitSignal } from "./commit-signal.ts";
import type { MetadataTables } from "./tables.ts";

/** What the feed is built from. */
export interface SqlChangeFeedParts {
  readonly db: Kysely<MetadataTables>;
  /**
   * Tells of commits in this thread, so that `wait` ends at once.
   *
   * @default none; `wait` looks again every 100 ms
   */
  readonly commits?: CommitSignal;
}

const pollMs = 100;
const eventsPrunedAtOnce = 10_000;

/** `ChangeFeed` over any SQL dialect. */
export class SqlChangeFeed implements ChangeFeed {
  readonly #db: Kysely<MetadataTables>;
  readonly #commits: CommitSignal | undefined;

  constructor(parts: SqlChangeFeedParts) {
    this.#db = parts.db;
    this.#commits = parts.commits;
  }

  async read(request: {
    readonly afterSeq: number;
    readonly limit: number;
  }): Promise<readonly ChangeEvent[]> {
    const rows = await this.#db
      .selectFrom("events")
      .select(["seq", "kind", "project_id", "run_id", "payload", "created_at"])
      .where("seq", ">", request.afterSeq)
      .orderBy("seq")
      .limit(request.limit)
      .execute();
    return rows.map((row) => ({
      seq: row.seq,
      kind: row.kind,
      projectId: row.project_id,
      runId: row.run_id,
      payload: row.payload,
      createdAt: row.created_at,
    }));
  }

  async span(): Promise<{ readonly first: number; readonly last: number }> {
    const row = await this.#db
      .selectFrom("events")
      .select((eb) => [eb.fn.min("seq").as("first"), eb.fn.max("seq").as("last")])
      .executeTakeFirst();
    // Without rows both are null, whatever the types say.
    const { first, last }: { readonly first?: number | null; readonly last?: number | null } = row ?? {};
    return { first: first ?? 0, last: last ?? 0 };
  }

  async position(request: { readonly consumer: string }): Promise<number> {
    const row = await this.#db
      .selectFrom("event_positions")
      .select("seq")
      .where("consumer", "=", request.consumer)
      .executeTakeFirst();
    return row?.seq ?? 0;
  }

  async advance(request: { readonly consumer: string; readonly seq: number }): Promise<void> {
    await this.#db
      .insertInto("event_positions")
      .values(request)
      .onConflict((conflict) =>
        conflict
          .column("consumer")
          .doUpdateSet({ seq: request.seq })
          .where("event_positions.seq", "<", request.seq),
      )
      .execute();
  }

  async wait(request: { readonly afterSeq: number; readonly timeoutMs: number }): Promise<void> {
    let wake = Promise.withResolvers<undefined>();
    const wakeUp = (): void => wake.resolve(undefined);
    const timeout = AbortSignal.timeout(request.timeoutMs);
    timeout.addEventListener("abort", wakeUp);
    const unsubscribe = this.#commits?.subscribe(wakeUp);
    const poll = this.#commits === undefined ? setInterval(wakeUp, pollMs) : undefined;
    try {
      // What is committed while we look wakes us too: the promise is made before the look.
      while (!timeout.aborted && !(await this.#hasEvents(request.afterSeq))) {
        await wake.promise;
        wake = Promise.withResolvers<undefined>();
      }
    } finally {
      clearInterval(poll);
      unsubscribe?.();
      timeout.removeEventListener("abort", wakeUp);
    }
  }

  async prune(request: { readonly createdBefore: string }): Promise<number> {
    return this.#db.transaction().execute(async (trx) => {
      const slowest = await trx
        .selectFrom("event_positions")
        .select((eb) => eb.fn.min("seq").as("seq"))
        .executeTakeFirst();
      const oldest = await trx
        .selectFrom("events")
        .select(["seq", "created_at"])
        .where("seq", "<=", slowest?.seq ?? Number.MAX_SAFE_INTEGER)
        .orderBy("seq")
        .limit(eventsPrunedAtOnce)
        .execute();
      const kept = oldest.findIndex((event) => event.created_at >= request.createdBefore);
      const last = oldest.at(kept === -1 ? -1 : kept - 1);
      if (kept === 0 || last === undefined) return 0;
      await trx.deleteFrom("events").where("seq", "<=", last.seq).execute();
      return kept === -1 ? oldest.length : kept;
    });
  }

  async #hasEvents(afterSeq: number): Promise<boolean> {
    const row = await this.#db
      .selectFrom("events")
      .select("seq")
      .where("seq", ">", afterSeq)
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }
}
