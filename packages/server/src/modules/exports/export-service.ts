/** Bulk export for callers: who may have it, how many go on at once, and signs of life while nothing is ready. */
import type { ExportFrame } from "@steelyard/protocol";
import type { Caller } from "../access/caller.ts";
import type { Project } from "../projects/project.ts";
import type { HistoryReader } from "../history/history-reader.ts";
import type { RunAccess } from "../runs/run-access.ts";
import type { RunService } from "../runs/run-service.ts";
import type { RunStore } from "../runs/run-store.ts";
import type { ExportEncoders } from "./export-encoder.ts";
import type { HistoryExportRequest } from "./export-request.ts";
import { findRuns } from "./export-runs.ts";
import { HistoryExport } from "./history-export.ts";
import { Turns } from "./turns.ts";

/** What the service is built from. */
export interface ExportServiceParts {
  readonly runs: RunService;
  readonly runAccess: RunAccess;
  readonly stores: { readonly runs: RunStore; readonly history: HistoryReader };
  readonly encoders: ExportEncoders;
}

/** Exports at once; others wait for their turn. Each holds at most about 64 MB. */
const MAX_EXPORTS = 4;

/** While nothing is ready, a sign of life so often. */
const BEAT_MS = 1_000;

/** Exports histories of many runs. */
export class ExportService {
  readonly #parts: ExportServiceParts;
  readonly #turns = new Turns(MAX_EXPORTS);

  constructor(parts: ExportServiceParts) {
    this.#parts = parts;
  }

  /**
   * Begins an export. Its frames end with `end`; when it fails half way, they throw.
   *
   * @throws {ServerError} `not_found`, or `invalid_argument` for a bad filter or order.
   */
  async histories(
    caller: Caller,
    project: Project,
    request: HistoryExportRequest,
  ): Promise<AsyncGenerator<ExportFrame, void, undefined>> {
    const { runs, runAccess, stores, encoders } = this.#parts;
    await runAccess.requireRead(caller, { projectId: project.id });
    const runIds = findRuns(runs, caller, project, request.runs);
    // The first page tells whether filter and order are sound, while the answer's status is still open.
    const first = await runIds.next();
    const work = new HistoryExport({
      projectId: project.id,
      request,
      runIds: resumed(first, runIds),
      history: stores.history,
      runs: stores.runs,
      encoders,
      checkAccess: async () => {
        await runAccess.requireRead(caller, { projectId: project.id });
      },
    });
    return withBeats(this.#inTurn(work), () => ({ kind: "progress", value: work.progress }));
  }

  async *#inTurn(work: HistoryExport): AsyncGenerator<ExportFrame, void, undefined> {
    const release = await this.#turns.take();
    try {
      yield* work.frames();
    } finally {
      release();
    }
  }
}

async function* resumed<T>(
  first: IteratorResult<T, void>,
  rest: AsyncGenerator<T, void, undefined>,
): AsyncGenerator<T, void, undefined> {
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}

/** The elements, and a beat whenever none came for a while. */
async function* withBeats<T>(
  source: AsyncGenerator<T, void, undefined>,
  beat: () => T,
): AsyncGenerator<T, void, undefined> {
  try {
    for (;;) {
      const next = source.next();
      // Its failure is told when it is waited for; if it never is, nobody wants to know any more.
      next.catch(() => undefined);
      let result: IteratorResult<T, void> | undefined;
      while (result === undefined) {
        const pause = Promise.withResolvers<undefined>();
        const timer = setTimeout(() => pause.resolve(undefined), BEAT_MS);
        try {
          result = await Promise.race([next, pause.promise]);
        } finally {
          clearTimeout(timer);
        }
        if (result === undefined) yield beat();
      }
      if (result.done === true) return;
      yield result.value;
    }
  } finally {
    await source.return();
  }
}
