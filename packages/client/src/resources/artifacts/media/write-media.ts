/** Adds tables and media to drafts, in the files that W&B's clients read. */
import { printJson } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";

import type { ArtifactDraft } from "../draft/artifact-draft.ts";
import type { ArtifactManifestEntry } from "../manifest/artifact-manifest-entry.ts";
import { MediaFile } from "./media-file.ts";
import { Table, columnType } from "./table.ts";

/** Adds an object under a name and returns the entry of its JSON file. */
export async function addObject(
  draft: ArtifactDraft,
  object: Table | MediaFile,
  name: string,
  options: { readonly overwrite?: boolean },
): Promise<ArtifactManifestEntry> {
  const [kind, json] =
    object instanceof Table
      ? ["table", await tableJson(draft, object)]
      : [object.kind, await mediaJson(draft, object)];
  const suffix = `.${kind}.json`;
  const path = name.endsWith(suffix) ? name : name + suffix;
  return draft.addContent(path, printJson(json), options);
}

async function tableJson(draft: ArtifactDraft, { columns, rows }: Table): Promise<JsonObject> {
  const types: Record<string, JsonValue> = {};
  columns.forEach((column, index) => {
    types[column] = columnType(rows.map((row) => row[index] ?? null));
  });
  const data: JsonValue[] = [];
  for (const row of rows) {
    const cells: JsonValue[] = [];
    for (const cell of row) cells.push(cell instanceof MediaFile ? await mediaJson(draft, cell) : cell);
    data.push(cells);
  }
  return {
    _type: "table",
    column_types: { wb_type: "typedDict", params: { type_map: types } },
    columns,
    data,
    ncols: columns.length,
    nrows: rows.length,
    log_mode: "IMMUTABLE",
  };
}

/** Media that were read from another artifact are stored again, under their own path. */
async function mediaJson(draft: ArtifactDraft, media: MediaFile): Promise<JsonObject> {
  if (draft.manifest.getEntryByPath(media.path) === undefined)
    await draft.addContent(media.path, media.content ?? (await media.bytes()), { overwrite: true });
  return media.fields;
}
