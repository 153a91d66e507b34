/**
 * One reader of a project's runs: it is told which runs changed and how, what happened to one run meanwhile together. A
 * reader that is too slow, or was away for too long, is told to ask for the list again.
 */
import type { LiveRunChanges } from "@steelyard/protocol";
import type { ChangeEvent } from "../../ports/change-feed.ts";
import { changedFields, newState, runNameOf } from "./changed-fields.ts";
import { HEARTBEAT, HEARTBEAT_MS } from "./live-message.ts";
import type { LiveMessage } from "./live-message.ts";
import { Wake } from "./wake.ts";

/** What is watched, and with what. */
export interface RunsWatchParts {
  /** The names of runs by number; those that are not there are left out. */
  readonly nameRuns: (runIds: readonly number[]) => Promise<ReadonlyMap<number, string>>;
  /** Throws when the caller may no longer see the project. */
  readonly checkAccess: () => Promise<void>;
}

/** More changed runs than this wait for no reader. */
const MAX_WAITING = 10_000;

/** Changes that follow each other closely are told together. */
const PAUSE_MS = 100;

interface RunChange {
  isCreated: boolean;
  readonly fields: Set<string>;
  state: string | undefined;
  deletedName: string | undefined;
}

/** A reader of a project's runs. Give it the project's events, and iterate `messages` once. */
export class RunsWatch {
  readonly #parts: RunsWatchParts;
  readonly #wake = new Wake();
  #waiting = new Map<number, RunChange>();
  #isOverflown = false;
  #isClosed = false;
  #seq = 0;

  constructor(parts: RunsWatchParts) {
    this.#parts = parts;
  }

  /** Takes events of the project. */
  hear(events: readonly ChangeEvent[]): void {
    for (const event of events) {
      this.#seq = Math.max(this.#seq, event.seq);
      if (event.runId !== null && event.kind.startsWith("run.") && event.kind !== "run.history") {
        this.#note(event, event.runId);
      }
    }
    if (this.#waiting.size > MAX_WAITING) this.miss();
    if (this.#waiting.size > 0 || this.#isOverflown) this.#wake.call();
  }

  /** Changes were missed. */
  miss(): void {
    this.#isOverflown = true;
    this.#waiting.clear();
    this.#wake.call();
  }

  /** Ends it at the next opportunity. */
  close(): void {
    this.#isClosed = true;
    this.#wake.call();
  }

  /** What the reader is sent, from a place in the feed on. Throws when it may no longer see the project. */
  async *messages(seq: number): AsyncGenerator<LiveMessage, void, undefined> {
    this.#seq = Math.max(this.#seq, seq);
    yield this.#message("ready", {});
    while (!this.#isClosed) {
      await this.#parts.checkAccess();
      if (this.#isOverflown) {
        this.#isOverflown = false;
        yield this.#message("resync", {});
      } else if (this.#waiting.size > 0) {
        yield await this.#tell();
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      } else if (!(await this.#wake.wait(HEARTBEAT_MS))) yield HEARTBEAT;
    }
  }

  #note(event: ChangeEvent, runId: number): void {
    let change = this.#waiting.get(runId);
    if (change === undefined) {
      change = { isCreated: false, fields: new Set(), state: undefined, deletedName: undefined };
      this.#waiting.set(runId, change);
    }
    if (event.kind === "run.created") change.isCreated = true;
    if (event.kind === "run.state") change.state = newState(event);
    if (event.kind === "run.deleted") change.deletedName = runNameOf(event);
    for (const field of changedFields(event)) change.fields.add(field);
  }

  async #tell(): Promise<LiveMessage> {
    const changes = this.#waiting;
    const seq = this.#seq;
    this.#waiting = new Map();
    const names = await this.#parts.nameRuns([...changes.keys()]);
    const created: string[] = [];
    const deleted: string[] = [];
    const updated = new Map<string, readonly string[]>();
    const states = new Map<string, string>();
    for (const [runId, change] of changes) {
      if (change.deletedName !== undefined) deleted.push(change.deletedName);
      const name = names.get(runId);
      if (name === undefined || change.deletedName !== undefined) continue;
      if (change.isCreated) created.push(name);
      if (change.fields.size > 0) updated.set(name, [...change.fields].sort());
      if (change.state !== undefined) states.set(name, change.state);
    }
    const data: LiveRunChanges = {
      created,
      updated: Object.fromEntries(updated),
      states: Object.fromEntries(states),
      deleted,
    };
    return { event: "runs", data: JSON.stringify(data), id: String(seq) };
  }

  #message(event: string, data: Readonly<Record<string, never>>): LiveMessage {
    return { event, data: JSON.stringify(data), id: String(this.#seq) };
  }
}
