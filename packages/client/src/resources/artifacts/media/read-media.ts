/** Reads what W&B's clients add to artifacts as objects: tables and media, by their small JSON files. */
import { isJsonArray, isJsonObject, parseJson } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";

import { ValueError } from "../../../core/errors.ts";
import type { ReadOptions } from "../../../core/paginator.ts";
import type { ArtifactManifest } from "../manifest/artifact-manifest.ts";
import type { ArtifactManifestEntry } from "../manifest/artifact-manifest-entry.ts";
import { MediaFile } from "./media-file.ts";
import { Table } from "./table.ts";
import type { JoinedTable, PartitionedTable, TableCell } from "./table.ts";

/** What an artifact may hold as an object. */
export type ArtifactObject = Table | MediaFile | JoinedTable | PartitionedTable;

/**
 * The object of a name; null when there is none, or it is of a kind that is not read here.
 *
 * @throws {ValueError} when its file is not what it should be.
 */
export async function readObject(
  manifest: ArtifactManifest,
  name: string,
  options: ReadOptions,
): Promise<ArtifactObject | null> {
  const entry = findObject(manifest, name);
  if (entry === null) return null;
  const json = parseJson(await entry.text(options));
  if (!isJsonObject(json)) return null;
  const type = json["_type"];
  if (type === "table") return toTable(manifest, json, entry.path);
  if (type === "joined-table") return toJoinedTable(manifest, json, options);
  if (type === "partitioned-table") return toPartitionedTable(manifest, json, options);
  return typeof type === "string" && typeof json["path"] === "string" ? toMedia(manifest, type, json) : null;
}

/** A name is written without the kind that its file's name has: `rows` for `rows.table.json`. */
function findObject(manifest: ArtifactManifest, name: string): ArtifactManifestEntry | null {
  const own = manifest.getEntryByPath(name);
  if (own !== undefined) return name.endsWith(".json") ? own : null;
  const prefix = `${name}.`;
  for (const [path, entry] of manifest.entries) {
    if (path.startsWith(prefix) && /^[\w-]+\.json$/.test(path.slice(prefix.length))) return entry;
  }
  return null;
}

function toTable(manifest: ArtifactManifest, json: JsonObject, path: string): Table {
  const { columns, data } = json;
  if (!isJsonArray(columns) || !isJsonArray(data))
    throw new ValueError(`${path} is no table: it has no columns or no data`);
  const rows = data.map((row) => {
    if (!isJsonArray(row)) throw new ValueError(`${path} is no table: a row is not a list`);
    return row.map((cell) => toCell(manifest, cell));
  });
  return new Table(columns.map(String), rows);
}

function toCell(manifest: ArtifactManifest, cell: JsonValue): TableCell {
  if (!isJsonObject(cell)) return cell;
  const type = cell["_type"];
  return typeof type === "string" && typeof cell["path"] === "string" ? toMedia(manifest, type, cell) : cell;
}

function toMedia(manifest: ArtifactManifest, kind: string, json: JsonObject): MediaFile {
  const { path } = json;
  const entry = typeof path === "string" ? manifest.getEntryByPath(path) : undefined;
  return new MediaFile(kind, json, entry === undefined ? {} : { entry });
}

async function toJoinedTable(
  manifest: ArtifactManifest,
  { join_key: key, table1, table2 }: JsonObject,
  options: ReadOptions,
): Promise<JoinedTable> {
  const read = async (path: JsonValue | undefined): Promise<Table> => {
    const found = typeof path === "string" ? await readObject(manifest, path, options) : null;
    if (!(found instanceof Table))
      throw new ValueError(`A joined table points to ${JSON.stringify(path)}, which is no table`);
    return found;
  };
  const joinKey = typeof key === "string" ? key : "";
  return { kind: "joined-table", joinKey, table1: await read(table1), table2: await read(table2) };
}

async function toPartitionedTable(
  manifest: ArtifactManifest,
  { parts_path: folder }: JsonObject,
  options: ReadOptions,
): Promise<PartitionedTable> {
  const partsPath = typeof folder === "string" ? folder : "";
  const parts = new Map<string, Table>();
  for (const { path } of manifest.getEntriesInDirectory(partsPath)) {
    const found = path.endsWith(".table.json") ? await readObject(manifest, path, options) : null;
    if (found instanceof Table) parts.set(path, found);
  }
  return { kind: "partitioned-table", partsPath, parts };
}
