import { beforeEach, describe, expect, it } from "vitest";
import { AttemptLimiter } from "./attempt-limiter.ts";

let instant: string;
let limiter: AttemptLimiter;

beforeEach(() => {
  instant = "2026-03-01T10:00:00.000Z";
  limiter = new AttemptLimiter({ clock: { now: () => instant } });
});

function attempts(count: number, address: string, username = "ada"): void {
  for (let index = 0; index < count; index += 1) limiter.attempt({ address, username });
}

describe("the limiter of attempts", () => {
  it("stops the eleventh attempt for a name from an address, until the window ends", () => {
    attempts(10, "10.0.0.1");
    expect(() => attempts(1, "10.0.0.1", "ADA")).toThrow("Too many attempts; try again in 15 minutes");
    expect(() => attempts(1, "10.0.0.2")).not.toThrow();
    instant = "2026-03-01T10:15:00.000Z";
    expect(() => attempts(1, "10.0.0.1")).not.toThrow();
  });

  it("stops an address that tries many names", () => {
    for (let index = 0; index < 50; index += 1) attempts(1, "10.0.0.1", `user${index}`);
    expect(() => attempts(1, "10.0.0.1", "another")).toThrow("Too many attempts");
  });

  it("takes all addresses of an IPv6 network for one", () => {
    attempts(5, "2001:db8::1");
    attempts(5, "2001:db8:0:0:ffff::2");
    expect(() => attempts(1, "2001:db8::3")).toThrow("Too many attempts");
    expect(() => attempts(1, "2001:db8:0:1::1")).not.toThrow();
    expect(() => attempts(1, "::ffff:10.0.0.1")).not.toThrow();
  });

  it("forgets the attempts for a name after a success", () => {
    attempts(10, "10.0.0.1");
    limiter.succeed({ address: "10.0.0.1", username: "ada" });
    expect(() => attempts(10, "10.0.0.1")).not.toThrow();
  });
});
