/** Pages of files, versions and runs as the schema shows them. */
import { ServerError } from "../../../errors.ts";
import type { FileView } from "../../files/file-view.ts";
import type { Run } from "../../runs/run.ts";
import type { Artifact } from "../artifact.ts";
import type { ArtifactCollection, ArtifactMembership, ArtifactType } from "../artifact-collection.ts";
import type { CollectionPage, TypePage, VersionPage } from "../artifact-collection-store.ts";
import type { ListRequest } from "../artifact-collections.ts";
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

/** A page of types; the cursor is the id. */
export function toTypeConnection({ types, hasNextPage }: TypePage): Omit<Page<ArtifactType>, "totalCount"> {
  const edges = types.map((node) => ({ cursor: printPosition(node.id), node }));
  return { edges, pageInfo: { endCursor: edges.at(-1)?.cursor ?? null, hasNextPage } };
}

/** A page of collections. */
export function toCollectionConnection(page: CollectionPage): Page<ArtifactCollection> {
  const edges = page.collections.map(({ cursor, collection }) => ({ cursor, node: collection }));
  return toPage(edges, page.hasNextPage, page.totalCount);
}

/** A page of a collection's versions. */
export function toVersionConnection({ members, hasNextPage, totalCount }: VersionPage): VersionedPage {
  const edges = members.map(({ cursor, membership }) => ({
    cursor,
    version: `v${membership.versionIndex}`,
    node: membership.artifact,
  }));
  return { edges, pageInfo: { endCursor: edges.at(-1)?.cursor ?? null, hasNextPage }, totalCount };
}

/** A page of versions as members of their collections. */
export function toMembershipConnection({
  members,
  hasNextPage,
  totalCount,
}: VersionPage): Page<ArtifactMembership> {
  const edges = members.map(({ cursor, membership }) => ({ cursor, node: membership }));
  return toPage(edges, hasNextPage, totalCount);
}

/** A page of versions that tells their numbers. */
export interface VersionedPage extends Page<Artifact> {
  readonly edges: readonly { readonly cursor: string; readonly version: string; readonly node: Artifact }[];
}

/** The arguments of a list, as services take them. */
export function toListRequest(args: ListArguments): ListRequest {
  const { filters, order, after, first } = args;
  return {
    filters: filters ?? null,
    order: order === "" ? null : (order ?? null),
    after: after === "" ? null : (after ?? null),
    first: first ?? null,
  };
}

interface ListArguments {
  readonly filters?: string | null;
  readonly order?: string | null;
  readonly after?: string | null;
  readonly first?: number | null;
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
