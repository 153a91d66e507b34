/** An automation that is not saved yet. */
import { UsageError } from "../../core/errors.ts";
import type { AutomationAction } from "./actions.ts";
import type { AutomationEvent } from "./events.ts";
import type { ScopeLike } from "./scopes.ts";

/** An event and what is to be done, to be saved by `api.createAutomation`. Mirrors `NewAutomation`. */
export class NewAutomation {
  /** Name, unique in the entity that owns the scope; needed to save. */
  name: string | null;
  /** Free text. */
  description: string | null;
  /** Whether it does anything; null for true. */
  enabled: boolean | null;
  /** The event. */
  event: AutomationEvent | null;
  /** What to do. */
  action: AutomationAction | null;
  #scope: ScopeLike | null = null;

  constructor(
    fields: {
      readonly name?: string | null;
      readonly description?: string | null;
      readonly enabled?: boolean | null;
      readonly event?: AutomationEvent | null;
      readonly action?: AutomationAction | null;
    } = {},
  ) {
    this.name = fields.name ?? null;
    this.description = fields.description ?? null;
    this.enabled = fields.enabled ?? null;
    this.event = fields.event ?? null;
    this.action = fields.action ?? null;
  }

  /** Where the event has to happen; null without an event. */
  get scope(): ScopeLike | null {
    return this.event === null ? null : (this.#scope ?? this.event.scope);
  }

  /** Moves the event, or with null back to where it was. @throws {UsageError} when there is no event. */
  set scope(scope: ScopeLike | null) {
    if (this.event === null) throw new UsageError("An automation without an event has no scope to change");
    this.#scope = scope;
  }
}
