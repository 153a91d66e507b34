import { expect, test } from "vitest";
import { AppendMemory } from "./append-memory.ts";

const stream = { projectId: 1, runId: 2, stream: "history" } as const;

test("knows of streams whether lines were only added, since it saw the first write", () => {
  const memory = new AppendMemory();
  expect(memory.onlyAppendedSince(stream, 5)).toBe(false);
  memory.note(stream, 5, { isAppend: true });
  expect(memory.onlyAppendedSince(stream, 4)).toBe(false);
  expect(memory.onlyAppendedSince(stream, 5)).toBe(true);
  memory.note(stream, 6, { isAppend: false });
  expect([5, 6, 7].map((version) => memory.onlyAppendedSince(stream, version))).toEqual([false, false, true]);
  memory.note(stream, 7, { isAppend: true });
  expect(memory.onlyAppendedSince(stream, 7)).toBe(true);
  expect(memory.onlyAppendedSince({ ...stream, runId: 3 }, 7)).toBe(false);
  memory.forget(stream);
  expect(memory.onlyAppendedSince(stream, 7)).toBe(false);
});
