/**
 * Sweeps whose search runs beside the user's program (`wandb.controller`). The controller writes what it wants into the
 * sweep's `controller`, the server what it did of that into `scheduler`; each writes only its own.
 */
import { isJsonArray, isJsonObject, parseJsonObject, printJson } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";
import { parametersOfConfig } from "./run-parameters.ts";
import type { Sweep } from "./sweep.ts";

/** A run that a controller asked for. */
export interface ScheduledRun {
  readonly parameters: JsonObject;
  /** What the controller is told once the run is there. */
  readonly scheduler: string;
}

/** The next run that the sweep's controller asks for and did not get, which is to be named `runName`. */
export function nextOfController(sweep: Sweep, runName: string): ScheduledRun | "done" | "nothing yet" {
  const scheduler = parseJsonObject(sweep.scheduler ?? "{}");
  const scheduled = listOf(scheduler["scheduled"]);
  const known = new Set(scheduled.map((entry) => (isJsonObject(entry) ? entry["id"] : undefined)));
  for (const entry of listOf(parseJsonObject(sweep.controller ?? "{}")["schedule"])) {
    if (!isJsonObject(entry) || known.has(entry["id"])) continue;
    const data = entry["data"];
    const args = isJsonObject(data) ? (data["args"] ?? null) : null;
    if (!isJsonObject(args)) return "done";
    const done = [...scheduled, { id: entry["id"] ?? null, runid: runName }];
    return {
      parameters: parametersOfConfig(printJson(args)),
      scheduler: printJson({ ...scheduler, scheduled: done }),
    };
  }
  return "nothing yet";
}

/** The ids of the runs that the sweep's controller wants to end early. */
export function stoppedByController(sweep: Sweep): readonly string[] {
  const names = listOf(parseJsonObject(sweep.controller ?? "{}")["earlystop"]);
  return names.filter((name) => typeof name === "string");
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return isJsonArray(value) ? value : [];
}
