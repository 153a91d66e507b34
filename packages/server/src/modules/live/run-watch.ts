/**
 * One reader of a run: first everything from where it stands, then what comes, until the run is over. It reads only as
 * fast as it is read from, so a slow reader costs nothing but its place.
 */
import type { RunState } from "@steelyard/protocol";
import type { ChangeEvent } from "../../ports/change-feed.ts";
import type { RunKey } from "../history/history-log.ts";
import type { Run } from "../runs/run.ts";
import { changedFields } from "./changed-fields.ts";
import { HEARTBEAT, HEARTBEAT_MS } from "./live-message.ts";
import type { LiveMessage } from "./live-message.ts";
import { printRunCursor } from "./run-cursor.ts";
import type { RunCursor } from "./run-cursor.ts";
import type { RunPages } from "./run-pages.ts";
import { Wake } from "./wake.ts";

/** What is watched, and with what. */
export interface RunWatchParts {
  readonly run: RunKey;
  readonly start: RunCursor;
  /** Rows of lower steps are left out. */
  readonly minStep: number;
  /** Empty for whole rows. */
  readonly keys: readonly string[];
  readonly pages: RunPages;
  readonly findRun: (run: RunKey) => Promise<Run | undefined>;
  /** Throws when the caller may no longer see the run. */
  readonly checkAccess: () => Promise<void>;
}

/** States that a run leaves by itself. */
const ACTIVE_STATES: readonly RunState[] = ["pending", "running", "preempting"];

const FIRST_WIDTH = 1_000;
const MAX_WIDTH = 1_000_000;
const PAGE_CHARS = 512 * 1024;

/** A reader of a run. Give it the run's events, and iterate `messages` once. */
export class RunWatch {
  readonly #parts: RunWatchParts;
  readonly #wake = new Wake();
  #position: RunCursor["position"];
  #nextStep: number;
  #runSeq: number;
  #state: RunState | undefined;
  #fields = new Set<string>();
  #mayHaveRows = true;
  #moment = 0;
  #isDeleted = false;
  #isClosed = false;
  #width = FIRST_WIDTH;

  constructor(parts: RunWatchParts) {
    this.#parts = parts;
    this.#position = parts.start.position;
    this.#nextStep = Math.max(parts.start.nextStep, parts.minStep);
    this.#runSeq = parts.start.runSeq;
  }

  /** Takes events of the run's project. */
  hear(events: readonly ChangeEvent[]): void {
    let isMine = false;
    for (const event of events) {
      if (event.runId !== this.#parts.run.runId) continue;
      isMine = true;
      // Whatever it is: taking a run back to a step tells nothing of its own.
      this.#mayHaveRows = true;
      this.#moment = event.seq;
      if (event.kind === "run.deleted") this.#isDeleted = true;
      for (const field of changedFields(event)) this.#fields.add(field);
    }
    if (isMine) this.#wake.call();
  }

  /** Ends it at the next opportunity. */
  close(): void {
    this.#isClosed = true;
    this.#wake.call();
  }

  /** What the reader is sent, from a place in the feed on. Throws when it may no longer see the run. */
  async *messages(seq: number): AsyncGenerator<LiveMessage, void, undefined> {
    this.#moment = Math.max(this.#moment, seq);
    yield* this.#tellRun([]);
    while (!this.#isClosed) {
      await this.#parts.checkAccess();
      if (this.#isDeleted) {
        yield this.#message("deleted", "{}");
        return;
      }
      if (this.#position !== null && this.#nextStep <= this.#position.lastStep) yield* this.#tellRows();
      else if (this.#mayHaveRows) yield* this.#look();
      else if (this.#fields.size > 0) yield* this.#tellRun([...this.#fields]);
      else if (this.#state !== undefined && !ACTIVE_STATES.includes(this.#state)) {
        yield this.#message("end", JSON.stringify({ state: this.#state }));
        return;
      } else if (!(await this.#wake.wait(HEARTBEAT_MS))) yield HEARTBEAT;
    }
  }

  /** The run's state, unless the reader knows it from before. */
  async *#tellRun(fields: readonly string[]): AsyncGenerator<LiveMessage, void, undefined> {
    this.#fields.clear();
    const run = await this.#parts.findRun(this.#parts.run);
    if (run === undefined) {
      this.#isDeleted = true;
      return;
    }
    this.#state = run.state;
    // History is stored before the state that ends a run, so one more look finds all of it.
    if (!ACTIVE_STATES.includes(run.state)) this.#mayHaveRows = true;
    if (run.seq === this.#runSeq) return;
    this.#runSeq = run.seq;
    yield this.#message("run", JSON.stringify({ state: run.state, fields }));
  }

  /** Finds out what became of the rows. */
  async *#look(): AsyncGenerator<LiveMessage, void, undefined> {
    const { run, pages, minStep } = this.#parts;
    this.#mayHaveRows = false;
    const { position, fromStep } = await pages.changes(run, this.#position, this.#moment);
    this.#position = position;
    if (fromStep === null) return;
    const from = Math.max(fromStep, minStep);
    const isSent = from < this.#nextStep;
    this.#nextStep = from;
    if (!isSent) return;
    yield this.#message("reset", JSON.stringify({ fromStep: from === -Infinity ? null : from }));
  }

  /** Sends the next window of rows. */
  async *#tellRows(): AsyncGenerator<LiveMessage, void, undefined> {
    const { run, pages, keys } = this.#parts;
    if (this.#position === null) return;
    const { version, lastStep } = this.#position;
    const first = this.#nextStep === -Infinity ? 0 : this.#nextStep;
    const toStep = Math.min(first + this.#width, lastStep + 1);
    const page = await pages.page({ ...run, version, fromStep: this.#nextStep, toStep, keys });
    this.#nextStep = toStep;
    if (page.chars * 4 <= PAGE_CHARS) this.#width = Math.min(this.#width * 2, MAX_WIDTH);
    else if (page.chars > PAGE_CHARS * 2) {
      this.#width = Math.max(1, Math.floor((this.#width * PAGE_CHARS) / page.chars));
    }
    if (page.rowCount > 0) yield this.#message("rows", page.data);
  }

  #message(event: string, data: string): LiveMessage {
    const cursor = { position: this.#position, nextStep: this.#nextStep, runSeq: this.#runSeq };
    return { event, data, id: printRunCursor(cursor) };
  }
}
