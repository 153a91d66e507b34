/** Custom charts: specifications that the tables of runs are drawn with. */
import { printJson } from "@steelyard/protocol";
import type { JsonObject } from "@steelyard/protocol";

import { CommError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { CreateCustomChartDocument } from "../../generated/charts-documents.ts";

/** What a new custom chart is. */
export interface CreateCustomChartOptions extends ReadOptions {
  /** The title. */
  readonly displayName: string;
  /** Kind of specification. @default "vega2" */
  readonly specType?: "vega2" | undefined;
  /** Who may see it: members of its entity, or anyone. */
  readonly access: "private" | "public";
  /** The Vega or Vega-Lite specification, as an object or as JSON text. */
  readonly spec: JsonObject | string;
}

/** Creates a chart and returns its id. @throws {CommError} when the server refuses. */
export async function createCustomChart(
  service: Service,
  entity: string,
  name: string,
  { displayName, specType = "vega2", access, spec, signal }: CreateCustomChartOptions,
): Promise<string> {
  const variables = {
    entity,
    name,
    displayName,
    type: specType,
    access: access.toUpperCase(),
    spec: typeof spec === "string" ? spec : printJson(spec),
  };
  const answer = await service.graphql.execute(CreateCustomChartDocument, variables, { signal });
  const id = answer.createCustomChart?.chart?.id;
  if (id === undefined) throw new CommError(`The server did not create the chart ${entity}/${name}`);
  return id;
}
