/**
 * Takes file_stream requests in the thread that stores them: the body becomes a plan, its lines are committed to the
 * log, then what it says of its run to the run's documents, then it is answered. Requests that wait share commits.
 */
import { ServerError } from "../../errors.ts";
import type { RunStore, RunStreamChange, RunStreamResult } from "../runs/run-store.ts";
import { GroupCommit } from "./group-commit.ts";
import type { HistoryActivity } from "./history-activity.ts";
import type { HistoryLog, LineWrite, RunKey } from "./history-log.ts";
import type { StreamAppend, StreamIngest, StreamReply } from "./stream-ingest.ts";
import { planStream } from "./stream-plan.ts";

/** What the ingest is built from. */
export interface LogStreamIngestParts {
  readonly history: Pick<HistoryLog, "append" | "deleteRun"> & {
    /** Told of writes as soon as they are known, some time before they are appended. @default nobody is */
    readonly prepare?: (writes: readonly LineWrite[]) => void;
  };
  readonly runs: Pick<RunStore, "applyStream" | "find">;
  /** Told of what was written. @default nobody */
  readonly activity?: Pick<HistoryActivity, "note">;
  /**
   * Requests that share a commit at most.
   *
   * @default 256
   */
  readonly maxBatch?: number;
}

/** Runs whose numbers are remembered, so that a request needs no look at the run's documents. */
const maxRemembered = 10_000;

/** Commits requests in groups, in the order of their arrival. */
export class LogStreamIngest implements StreamIngest {
  readonly #history: LogStreamIngestParts["history"];
  readonly #runs: LogStreamIngestParts["runs"];
  readonly #lines: GroupCommit<readonly LineWrite[], undefined>;
  readonly #documents: GroupCommit<RunStreamChange, RunStreamResult>;
  /** A run's number never changes; that a run was deleted is found out when its documents are written. */
  readonly #runIds = new Map<string, number>();

  constructor({ history, runs, activity, maxBatch = 256 }: LogStreamIngestParts) {
    this.#history = history;
    this.#runs = runs;
    this.#lines = new GroupCommit({
      maxItems: maxBatch,
      commit: async (requests) => {
        const writes = requests.flat();
        if (writes.length > 0) {
          await history.append(writes);
          activity?.note(writes);
        }
        return requests.map(() => undefined);
      },
    });
    this.#documents = new GroupCommit({
      maxItems: maxBatch,
      commit: (changes) => runs.applyStream(changes),
    });
  }

  async append(request: StreamAppend): Promise<StreamReply> {
    const name = nameKey(request);
    const remembered = this.#runIds.get(name);
    if (remembered !== undefined) {
      const reply = await this.#store(request, remembered);
      if (reply !== undefined) return reply;
      this.#runIds.delete(name);
    }
    const runId = await this.#findRun(request);
    const reply = await this.#store(request, runId);
    if (reply === undefined) throw new ServerError("not_found", "The run was deleted", { field: "run" });
    if (this.#runIds.size >= maxRemembered) this.#runIds.clear();
    this.#runIds.set(name, runId);
    return reply;
  }

  /** The answer, once everything is durable; undefined when the run is gone. */
  async #store(request: StreamAppend, runId: number): Promise<StreamReply | undefined> {
    const run: RunKey = { projectId: request.projectId, runId };
    const { writes, change, problems } = planStream(request, run);
    this.#history.prepare?.(writes);
    // Nothing to write waits as well: what was sent later must not overtake what was sent before.
    await this.#lines.add(writes);
    const { exists, isStopRequested } = await this.#documents.add(change);
    if (exists) return { isStopRequested, problems };
    // The run was deleted while its lines were on their way; they must not outlive it.
    await this.#history.deleteRun(run);
    return undefined;
  }

  async #findRun({ projectId, runName }: StreamAppend): Promise<number> {
    const run = await this.#runs.find({ projectId, name: runName });
    if (run === undefined) throw new ServerError("not_found", `Run "${runName}" not found`, { field: "run" });
    return run.runId;
  }
}

function nameKey({ projectId, runName }: StreamAppend): string {
  return `${projectId}/${runName}`;
}
