import { parseJson, printJson } from "@steelyard/protocol";
import { historyLine } from "@steelyard/testing/contracts";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SqlHistoryLog } from "../../adapters/sql/sql-history-log.ts";
import { SqlStatisticsStore } from "../../adapters/sql/sql-statistics-store.ts";
import { openTemporaryHistory } from "../../adapters/sqlite/temporary.ts";
import { HistoryActivity } from "./history-activity.ts";
import { HistoryIndexes } from "./history-index.ts";
import { parseLine, stepOf } from "./history-line.ts";
import type { LineRange, LineWrite } from "./history-log.ts";
import { KeyStatistics } from "./key-statistics.ts";
import { TailIndexer } from "./tail-indexer.ts";

const run = { projectId: 1, runId: 2 };
/** Nothing is sealed here. */
const parts = { steps: (): Promise<Float64Array> => Promise.reject(new Error("there are no parts")) };
let database: Awaited<ReturnType<typeof openTemporaryHistory>>;
let store: SqlStatisticsStore;

/** A log that writes down how many lines were read from it. */
class CountingLog extends SqlHistoryLog {
  linesRead = 0;

  override async readLines(range: LineRange): Promise<Awaited<ReturnType<SqlHistoryLog["readLines"]>>> {
    const lines = await super.readLines(range);
    this.linesRead += lines.length;
    return lines;
  }
}

let log: CountingLog;

beforeEach(async () => {
  database = await openTemporaryHistory();
  log = new CountingLog(database);
  store = new SqlStatisticsStore(database);
});

afterEach(() => database.close());

function write(offset: number, count: number, key = run): LineWrite {
  const lines = Array.from({ length: count }, (_, index) => `{"_step":${offset + index},"loss":${index}}`);
  return {
    ...key,
    stream: "history",
    writer: "",
    offset,
    lines,
    steps: { min: offset, max: offset + count - 1 },
  };
}

describe("statistics of runs", () => {
  it("are counted from new lines alone, also after a restart", async () => {
    const activity = new HistoryActivity();
    const indexes = new HistoryIndexes({ log, parts, store });
    const indexer = new TailIndexer({ indexes, activity });
    await log.append([write(0, 6_000)]);
    activity.note([write(0, 6_000)]);
    await indexer.update();
    expect(log.linesRead).toBe(6_000);
    await log.append([write(6_000, 10)]);
    expect((await indexes.statistics(run)).lastStep).toBe(6_009);
    expect(log.linesRead).toBe(6_010);

    // What grew much is stored at once, the rest on closing; here the server dies before that.
    const restarted = new HistoryIndexes({ log, parts, store });
    expect((await restarted.statistics(run)).toJson()).toEqual((await indexes.statistics(run)).toJson());
    expect(log.linesRead).toBe(6_020);

    await indexer.close();
    const closed = new HistoryIndexes({ log, parts, store });
    expect((await closed.statistics(run)).rowCount).toBe(6_010);
    expect(log.linesRead).toBe(6_020);
  });

  it("of many runs are read together, without their lines where what is stored is true", async () => {
    const runs = Array.from({ length: 450 }, (_, index) => ({ projectId: 1 + (index % 2), runId: index }));
    await log.append(runs.map((key) => write(0, 3, key)));
    const indexes = new HistoryIndexes({ log, parts, store, maxBytes: 1 });
    await indexes.statisticsOf(runs);
    await new TailIndexer({ indexes, activity: new HistoryActivity() }).close();
    expect(log.linesRead).toBe(450 * 3);
    await log.append([write(3, 2, { projectId: 1, runId: 0 })]);
    const found = await new HistoryIndexes({ log, parts, store }).statisticsOf([
      ...runs,
      { projectId: 9, runId: 9 },
    ]);
    expect(found.map((statistics) => statistics.lastStep)).toEqual([4, ...Array<number>(449).fill(2), -1]);
    expect(log.linesRead).toBe(450 * 3 + 2);
  });

  it("are counted anew when lines were overwritten or cut off, and are those of no deleted run", async () => {
    const indexes = new HistoryIndexes({ log, parts, store });
    const lastStep = async (): Promise<number> => (await indexes.statistics(run)).lastStep;
    await log.append([write(0, 20)]);
    expect(await lastStep()).toBe(19);
    await log.truncate({ ...run, stream: "history", lineCount: 5 });
    expect(await lastStep()).toBe(4);
    await log.append([{ ...write(4, 1), lines: ['{"_step":70}'] }]);
    expect(await lastStep()).toBe(70);
    await indexes.save({ quietSince: Infinity });
    await log.deleteRun(run);
    expect(await lastStep()).toBe(-1);
    await log.append([write(0, 2)]);
    expect((await new HistoryIndexes({ log, parts, store }).statistics(run)).lastStep).toBe(1);
  });

  it("are not stored for a run that was deleted meanwhile", async () => {
    const indexes = new HistoryIndexes({ log, parts, store });
    await log.append([write(0, 20)]);
    await indexes.statistics(run);
    await log.deleteRun(run);
    await indexes.save({ quietSince: Infinity });
    expect(await store.load({ runs: [run] })).toEqual([undefined]);
  });
});

describe("statistics by key", () => {
  function count(lines: readonly string[], from: number): KeyStatistics {
    const statistics = new KeyStatistics();
    for (const [index, line] of lines.entries()) {
      const row = parseLine(line);
      if (row !== undefined) statistics.add(row, stepOf(row) ?? from + index);
    }
    return statistics;
  }

  it("merged from parts are those of the whole, and survive being written down", () => {
    fc.assert(
      fc.property(fc.array(historyLine, { maxLength: 12 }), fc.nat({ max: 12 }), (lines, at) => {
        const whole = count(lines, 0);
        const merged = count(lines.slice(0, at), 0);
        merged.merge(count(lines.slice(at), Math.min(at, lines.length)));
        expect(merged.toState()).toEqual(whole.toState());
        expect(merged.toJson()).toEqual(whole.toJson());
        expect([merged.valueBytes, merged.rowCount, merged.lastStep]).toEqual([
          whole.valueBytes,
          whole.rowCount,
          whole.lastStep,
        ]);
        const read = KeyStatistics.fromState(parseJson(printJson(whole.toState())));
        expect(read?.toState()).toEqual(whole.toState());
        expect(read?.toJson()).toEqual(whole.toJson());
      }),
    );
  });

  it("are not read from anything else", () => {
    for (const state of [null, 5, {}, [1], [1, [["a"]]], [1, [["a", 5, true, [], 1, 1]]]]) {
      expect(KeyStatistics.fromState(state)).toBeUndefined();
    }
  });
});
