/** Versions as the schema shows them, and what runs logged and used. */
import { encodeGlobalId } from "@steelyard/protocol";
import { ServerError } from "../../../errors.ts";
import type { Resolvers } from "../../../generated/schema-types.ts";
import type { RequestContext } from "../../../transport/context.ts";
import type { Run } from "../../runs/run.ts";
import type { Artifact } from "../artifact.ts";
import { RequestMemo } from "../request-memo.ts";
import { findCollectionNumber, findNumber } from "./ids.ts";
import { findProjectOf } from "./project-of.ts";
import { toTag } from "./tags.ts";
import { parsePosition, toArtifactConnection, toFileConnection, toRunConnection } from "./pages.ts";
import type { Page } from "./pages.ts";

const MAX_DEPTH = 100;

/** The versions that one run logged name it again and again. */
const creators: RequestMemo<Run | undefined> = new RequestMemo();

/** Resolvers of versions. */
export const versionResolvers: Pick<
  Resolvers,
  "Query" | "Artifact" | "ArtifactCreator" | "ArtifactLineage" | "ArtifactManifest" | "Run"
> = {
  Query: {
    artifact: async (_parent, { id }, { caller, services }) => {
      const number = findNumber(id, "Artifact");
      return number === undefined ? null : ((await services.artifacts.find(caller, number)) ?? null);
    },
    artifactCollection: async (_parent, { id }, { caller, services }) => {
      const number = findCollectionNumber(id);
      return number === undefined
        ? null
        : ((await services.artifacts.findCollectionById(caller, number)) ?? null);
    },
    clientIDMapping: async (_parent, { clientID }, { caller, services }) => {
      const artifact = await services.artifacts.findByClientId(caller, clientID);
      return artifact === undefined ? null : { serverID: encodeGlobalId("Artifact", artifact.id) };
    },
  },
  Artifact: {
    id: (artifact) => encodeGlobalId("Artifact", artifact.id),
    artifactSequence: (artifact) => artifact.sequence,
    artifactType: (artifact) => artifact.type,
    size: (artifact) => artifact.sizeBytes,
    aliases: async (artifact, _args, context) => {
      const projects = await Promise.all(
        artifact.aliases.map(({ collection }) => findProjectOf(collection, context)),
      );
      return artifact.aliases.filter((_, index) => projects[index] !== null);
    },
    tags: (artifact) => artifact.tags.map(toTag),
    ttlDurationSeconds: async (artifact, _args, { caller, services }) =>
      (await services.artifacts.removals.findTtl(caller, artifact)) ?? 0,
    ttlIsInherited: (artifact) => artifact.isTtlInherited,
    createdBy: async (artifact, _args, context) => (await findCreator(artifact, context)) ?? null,
    labels: () => null,
    usedBy: async (artifact, { after, first, before, last }, { caller, services }) => {
      if ((before ?? null) !== null || (last ?? null) !== null)
        throw new ServerError("unsupported", "usedBy is read from the first run on", { field: "before" });
      const page = { after: parsePosition(after), first: first ?? null };
      return toRunConnection(await services.artifacts.lineage.listUsers(caller, artifact, page));
    },
    lineage: (artifact, { direction, depth }, { caller, services }) =>
      services.artifacts.graphs.around(caller, artifact, {
        direction: direction ?? "BOTH",
        depth: parseDepth(depth ?? null),
      }),
    currentManifest: async (artifact, _args, { caller, services }) =>
      (await services.artifacts.files.findManifest(caller, artifact)) ?? null,
    filesByManifestEntries: async (artifact, { entries }, { caller, services, baseUrl }) => {
      const names = (entries ?? []).map((entry) => entry.name);
      const request = { names, after: null, first: names.length, baseUrl };
      return toFileConnection(await services.artifacts.files.list(caller, artifact, request));
    },
    files: async (artifact, args, { caller, services, baseUrl }) =>
      toFileConnection(
        await services.artifacts.files.list(caller, artifact, {
          names: args.names ?? null,
          after: args.after ?? null,
          first: args.first ?? null,
          baseUrl,
        }),
      ),
  },
  ArtifactLineage: {
    links: ({ links }) =>
      links.map(({ kind, projectId, runId, artifactId }) => ({
        kind: kind === "output" ? "LOGGED" : "USED",
        runID: encodeGlobalId("Run", projectId, runId),
        artifactID: encodeGlobalId("Artifact", artifactId),
      })),
  },
  ArtifactCreator: {
    __resolveType: () => "Run",
  },
  ArtifactManifest: {
    id: (manifest) => encodeGlobalId("ArtifactManifest", manifest.id),
    digest: (manifest) => manifest.md5,
    file: (manifest, _args, { caller, services, baseUrl }) =>
      services.artifacts.files.viewManifest(caller, manifest, baseUrl),
  },
  Run: {
    inputArtifacts: (run, args, context) => listByRun(run, "input", args, context),
    outputArtifacts: (run, args, context) => listByRun(run, "output", args, context),
  },
};

/** @default 3 */
function parseDepth(depth: number | null): number {
  if (depth === null) return 3;
  if (depth >= 1 && depth <= MAX_DEPTH) return depth;
  throw new ServerError("invalid_argument", `depth is from 1 to ${MAX_DEPTH}`, { field: "depth" });
}

async function listByRun(
  run: Run,
  direction: "input" | "output",
  { after, first }: { readonly after?: string | null; readonly first?: number | null },
  { caller, services }: RequestContext,
): Promise<Page<Artifact>> {
  const request = { direction, after: parsePosition(after), first: first ?? null };
  return toArtifactConnection(await services.artifacts.lineage.listByRun(caller, run, request));
}

function findCreator(artifact: Artifact, context: RequestContext): Promise<Run | undefined> {
  const { caller, services } = context;
  const { projectId, createdByRunId } = artifact;
  const load = (): Promise<Run | undefined> => services.artifacts.lineage.findCreator(caller, artifact);
  return creators.get(context, `${projectId}:${createdByRunId ?? ""}`, load);
}
