import { expect, test } from "vitest";
import type { RunState } from "@steelyard/protocol";
import {
  statusAfterCall,
  statusAfterEdit,
  statusAfterSignal,
  statusAfterSilence,
  type RunSignal,
  type RunStatus,
} from "./run-status.ts";

function after(state: RunState, signal: RunSignal, rest: Partial<RunStatus> = {}): RunState {
  return statusAfterSignal({ state, exitCode: null, isStopRequested: false, ...rest }, signal).state;
}

test("exit code 0 finishes a run and any other fails it", () => {
  expect(after("running", { exitCode: 0 })).toBe("finished");
  expect(after("running", { exitCode: 3 })).toBe("failed");
  expect(after("crashed", { exitCode: 0 })).toBe("finished");
  expect(
    statusAfterSignal({ state: "running", exitCode: null, isStopRequested: false }, { exitCode: 3 }).exitCode,
  ).toBe(3);
});

test("a run that was asked to stop and does not end well was killed", () => {
  expect(after("running", { exitCode: 255 }, { isStopRequested: true })).toBe("killed");
  expect(after("running", { exitCode: 0 }, { isStopRequested: true })).toBe("finished");
  expect(after("killed", { exitCode: 1 })).toBe("killed");
});

test("a run that announced its preemption was preempted unless it ends well", () => {
  expect(after("running", { isPreempting: true })).toBe("preempting");
  expect(after("preempting", {})).toBe("preempting");
  expect(after("preempting", { exitCode: 1 })).toBe("preempted");
  expect(after("running", { isPreempting: true, exitCode: 1 })).toBe("preempted");
  expect(after("preempting", { exitCode: 0 })).toBe("finished");
});

test("the same exit told twice leaves the same state", () => {
  for (const state of ["running", "preempting", "killed"] as const) {
    for (const exitCode of [0, 1]) {
      const status = { state, exitCode: null, isStopRequested: false };
      const once = statusAfterSignal(status, { exitCode });
      expect(statusAfterSignal(once, { exitCode })).toEqual(once);
    }
  }
});

test("a sign of life brings an ended run back, without its exit code and without the stop asked of it", () => {
  for (const state of ["pending", "finished", "failed", "crashed", "killed", "preempted"] as const) {
    expect(after(state, {})).toBe("running");
  }
  const killed: RunStatus = { state: "killed", exitCode: 255, isStopRequested: true };
  expect(statusAfterSignal(killed, {})).toEqual({ state: "running", exitCode: null, isStopRequested: false });
});

test("a stop stays asked while the run goes on, also over a crash", () => {
  const crashed: RunStatus = { state: "crashed", exitCode: null, isStopRequested: true };
  expect(statusAfterSignal(crashed, {})).toEqual({ state: "running", exitCode: null, isStopRequested: true });
});

test("one of several writers does not bring a finished run back, but a crashed one", () => {
  expect(after("finished", { isShared: true })).toBe("finished");
  expect(after("crashed", { isShared: true })).toBe("running");
});

test("a request that says nothing new changes nothing", () => {
  const status: RunStatus = { state: "running", exitCode: null, isStopRequested: true };
  expect(statusAfterSignal(status, {})).toBe(status);
});

test("a process that asks for its run goes on with it, and a stop asked of the former one is forgotten", () => {
  for (const state of [
    "pending",
    "running",
    "finished",
    "failed",
    "crashed",
    "killed",
    "preempted",
  ] as const) {
    expect(statusAfterCall({ state, exitCode: 1, isStopRequested: false })).toEqual({
      state: "running",
      exitCode: null,
      isStopRequested: false,
    });
  }
  const live = { exitCode: null, isStopRequested: true };
  expect(statusAfterCall({ ...live, state: "running" }).isStopRequested).toBe(true);
  expect(statusAfterCall({ ...live, state: "crashed" }).isStopRequested).toBe(false);
  expect(statusAfterCall({ ...live, state: "preempting" }).state).toBe("preempting");
});

test("an edit to a live state takes the exit code away", () => {
  const failed: RunStatus = { state: "failed", exitCode: 1, isStopRequested: true };
  expect(statusAfterEdit(failed, { state: "running" })).toMatchObject({ state: "running", exitCode: null });
  expect(statusAfterEdit(failed, { isStopRequested: false })).toMatchObject({ state: "failed", exitCode: 1 });
});

test("silence means a crash, except after a preemption was announced", () => {
  const status = { exitCode: null, isStopRequested: false } as const;
  expect(statusAfterSilence({ ...status, state: "running" }).state).toBe("crashed");
  expect(statusAfterSilence({ ...status, state: "preempting" }).state).toBe("preempted");
  expect(statusAfterSilence({ ...status, state: "finished" }).state).toBe("finished");
});
