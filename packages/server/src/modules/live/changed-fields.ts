/** Reads the payloads of events about runs. */
import { z } from "zod";
import type { ChangeEvent } from "../../ports/change-feed.ts";

const updated = z.object({ fields: z.array(z.string()) });
const moved = z.object({ to: z.string() });
const named = z.object({ name: z.string() });

/** The fields of a run that an event says have changed. */
export function changedFields({ kind, payload }: ChangeEvent): readonly string[] {
  if (kind === "run.state") return ["state"];
  return kind === "run.updated" ? updated.parse(JSON.parse(payload)).fields : [];
}

/** The state that an event of the kind `run.state` tells. */
export function newState({ payload }: ChangeEvent): string {
  return moved.parse(JSON.parse(payload)).to;
}

/** The run's id, as events of the kinds `run.created` and `run.deleted` tell it. */
export function runNameOf({ payload }: ChangeEvent): string {
  return named.parse(JSON.parse(payload)).name;
}
