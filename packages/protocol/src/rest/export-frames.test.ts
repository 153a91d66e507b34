import { describe, expect, it } from "vitest";
import { ExportFrameError, ExportFrameReader, exportFrameHead, exportFramePayload } from "./export-frames.ts";
import type { ExportFrame, ReceivedFrame } from "./export-frames.ts";

const FRAMES: readonly ExportFrame[] = [
  { kind: "progress", value: { runsDone: 0, runsTotal: null, rows: 0, bytes: 0 } },
  { kind: "data", bytes: new Uint8Array([1, 2, 3]) },
  { kind: "data", bytes: new Uint8Array(0) },
  { kind: "run", value: { id: "ü", rows: 1, totalRows: null } },
  { kind: "end", value: { runsDone: 1, runsTotal: 1, rows: 1, bytes: 3 } },
];

function bytesOf(frames: readonly ExportFrame[]): Uint8Array {
  const parts = frames.flatMap((frame) => {
    const payload = exportFramePayload(frame);
    return [...exportFrameHead(frame.kind, payload.length), ...payload];
  });
  return new Uint8Array(parts);
}

describe("frames of an export", () => {
  it("are read as they were written, however their bytes are cut", () => {
    const bytes = bytesOf(FRAMES);
    for (const size of [1, 2, 3, 7, bytes.length]) {
      const reader = new ExportFrameReader();
      const frames: ReceivedFrame[] = [];
      for (let at = 0; at < bytes.length; at += size)
        frames.push(...reader.push(bytes.subarray(at, at + size)));
      reader.finish();
      expect(frames).toEqual(FRAMES);
    }
  });

  it("without an end are not whole, and nothing may follow the end", () => {
    const cut = new ExportFrameReader();
    cut.push(bytesOf(FRAMES.slice(0, -1)));
    expect(() => cut.finish()).toThrow(ExportFrameError);
    const long = new ExportFrameReader();
    expect(() => long.push(bytesOf([...FRAMES, ...FRAMES]))).toThrow(ExportFrameError);
  });

  it("are told from other bytes", () => {
    expect(() => new ExportFrameReader().push(new TextEncoder().encode("<html>"))).toThrow(ExportFrameError);
    const broken = new Uint8Array([2, 1, 0, 0, 0, 123]);
    expect(() => new ExportFrameReader().push(broken)).toThrow("not JSON");
  });
});
