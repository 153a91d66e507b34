/** Gathers what a batch of events comes to, to be recorded in one transaction. */
import type { EventVariables, ExecutionMessage } from "../../executions/execution.ts";
import type { NewExecution } from "../../executions/execution-store.ts";
import type { RunKey } from "../../history/history-log.ts";
import type { Automation, AutomationAction } from "../automation.ts";
import type { Recording, StoredProgress } from "../automation-store.ts";

/** One event for one automation. */
export interface Firing {
  readonly automation: Automation;
  /** Names the event, the same each time that it is read. */
  readonly eventKey: string;
  readonly eventType: string;
  readonly projectId: number;
  readonly variables: EventVariables;
}

/** What a batch comes to. */
export class Recorder implements Recording {
  readonly judged: Map<number, number> = new Map();
  readonly executions: NewExecution[] = [];
  readonly progress: StoredProgress[] = [];
  readonly deletedRuns: RunKey[] = [];
  readonly #now: string;

  constructor(now: string) {
    this.#now = now;
  }

  /** Notes that an automation fires. */
  fire({ automation, eventKey, eventType, projectId, variables }: Firing): void {
    const { id, entityId, action, name } = automation;
    this.note(automation);
    this.executions.push({
      entityId,
      automationId: id,
      integrationId: action.type === "NO_OP" ? null : action.integrationId,
      projectId,
      eventType,
      eventKey: `${automation.afterSeq}/${eventKey}`,
      variables: { ...variables, automation_name: name },
      message: toMessage(action),
      createdAt: this.#now,
    });
  }

  /** Notes an automation that was judged as it is now. */
  note({ id, afterSeq }: Automation): void {
    this.judged.set(id, afterSeq);
  }
}

function toMessage(action: AutomationAction): ExecutionMessage {
  switch (action.type) {
    case "NO_OP":
      return { kind: "none" };
    case "GENERIC_WEBHOOK":
      return { kind: "webhook", payload: action.payload };
    case "NOTIFICATION": {
      const { title, message: text, severity } = action;
      return { kind: "notification", title, text, severity };
    }
  }
}
