/** Writes local changes of a logged version: only what was changed, aliases first, as Python does. */
import { CommError, ValueError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import {
  AddAliasesDocument,
  DeleteAliasesDocument,
  UpdateArtifactDocument,
} from "../../generated/artifacts-documents.ts";
import type { ArtifactRecord } from "./artifact-record.ts";
import { checkAliases, checkTags } from "./draft/draft-names.ts";

/**
 * Writes what was changed.
 *
 * @throws {ValueError} when an alias or tag is malformed, or the life of a linked version is to be changed.
 */
export async function saveChanges(
  service: Service,
  record: ArtifactRecord,
  { signal }: ReadOptions,
): Promise<void> {
  const { aliasesToAdd, aliasesToDelete, tagsToAdd, tagsToDelete, ...texts } = record.localChanges();
  const { place, fields } = record.logged;
  if (texts.ttlDurationSeconds !== undefined && record.isLink)
    throw new ValueError("How long a version is kept is set where it was logged, not on a link to it");
  const named = (aliases: readonly string[]): { artifactID: string; aliases: AliasInput[] } => ({
    artifactID: fields.id,
    aliases: checkAliases(aliases).map((alias) => ({
      alias,
      artifactCollectionName: place.collection,
      entityName: place.entity,
      projectName: place.project,
    })),
  });
  if (aliasesToAdd.length > 0) {
    const { result } = await service.graphql.execute(
      AddAliasesDocument,
      { input: named(aliasesToAdd) },
      { signal },
    );
    if (result?.success !== true) throw new CommError("The server did not give the aliases");
  }
  if (aliasesToDelete.length > 0) {
    const input = named(aliasesToDelete);
    const { result } = await service.graphql.execute(DeleteAliasesDocument, { input }, { signal });
    if (result?.success !== true) throw new CommError("The server did not take the aliases");
  }
  if (Object.keys(texts).length + tagsToAdd.length + tagsToDelete.length === 0) return;
  const input = {
    artifactID: fields.id,
    ...texts,
    tagsToAdd: checkTags(tagsToAdd).map((tagName) => ({ tagName })),
    tagsToDelete: tagsToDelete.map((tagName) => ({ tagName })),
  };
  await service.graphql.execute(UpdateArtifactDocument, { input }, { signal });
}

type AliasInput = Record<"alias" | "artifactCollectionName" | "entityName" | "projectName", string>;
