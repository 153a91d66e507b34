import { describeHistoryReader } from "@steelyard/testing/contracts";
import type { HistoryReaderUnderTest } from "@steelyard/testing/contracts";
import { openTemporarySealing } from "../../adapters/sqlite/temporary-sealing.ts";
import type { LineStream, RunKey } from "./history-log.ts";

/** A reader; with `isSealing` everything that can be sealed is, before each question. */
async function openReader(maxBytes: number, isSealing: boolean): Promise<HistoryReaderUnderTest> {
  const sealing = await openTemporarySealing({ maxBytes });
  const reader = sealing.openReader();
  const sealAll = async (run: RunKey, stream: LineStream): Promise<void> => {
    while ((await sealing.sealer.seal({ ...run, stream }, () => Promise.resolve(true))) === "sealed");
  };
  if (!isSealing) return { log: sealing.log, reader, close: () => sealing.close() };
  const sealed = new Proxy(reader, {
    get(target, method) {
      const ask: unknown = Reflect.get(target, method);
      if (typeof ask !== "function") return ask;
      return async (request: RunKey): Promise<unknown> => {
        const { projectId, runId } = request;
        for (const stream of ["history", "events"] as const) await sealAll({ projectId, runId }, stream);
        return Reflect.apply(ask, target, [request]) as unknown;
      };
    },
  });
  return { log: sealing.log, reader: sealed, keepsSpelling: false, close: () => sealing.close() };
}

describeHistoryReader("LogHistoryReader", () => openReader(64 * 1024 * 1024, false));

describeHistoryReader("LogHistoryReader that keeps next to nothing", () => openReader(1, false));

describeHistoryReader("LogHistoryReader of sealed lines", () => openReader(64 * 1024 * 1024, true));

describeHistoryReader("LogHistoryReader of sealed lines that keeps next to nothing", () =>
  openReader(1, true),
);
