import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { DEFAULT_RETRY_POLICY, FINAL_STATUSES, planRetry, readRateLimit, readRetryAfter } from "./retry.ts";
import type { FailedAttempt } from "./retry.ts";

const lost: FailedAttempt = { kind: "lost" };
const base = { failure: lost, attempts: 1, isIdempotent: true, policy: DEFAULT_RETRY_POLICY, random: 1 };

describe("planRetry", () => {
  it("jitters between nothing and a bound that doubles up to the limit", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempts, random) => {
          const policy = { ...DEFAULT_RETRY_POLICY, maxRetries: 100 };
          const waitMs = planRetry({ ...base, attempts, random, policy }) ?? Number.NaN;
          expect(waitMs).toBeGreaterThanOrEqual(0);
          expect(waitMs).toBeLessThanOrEqual(Math.min(60_000, 500 * 2 ** (attempts - 1)));
        },
      ),
    );
  });

  it("never repeats a final status, whatever it asks", () => {
    for (const status of FINAL_STATUSES) {
      expect(planRetry({ ...base, failure: { kind: "status", status, waitMs: 1 } })).toBeNull();
    }
  });

  it.each([402, 405, 408, 418, 429, 500, 502, 503, 504])("repeats status %i", (status) => {
    expect(planRetry({ ...base, failure: { kind: "status", status, waitMs: null } })).toBe(500);
  });

  it("repeats work that is not idempotent only when it was certainly not done", () => {
    const once = { ...base, isIdempotent: false };
    expect(planRetry({ ...once, failure: lost })).toBeNull();
    expect(planRetry({ ...once, failure: { kind: "status", status: 503, waitMs: null } })).toBeNull();
    expect(planRetry({ ...once, failure: { kind: "status", status: 429, waitMs: null } })).toBe(500);
    expect(planRetry({ ...once, failure: { kind: "unreached" } })).toBe(500);
  });

  it("waits at least as long as the server asks, and not at all longer than the limit", () => {
    const asked = (waitMs: number): number | null =>
      planRetry({ ...base, failure: { kind: "status", status: 503, waitMs } });
    expect(asked(20_000)).toBe(20_000);
    expect(asked(60_001)).toBeNull();
  });

  it("stops after maxRetries", () => {
    expect(planRetry({ ...base, attempts: 5 })).not.toBeNull();
    expect(planRetry({ ...base, attempts: 6 })).toBeNull();
  });
});

describe("readRetryAfter", () => {
  it.each([
    ["3", 3_000],
    ["0.5", 500],
    ["Thu, 01 Jan 1970 00:00:05 GMT", 4_000],
    ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
    ["soon", null],
    [null, null],
  ])("reads %j", (value, expected) => {
    expect(readRetryAfter(value, 1_000)).toBe(expected);
  });
});

describe("readRateLimit", () => {
  it("asks to wait only when nothing is left", () => {
    const read = (remaining: string, reset: string): number | null =>
      readRateLimit(new Headers({ "ratelimit-remaining": remaining, "ratelimit-reset": reset }));
    expect(read("0", "2")).toBe(2_000);
    expect(read("5", "2")).toBeNull();
    expect(readRateLimit(new Headers())).toBeNull();
  });
});
