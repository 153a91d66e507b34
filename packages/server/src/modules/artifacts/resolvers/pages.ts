/** Pages of files, versions and runs as the schema shows them. */
import { ServerError } from "../../../errors.ts";
import type { FileView } from "../../files/file-view.ts";
import type { Run } from "../../runs/run.ts";
import type { Artifact } from "../artifact.ts";
import type { ArtifactFilePage } from "../artifact-files.ts";
import type { UserPage } from "../artifact-lineage.ts";
import type { RunArtifactPage } from "../artifact-lineage-store.ts";

/** A page in the schema's form. */
export interface Page<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
  readonly totalCount: number;
}

/** A page of files. */
export interface FileConnectionPage extends Page<FileView> {
  readonly uploadHeaders: readonly string[];
}

const POSITION = /^position:(\d{1,15})$/;

/** A page of files; the cursor is the path. */
export function toFileConnection({ files, hasNextPage, totalCount }: ArtifactFilePage): FileConnectionPage {
  const edges = files.map((node) => ({ cursor: node.name, node }));
  return { ...toPage(edges, hasNextPage, totalCount), uploadHeaders: [] };
}

/** A page of versions. */
export function toArtifactConnection({
  artifacts,
  hasNextPage,
  totalCount,
}: RunArtifactPage): Page<Artifact> {
  const edges = artifacts.map(({ position, artifact }) => ({
    cursor: printPosition(position),
    node: artifact,
  }));
  return toPage(edges, hasNextPage, totalCount);
}

/** A page of runs. */
export function toRunConnection({ users, hasNextPage, totalCount }: UserPage): Page<Run> {
  const edges = users.map(({ position, run }) => ({ cursor: printPosition(position), node: run }));
  return toPage(edges, hasNextPage, totalCount);
}

/** Where a page begins; null for the first page. Throws `invalid_argument` for a cursor of another list. */
export function parsePosition(after: string | null | undefined): number | null {
  if (after === null || after === undefined || after === "") return null;
  const [, position] = POSITION.exec(Buffer.from(after, "base64url").toString()) ?? [];
  if (position !== undefined) return Number(position);
  throw new ServerError("invalid_argument", "after is not a cursor of this list", { field: "after" });
}

function printPosition(position: number): string {
  return Buffer.from(`position:${position}`).toString("base64url");
}

function toPage<Node>(
  edges: readonly { readonly cursor: string; readonly node: Node }[],
  hasNextPage: boolean,
  totalCount: number,
): Page<Node> {
  return { edges, pageInfo: { endCursor: edges.at(-1)?.cursor ?? null, hasNextPage }, totalCount };
}
