/** One firing of an automation, and what became of it. An addition of Steelyard's. */
import type { JsonValue } from "@steelyard/protocol";

import { parseInstant, parseInstantOrNull } from "../../core/dates.ts";
import { CommError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { RedeliverAutomationExecutionDocument } from "../../generated/automations-documents.ts";
import type { ExecutionFieldsFragment } from "../../generated/automations-documents.ts";
import { EXECUTION_STATES } from "./execution-state.ts";
import type { ExecutionState } from "./execution-state.ts";

export { AutomationExecutionsDocument } from "../../generated/automations-documents.ts";

/** One firing of an automation, or one alert of a run. */
export class AutomationExecution {
  readonly #service: Service;
  #fields: ExecutionFieldsFragment;

  /** @internal */
  constructor(service: Service, fields: ExecutionFieldsFragment) {
    this.#service = service;
    this.#fields = fields;
  }

  /** Global id. */
  get id(): string {
    return this.#fields.id;
  }

  /** Name of the automation; null for the alert of a run. */
  get automation(): string | null {
    return this.#fields.trigger?.name ?? null;
  }

  /** What happened: a kind of event, or `RUN_ALERT`. */
  get eventType(): string {
    return this.#fields.eventType;
  }

  /** Where it stands. */
  get state(): ExecutionState {
    const { state } = this.#fields;
    const known = EXECUTION_STATES.find((each) => each === state);
    if (known === undefined) throw new CommError(`The execution ${this.id} has the unknown state ${state}`);
    return known;
  }

  /** How often delivery was tried. */
  get attempts(): number {
    return this.#fields.attempts;
  }

  /** Status of the last answer; null when none came. */
  get responseStatus(): number | null {
    return this.#fields.responseStatus;
  }

  /** Why the last attempt failed, or why nothing was sent; null otherwise. */
  get error(): string | null {
    return this.#fields.error;
  }

  /** The names and values that the event puts into what is sent. */
  get variables(): JsonValue {
    return this.#fields.variables;
  }

  /** When the event was found. */
  get createdAt(): Date {
    return parseInstant(this.#fields.createdAt, "execution.createdAt");
  }

  /** When the last attempt ended; null before the first. */
  get attemptedAt(): Date | null {
    return parseInstantOrNull(this.#fields.attemptedAt, "execution.attemptedAt");
  }

  /** When the next attempt is due; null when there is none. */
  get nextAttemptAt(): Date | null {
    return parseInstantOrNull(this.#fields.nextAttemptAt, "execution.nextAttemptAt");
  }

  /** Delivers once more what was given up. @throws {CommError} when it was not given up. */
  async redeliver(options: ReadOptions = {}): Promise<this> {
    const variables = { id: this.id };
    const { graphql } = this.#service;
    const answer = await graphql.execute(RedeliverAutomationExecutionDocument, variables, options);
    const fields = answer.redeliverAutomationExecution?.execution;
    if (fields === undefined) throw new CommError(`The server did not take ${this.id} up again`);
    this.#fields = fields;
    return this;
  }
}
