/** Alerts: what a run wants people to know. They are stored; a title that was heard of lately is not stored again. */
import type { AlertSeverity } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { RunAccess } from "../runs/run-access.ts";
import type { RunAddress, RunService } from "../runs/run-service.ts";
import type { Run } from "../runs/run.ts";
import type { Alert } from "./alert.ts";
import type { AlertStore } from "./alert-store.ts";

/** What the service is built from. */
export interface AlertServiceParts {
  readonly alerts: AlertStore;
  readonly runs: RunService;
  readonly access: Access;
  readonly runAccess: RunAccess;
  readonly clock: Clock;
}

/** What to tell. */
export interface AlertInput {
  readonly title: string;
  readonly text: string;
  /** @default INFO */
  readonly severity: AlertSeverity | null;
  /** Least time since the last alert of the same title. @default 0 */
  readonly waitDurationMs: number | null;
}

const MAX_TITLE_LENGTH = 1_024;
const MAX_TEXT_LENGTH = 64 * 1_024;
const MAX_LIST = 1_000;

/** Stores and lists alerts. */
export class AlertService {
  readonly #alerts: AlertStore;
  readonly #runs: RunService;
  readonly #access: Access;
  readonly #runAccess: RunAccess;
  readonly #clock: Clock;

  constructor(parts: AlertServiceParts) {
    this.#alerts = parts.alerts;
    this.#runs = parts.runs;
    this.#access = parts.access;
    this.#runAccess = parts.runAccess;
    this.#clock = parts.clock;
  }

  /**
   * Stores an alert; undefined when one of its title is too recent.
   *
   * @throws {ServerError} `unauthenticated`, `not_found`, `permission_denied` or `invalid_argument`.
   */
  async notify(caller: Caller, address: RunAddress, input: AlertInput): Promise<Alert | undefined> {
    const run = await this.#runs.require(caller, address);
    const project = await this.#runAccess.requireAppend(caller, run);
    const { user } = this.#access.requireUser(caller);
    const waitMs = input.waitDurationMs ?? 0;
    if (waitMs < 0) throw invalid("waitDuration", "a time cannot be negative");
    if (input.title.length > MAX_TITLE_LENGTH)
      throw invalid("title", `at most ${MAX_TITLE_LENGTH} characters`);
    if (input.text.length > MAX_TEXT_LENGTH) throw invalid("text", `at most ${MAX_TEXT_LENGTH} characters`);
    const now = this.#clock.now();
    return this.#alerts.add({
      projectId: run.projectId,
      runId: run.runId,
      title: input.title,
      text: input.text,
      severity: input.severity ?? "INFO",
      userId: user.id,
      variables: {
        event_type: "RUN_ALERT",
        event_author: user.username,
        entity_name: project.entityName,
        project_name: project.name,
        run_id: run.name,
        run_name: run.displayName,
        run_state: run.state,
        alert_title: input.title,
        alert_text: input.text,
        alert_level: input.severity ?? "INFO",
      },
      createdAt: now,
      unlessSince: waitMs === 0 ? null : before(now, waitMs),
    });
  }

  /** The newest alerts of a run, newest first. Throws `not_found`. */
  async list(caller: Caller, run: Run): Promise<readonly Alert[]> {
    await this.#runAccess.requireRead(caller, run);
    return this.#alerts.list({ projectId: run.projectId, runId: run.runId, limit: MAX_LIST });
  }
}

/** The instant `ms` before another; spans longer than all time reach back to its beginning. */
function before(now: string, ms: number): string {
  return new Date(Math.max(0, Date.parse(now) - ms)).toISOString();
}

function invalid(field: string, reason: string): ServerError {
  return new ServerError("invalid_argument", `Invalid alert: ${field}: ${reason}`, { field });
}
