/** Ends a run that was made only to log an artifact: otherwise the server would take it for crashed. */
import { fileStreamPath, printJson } from "@steelyard/protocol";
import type { RunAddress } from "@steelyard/protocol";

import type { ReadOptions } from "../../../core/paginator.ts";
import type { Service } from "../../../core/service.ts";

/** Tells the server that a run ended well. */
export async function finishRun(
  service: Service,
  { entity, project, id }: Pick<RunAddress, "entity" | "project"> & { readonly id: string },
  { signal }: ReadOptions,
): Promise<void> {
  const body = printJson({ files: {}, complete: true, exitcode: 0 });
  await service.http.send(
    {
      method: "POST",
      url: service.settings.baseUrl + fileStreamPath({ entity, project, run: id }),
      what: `End of the run ${id}`,
      headers: { "content-type": "application/json" },
      body: () => body,
      isIdempotent: true,
      signal,
    },
    (answer) => answer.bytes(),
  );
}
