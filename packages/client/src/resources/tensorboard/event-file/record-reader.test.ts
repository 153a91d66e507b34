import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { joined, record } from "../../../../test/event-file-writer.ts";
import { RecordReader } from "./record-reader.ts";
import type { EventFileDamage } from "./record-reader.ts";

interface Found {
  readonly records: readonly string[];
  readonly damages: readonly EventFileDamage[];
}

/** Reads a file in parts that end at the given places. */
function readParts(file: Uint8Array, cuts: readonly number[], maxRecordBytes?: number): Found {
  const reader = new RecordReader(maxRecordBytes);
  const records: Uint8Array[] = [];
  const damages: EventFileDamage[] = [];
  let start = 0;
  for (const end of [...cuts.map((cut) => Math.min(cut, file.length)).sort((a, b) => a - b), file.length]) {
    reader.push(file.slice(start, end));
    start = end;
    for (let found = reader.next(); found !== undefined; found = reader.next()) {
      if (found.kind === "record") records.push(found.bytes);
      else damages.push(found.damage);
    }
  }
  const end = reader.end();
  if (end !== undefined) damages.push(end);
  return { records: records.map((bytes) => Buffer.from(bytes).toString("hex")), damages };
}

const contents = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 8 });
const hex = (list: readonly Uint8Array[]): string[] =>
  list.map((bytes) => Buffer.from(bytes).toString("hex"));

describe("RecordReader", () => {
  it("finds the same records whatever parts a file comes in", () => {
    fc.assert(
      fc.property(contents, fc.array(fc.nat(400), { maxLength: 12 }), (list, cuts) => {
        expect(readParts(joined(list.map(record)), cuts)).toEqual({ records: hex(list), damages: [] });
      }),
    );
  });

  it("keeps every record before the end of a torn file, and says where it is torn", () => {
    fc.assert(
      fc.property(contents, fc.nat(), (list, cut) => {
        const file = joined(list.map(record));
        const length = cut % file.length;
        let whole = 0;
        let size = 0;
        while (size + (list[whole]?.length ?? Infinity) + 16 <= length) {
          size += (list[whole]?.length ?? 0) + 16;
          whole += 1;
        }
        const { records, damages } = readParts(file.subarray(0, length), []);
        expect(records).toEqual(hex(list.slice(0, whole)));
        expect(damages.map(({ kind, offset }) => ({ kind, offset }))).toEqual(
          length > size ? [{ kind: "torn", offset: size }] : [],
        );
      }),
    );
  });

  it("loses one record to a changed byte of its content, and nothing before a changed byte of a length", () => {
    fc.assert(
      fc.property(contents, fc.nat(), fc.integer({ min: 1, max: 255 }), (list, place, change) => {
        const file = joined(list.map(record));
        const position = place % file.length;
        file[position] = (file[position] ?? 0) ^ change;
        let offset = 0;
        let hit = 0;
        while (offset + (list[hit]?.length ?? 0) + 16 <= position) {
          offset += (list[hit]?.length ?? 0) + 16;
          hit += 1;
        }
        const isLength = position - offset < 12;
        const { records, damages } = readParts(file, [7, 50]);
        expect(damages.map((damage) => [damage.kind, damage.offset])).toEqual([
          [isLength ? "length" : "record", offset],
        ]);
        expect(records).toEqual(
          hex(isLength ? list.slice(0, hit) : list.filter((_, index) => index !== hit)),
        );
      }),
    );
  });

  it("passes over a record that is larger than allowed without keeping it", () => {
    const file = joined([record(Uint8Array.of(1)), record(new Uint8Array(1_000)), record(Uint8Array.of(2))]);
    const { records, damages } = readParts(file, [20, 100, 600], 100);
    expect(records).toEqual(["01", "02"]);
    expect(damages.map(({ kind, offset }) => [kind, offset])).toEqual([["oversize", 17]]);
    expect(readParts(file.subarray(0, 500), [], 100).damages.map(({ kind }) => kind)).toEqual([
      "oversize",
      "torn",
    ]);
  });

  it("ends at bytes that are no records", () => {
    const { records, damages } = readParts(joined([record(Uint8Array.of(1)), new Uint8Array(100)]), []);
    expect(records).toEqual(["01"]);
    expect(damages.map(({ kind }) => kind)).toEqual(["length"]);
  });
});
