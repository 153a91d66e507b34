/** Changes of collections on the server: names and texts, labels, the end. */
import { CommError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import {
  AddArtifactCollectionTagsDocument,
  DeleteArtifactCollectionTagsDocument,
  DeleteArtifactPortfolioDocument,
  DeleteArtifactSequenceDocument,
  UpdateArtifactPortfolioDocument,
  UpdateArtifactSequenceDocument,
} from "../../generated/artifacts-documents.ts";
import type { CollectionFieldsFragment } from "../../generated/artifacts-documents.ts";

/** The kind of collection that versions are linked to. */
const PORTFOLIO = "ArtifactPortfolio";

/** Labels to give and to take away. */
export interface TagChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** How the labels of a collection differ from those wanted. */
export function changesOfTags(fields: CollectionFieldsFragment, wanted: readonly string[]): TagChanges {
  const present = fields.tags.edges.map(({ node }) => node.name);
  return {
    added: wanted.filter((tag) => !present.includes(tag)),
    removed: present.filter((tag) => !wanted.includes(tag)),
  };
}

/** Gives a collection another name or text, and returns it as it is then. */
export async function updateCollection(
  service: Service,
  { id, __typename: kind }: CollectionFieldsFragment,
  changes: { readonly name?: string; readonly description?: string },
  { signal }: ReadOptions,
): Promise<CollectionFieldsFragment> {
  const { graphql } = service;
  const { result } =
    kind === PORTFOLIO
      ? await graphql.execute(
          UpdateArtifactPortfolioDocument,
          { input: { artifactPortfolioID: id, ...changes } },
          { signal },
        )
      : await graphql.execute(
          UpdateArtifactSequenceDocument,
          { input: { artifactSequenceID: id, ...changes } },
          { signal },
        );
  if (result?.artifactCollection == null) throw new CommError("The server did not change the collection");
  return result.artifactCollection;
}

/** Gives and takes labels. */
export async function writeTags(
  service: Service,
  { name, project }: CollectionFieldsFragment,
  { added, removed }: TagChanges,
  { signal }: ReadOptions,
): Promise<void> {
  if (project === null) return;
  const place = { entityName: project.entity.name, projectName: project.name, artifactCollectionName: name };
  const inputs = (tags: readonly string[]): { tagName: string }[] => tags.map((tagName) => ({ tagName }));
  if (added.length > 0) {
    const input = { ...place, tags: inputs(added) };
    await service.graphql.execute(AddArtifactCollectionTagsDocument, { input }, { signal });
  }
  if (removed.length > 0) {
    const input = { ...place, tags: inputs(removed) };
    await service.graphql.execute(DeleteArtifactCollectionTagsDocument, { input }, { signal });
  }
}

/** Deletes a collection. */
export async function deleteCollection(
  service: Service,
  { id, __typename: kind }: CollectionFieldsFragment,
  { signal }: ReadOptions,
): Promise<void> {
  const document = kind === PORTFOLIO ? DeleteArtifactPortfolioDocument : DeleteArtifactSequenceDocument;
  await service.graphql.execute(document, { id }, { signal });
}
