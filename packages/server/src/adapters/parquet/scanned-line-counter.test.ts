import { historyLine } from "@steelyard/testing/contracts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { KeyStatistics } from "../../modules/history/key-statistics.ts";
import { parsingCounter, type LineCounter } from "../../modules/history/line-counter.ts";
import { ScannedLineCounter } from "./scanned-line-counter.ts";

const counter = new ScannedLineCounter();

/** What was counted; where each line's step was found. Keys are in no order that anybody relies on. */
function count(by: LineCounter, lines: readonly string[]): unknown {
  const statistics = new KeyStatistics();
  const steps = lines.map((line, number) => by.count(statistics, line, number));
  const { valueBytes, rowCount, lastStep, isAscending } = statistics;
  return { keys: statistics.toJson(), steps, valueBytes, rowCount, lastStep, isAscending };
}

test("counts what parsing each line counts", () => {
  fc.assert(
    fc.property(fc.array(historyLine, { maxLength: 12 }), (lines) => {
      expect(count(counter, lines)).toEqual(count(parsingCounter, lines));
    }),
    { numRuns: 300 },
  );
});

test.each([
  '{"_step":5.0,"a":-0,"b":-0.0,"c":1e999,"d":NaN,"e":-Infinity}',
  '{"a":9007199254740993,"b":123456789012345678901234567890,"c":1E-7,"_step":"3"}',
  '{"a":{"b":{"c":1}},"a.b":2,"_step":{"x":1},"e":{},"l":[1,{"x":2}]}',
  '{"m":{"_type":"histogram","bins":[1]},"n":{"x":{"_type":5}},"s":"\\u00e9\\n","k\\u0041":true,"z":null}',
  ' { "a" : 1 , "a" : "again" , "_step" : 7 } ',
  "[1]",
  "{",
  "",
])("counts %s as parsing does", (line) => {
  const lines = ['{"a":1,"b":2,"_step":1}', line, '{"a":0,"_step":9}'];
  expect(count(counter, lines)).toEqual(count(parsingCounter, lines));
});

test("forgets keys that it has not seen for long, and counts on", () => {
  const statistics = new KeyStatistics();
  for (let line = 0; line < 300; line += 1) {
    const row = Object.fromEntries(Array.from({ length: 100 }, (_, key) => [`${line}-${key}`, key]));
    expect(counter.count(statistics, JSON.stringify(row), line)).toBe(line);
  }
  expect(statistics.size).toBe(30_001);
});
