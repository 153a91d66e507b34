import { describe, expect, it } from "vitest";

import { parseInstant } from "./dates.ts";

describe("parseInstant", () => {
  it.each([
    ["2026-11-20T23:40:00.123Z", "2026-11-20T23:40:00.123Z"],
    ["2026-11-20T23:40:00", "2026-11-20T23:40:00.000Z"],
    ["2026-11-20T23:40:00.123456", "2026-11-20T23:40:00.123Z"],
    ["2026-11-20 23:40:00", "2026-11-20T23:40:00.000Z"],
    ["2026-11-21T00:40:00+01:00", "2026-11-20T23:40:00.000Z"],
  ])("reads %s as UTC unless it names a zone", (text, expected) => {
    expect(parseInstant(text, "field").toISOString()).toBe(expected);
  });

  it("names the field of what is no instant", () => {
    expect(() => parseInstant("yesterday", "run.createdAt")).toThrow("run.createdAt");
  });
});
