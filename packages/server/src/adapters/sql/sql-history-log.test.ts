import { describeHistoryLog } from "@steelyard/testing/contracts";
import { expect, test } from "vitest";
import { openTemporaryHistory } from "../sqlite/temporary.ts";
import { SqlHistoryLog } from "./sql-history-log.ts";

describeHistoryLog("SqlHistoryLog on SQLite", async () => {
  const database = await openTemporaryHistory();
  return { log: new SqlHistoryLog({ db: database.db }), close: () => database.close() };
});

test("a window of steps reads only the batches that may hold them", async () => {
  const database = await openTemporaryHistory();
  const log = new SqlHistoryLog({ db: database.db });
  const key = { projectId: 1, runId: 2, stream: "history", writer: "" } as const;
  await log.append([
    { ...key, offset: 0, lines: ["0", "1", "2"], steps: { min: 0, max: 2 } },
    { ...key, offset: 3, lines: ["3", "4", "5"], steps: { min: 3, max: 5 } },
    { ...key, offset: 6, lines: ["10", "11"], steps: { min: 10, max: 11 } },
    { ...key, offset: 8, lines: ["no step"], steps: null },
  ]);
  const read = async (minStep: number, maxStep: number): Promise<string> =>
    (await log.readSteps({ projectId: 1, runId: 2, minStep, maxStep })).map((line) => line.text).join(" ");
  expect(await read(3, 5)).toBe("3 4 5 no step");
  expect(await read(6, 10)).toBe("no step");
  expect(await read(11, 1000)).toBe("10 11 no step");
  await database.close();
});
