/** The mutations of artifacts. */
import { ServerError } from "../../../errors.ts";
import type {
  AddAliasesInput,
  ArtifactDigestAlgorithm,
  CreateArtifactCollectionTagAssignmentsInput,
  CreateArtifactInput,
  DeleteAliasesInput,
  DeleteArtifactCollectionTagAssignmentsInput,
  MutationResolvers,
} from "../../../generated/schema-types.ts";
import type { RequestContext } from "../../../transport/context.ts";
import type { ArtifactInput } from "../artifact-input.ts";
import type { ArtifactTag } from "../artifact.ts";
import { requireArtifactNumber, requireManifestNumber, requireSequenceNumber } from "./ids.ts";
import { toCollectionTag } from "./tags.ts";

type ArtifactMutation =
  | "createArtifactType"
  | "createArtifact"
  | "createArtifactManifest"
  | "createArtifactFiles"
  | "commitArtifact"
  | "useArtifact"
  | "updateArtifact"
  | "addAliases"
  | "deleteAliases"
  | "deleteArtifact"
  | "updateArtifactManifest"
  | "completeMultipartUploadArtifact"
  | "updateArtifactSequence"
  | "deleteArtifactSequence"
  | "moveArtifactSequence"
  | "createArtifactCollectionTagAssignments"
  | "deleteArtifactCollectionTagAssignments";

/** Resolvers of the mutations. */
export const artifactMutations: { readonly Mutation: Pick<MutationResolvers, ArtifactMutation> } = {
  Mutation: {
    createArtifactType: async (_parent, { input }, { caller, services }) => {
      const { name, description = null } = input;
      return {
        artifactType: await services.artifacts.uploads.ensureType(caller, input, { name, description }),
      };
    },
    createArtifact: async (_parent, { input }, { caller, services }) => {
      const address = { ...input, runName: input.runName ?? null };
      return { artifact: await services.artifacts.uploads.begin(caller, address, toArtifactInput(input)) };
    },
    createArtifactManifest: async (_parent, { input }, { caller, services }) => {
      const artifactManifest = await services.artifacts.uploads.announceManifest(caller, {
        artifactId: requireArtifactNumber(input.artifactID),
        name: input.name,
        md5: input.digest,
        type: input.type ?? "FULL",
        baseArtifactId: findBase(input.baseArtifactID),
      });
      return { artifactManifest };
    },
    createArtifactFiles: async (_parent, { input }, { caller, services, baseUrl }) => {
      const announced = input.artifactFiles.map((file) => ({
        artifactId: requireArtifactNumber(file.artifactID),
        path: file.name,
        md5: file.md5,
        xxh128: isXxh128(file.digestAlgorithm ?? input.digestAlgorithm) ? (file.digest ?? null) : null,
        parts: (file.uploadPartsInput ?? []).map(({ partNumber, hexMD5 }) => ({
          partNumber,
          hexMd5: hexMD5,
        })),
      }));
      const files = await services.artifacts.uploads.announceFiles(caller, announced, baseUrl);
      return {
        files: {
          edges: files.map((node) => ({ cursor: node.name, node })),
          pageInfo: { endCursor: files.at(-1)?.name ?? null, hasNextPage: false },
          totalCount: files.length,
          uploadHeaders: [],
        },
      };
    },
    updateArtifactManifest: async (_parent, { input }, { caller, services }) => {
      const manifestId = requireManifestNumber(input.artifactManifestID);
      const change = { md5: input.digest ?? null, baseArtifactId: findBase(input.baseArtifactID) };
      return {
        artifactManifest: await services.artifacts.uploads.updateManifest(caller, manifestId, change),
      };
    },
    completeMultipartUploadArtifact: async (_parent, { input }, { caller, services }) => ({
      digest: await services.artifacts.uploads.completeParts(caller, {
        artifactId: requireArtifactNumber(input.artifactID),
        storagePath: input.storagePath,
        parts: input.completedParts.map(({ partNumber, hexMD5 }) => ({ partNumber, etag: hexMD5 })),
      }),
    }),
    commitArtifact: async (_parent, { input }, { caller, services }) => ({
      artifact: await services.artifacts.commits.commit(caller, requireArtifactNumber(input.artifactID)),
    }),
    useArtifact: async (_parent, { input }, { caller, services }) => {
      const use = { artifactId: requireArtifactNumber(input.artifactID), usedAs: input.usedAs ?? null };
      return { artifact: await services.artifacts.lineage.use(caller, input, use) };
    },
    updateArtifact: async (_parent, { input }, { caller, services }) => {
      if ((input.aliases ?? []).length > 0) {
        const message = "updateArtifact cannot change aliases; use addAliases and deleteAliases";
        throw new ServerError("unsupported", message, { field: "aliases" });
      }
      const artifact = await services.artifacts.update(caller, {
        artifactId: requireArtifactNumber(input.artifactID),
        description: input.description ?? null,
        metadata: input.metadata ?? null,
        ttlSeconds: input.ttlDurationSeconds ?? null,
        tagsToAdd: (input.tagsToAdd ?? []).map((tag) => tag.tagName),
        tagsToDelete: (input.tagsToDelete ?? []).map((tag) => tag.tagName),
      });
      return { artifact };
    },
    addAliases: (_parent, { input }, context) => changeAliases("add", input, context),
    deleteAliases: (_parent, { input }, context) => changeAliases("delete", input, context),
    deleteArtifact: async (_parent, { input }, { caller, services }) => {
      const artifactId = requireArtifactNumber(input.artifactID);
      const deleteAliases = input.deleteAliases === true;
      return { artifact: await services.artifacts.removals.delete(caller, artifactId, deleteAliases) };
    },
    updateArtifactSequence: async (_parent, { input }, { caller, services }) => ({
      artifactCollection: await services.artifacts.collections.update(
        caller,
        requireSequenceNumber(input.artifactSequenceID),
        {
          name: input.name ?? null,
          description: input.description ?? null,
          ttlSeconds: input.ttlDurationSeconds ?? null,
        },
      ),
    }),
    deleteArtifactSequence: async (_parent, { input }, { caller, services }) => {
      const id = requireSequenceNumber(input.artifactSequenceID);
      const { collection } = await services.artifacts.collections.delete(caller, id);
      return { artifactCollection: { ...collection, state: "DELETED" } };
    },
    moveArtifactSequence: async (_parent, { input }, { caller, services }) => {
      const id = requireSequenceNumber(input.artifactSequenceID);
      const typeName = input.destinationArtifactTypeName;
      return { artifactCollection: await services.artifacts.collections.move(caller, id, typeName) };
    },
    createArtifactCollectionTagAssignments: async (_parent, { input }, context) => ({
      tags: (await changeTags("add", input, context)).map(toCollectionTag),
    }),
    deleteArtifactCollectionTagAssignments: async (_parent, { input }, context) => {
      await changeTags("delete", input, context);
      return { success: true };
    },
  },
};

function changeTags(
  action: "add" | "delete",
  input: CreateArtifactCollectionTagAssignmentsInput | DeleteArtifactCollectionTagAssignmentsInput,
  { caller, services }: RequestContext,
): Promise<readonly ArtifactTag[]> {
  return services.artifacts.collections.changeTags(caller, input, {
    action,
    collectionName: input.artifactCollectionName,
    tags: input.tags.map((tag) => tag.tagName),
  });
}

async function changeAliases(
  action: "add" | "delete",
  input: AddAliasesInput | DeleteAliasesInput,
  { caller, services }: RequestContext,
): Promise<{ readonly success: boolean }> {
  const aliases = input.aliases.map(({ artifactCollectionName, ...alias }) => ({
    ...alias,
    collectionName: artifactCollectionName,
  }));
  const artifactId = requireArtifactNumber(input.artifactID);
  await services.artifacts.aliases.change(caller, { artifactId, action, aliases });
  return { success: true };
}

function toArtifactInput(input: CreateArtifactInput): ArtifactInput {
  return {
    typeName: input.artifactTypeName,
    collectionName: parseCollectionName(input),
    digest: input.digest,
    digestAlgorithm: input.digestAlgorithm,
    description: input.description ?? null,
    metadata: input.metadata ?? null,
    historyStep: input.historyStep ?? null,
    aliases: (input.aliases ?? []).map(({ alias, artifactCollectionName }) => ({
      alias,
      collectionName: artifactCollectionName,
    })),
    tags: (input.tags ?? []).map((tag) => tag.tagName),
    clientId: input.clientID ?? null,
    sequenceClientId: input.sequenceClientID ?? null,
    reuseCommitted: input.enableDigestDeduplication ?? false,
    distributedId: input.distributedID ?? null,
    ttlSeconds: input.ttlDurationSeconds ?? null,
    storageRegion: input.storageRegion ?? null,
  };
}

function isXxh128(algorithm: ArtifactDigestAlgorithm | null | undefined): boolean {
  return algorithm === "MANIFEST_XXH128";
}

function findBase(id: string | null | undefined): number | null {
  return id === null || id === undefined || id === "" ? null : requireArtifactNumber(id);
}

/** Older clients send a list, which only ever has one name. */
function parseCollectionName(input: CreateArtifactInput): string {
  const names = new Set([input.artifactCollectionName, ...(input.artifactCollectionNames ?? [])]);
  const [name, ...others] = [...names].filter((text) => typeof text === "string");
  if (name !== undefined && others.length === 0) return name;
  const message = "State the one collection of the artifact as artifactCollectionName";
  throw new ServerError("invalid_argument", message, { field: "artifactCollectionName" });
}
