/**
 * Takes file_stream requests in the thread that stores them. Requests that arrive while a commit runs share the next
 * one: history first, then the runs' documents, then all answers. A request that cannot be stored fails alone.
 */
import { ServerError } from "../../errors.ts";
import type { RunStore, RunStreamResult } from "../runs/run-store.ts";
import type { HistoryActivity } from "./history-activity.ts";
import type { HistoryLog } from "./history-log.ts";
import { nextTurn } from "./next-turn.ts";
import type { StreamAppend, StreamIngest, StreamReply } from "./stream-ingest.ts";
import { planStream } from "./stream-plan.ts";
import type { StreamPlan } from "./stream-plan.ts";

/** What the ingest is built from. */
export interface LogStreamIngestParts {
  readonly history: Pick<HistoryLog, "append" | "deleteRun">;
  readonly runs: Pick<RunStore, "applyStream">;
  /** Told of what was written. @default nobody */
  readonly activity?: Pick<HistoryActivity, "note">;
  /**
   * Requests that share a commit at most.
   *
   * @default 256
   */
  readonly maxBatch?: number;
}

/** Commits requests in groups, in the order of their arrival. */
export class LogStreamIngest implements StreamIngest {
  readonly #history: LogStreamIngestParts["history"];
  readonly #runs: LogStreamIngestParts["runs"];
  readonly #activity: LogStreamIngestParts["activity"];
  readonly #maxBatch: number;
  #waiting: Waiting[] = [];
  #isCommitting = false;

  constructor({ history, runs, activity, maxBatch = 256 }: LogStreamIngestParts) {
    this.#history = history;
    this.#runs = runs;
    this.#activity = activity;
    this.#maxBatch = maxBatch;
  }

  async append(request: StreamAppend): Promise<StreamReply> {
    const plan = planStream(request);
    const { promise, resolve, reject } = Promise.withResolvers<RunStreamResult>();
    this.#waiting.push({ plan, resolve, reject });
    if (!this.#isCommitting) void this.#commitAll();
    const result = await promise;
    if (!result.exists) {
      // The run was deleted while its lines were on their way; they must not outlive it.
      await this.#history.deleteRun({ projectId: request.projectId, runId: request.runId });
      throw new ServerError("not_found", "The run was deleted", { field: "run" });
    }
    return { isStopRequested: result.isStopRequested, problems: plan.problems };
  }

  /** Never rejects: each request is told of its own failure. */
  async #commitAll(): Promise<void> {
    this.#isCommitting = true;
    try {
      while (this.#waiting.length > 0) {
        await nextTurn();
        await this.#commitGroup(this.#waiting.splice(0, this.#maxBatch));
      }
    } finally {
      this.#isCommitting = false;
    }
  }

  async #commitGroup(group: readonly Waiting[]): Promise<void> {
    try {
      await this.#commit(group);
    } catch (error) {
      const [only] = group;
      if (group.length === 1 && only !== undefined) {
        // A failure of storage is temporary to the client, whatever its code: it keeps its data and comes back.
        only.reject(error);
        return;
      }
      // Lines are addressed by number and summaries are whole, so committing again what may be there is harmless.
      for (const waiting of group) await this.#commitGroup([waiting]);
    }
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    const writes = group.flatMap(({ plan }) => plan.writes);
    if (writes.length > 0) {
      await this.#history.append(writes);
      this.#activity?.note(writes);
    }
    const results = await this.#runs.applyStream(group.map(({ plan }) => plan.change));
    for (const [index, { resolve, reject }] of group.entries()) {
      const result = results[index];
      if (result === undefined)
        reject(new ServerError("internal", "The run store left a request unanswered"));
      else resolve(result);
    }
  }
}

interface Waiting {
  readonly plan: StreamPlan;
  readonly resolve: (result: RunStreamResult) => void;
  readonly reject: (reason: unknown) => void;
}
