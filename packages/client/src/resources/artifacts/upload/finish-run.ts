/** Ends a run that was made only to log an artifact: otherwise the server would take it for crashed. */
import type { ReadOptions } from "../../../core/paginator.ts";
import type { Service } from "../../../core/service.ts";
import { RunWriter } from "../../run-writer/run-writer.ts";
import type { RunPlace } from "../../run-writer/run-writer.ts";

/** Tells the server that a run ended well. */
export async function finishRun(
  service: Service,
  { entity, project, id }: RunPlace,
  options: ReadOptions,
): Promise<void> {
  await new RunWriter(service, { entity, project, id }).finish(0, options);
}
