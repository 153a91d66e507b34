// Searches collections and versions of several projects in SQL tables.
import { resolveRegistryField } from "@steelyard/protocol";
import type { RegistryDocument } from "@steelyard/protocol";
import type { Kysely } from "kysely";
import type { ArtifactCollection } from "../../modules/artifacts/artifact-collection.ts";
import type { CollectionPage, VersionPage } from "../../modules/artifacts/artifact-collection-store.ts";
import type {
  CollectionSearch,
  ProjectSearch,
  ProjectSearchPage,
  RegistrySearchStore,
  VersionSearch,
} from "../../modules/registries/registry-search-store.ts";
import { pageCollections, pageVersions } from "./artifact-lists.ts";
import { selectCollections, toCollection } from "./artifact-rows.ts";
import { pageOfDocuments } from "./document-page.ts";
import type { MetadataTables } from "./tables.ts";

/** `RegistrySearchStore` over any SQL dialect. */
export class SqlRegistrySearchStore implements RegistrySearchStore {
  readonly #db: Kysely<MetadataTables>;

  constructor(parts: { readonly db: Kysely<MetadataTables> }) {
    this.#db = parts.db;
  }

  async searchProjects({ projectIds, ...query }: ProjectSearch): Promise<ProjectSearchPage> {
    if (projectIds.length === 0) return { projects: [], hasNextPage: false };
    const rows = await this.#db.selectFrom("projects").selectAll().where("id", "in", projectIds).execute();
    const { entries, hasNextPage } = pageOfDocuments<RegistryDocument>({
      ...query,
      defaultOrder: "-created_at",
      field: resolveRegistryField,
      documents: rows.map((row) => ({
        id: row.id,
        name: row.name,
        entityId: row.entity_id,
        description: row.description,
        createdAt: row.created_at,
        updatedAt: row.updated_at,
      })),
    });
    return {
      projects: entries.map(({ cursor, document }) => ({ cursor, projectId: document.id })),
      hasNextPage,
    };
  }

  async searchCollections(query: CollectionSearch): Promise<CollectionPage> {
    return pageCollections(this.#db, await this.#collections(query), query);
  }

  async searchVersions({ collectionFilter, ...query }: VersionSearch): Promise<VersionPage> {
    const all = await this.#collections(query);
    const searched = { filter: collectionFilter, order: null, after: null, limit: all.length };
    const { collections } = await pageCollections(this.#db, all, searched);
    const matching = collections.map(({ collection }) => collection);
    return pageVersions(this.#db, matching, query);
  }

  async #collections({ projectIds, kinds }: CollectionSearch): Promise<readonly ArtifactCollection[]> {
    if (projectIds.length === 0 || kinds.length === 0) return [];
    const rows = await selectCollections(this.#db)
      .where("artifact_collections.project_id", "in", projectIds)
      .where("artifact_collections.kind", "in", kinds)
      .execute();
    return rows.map(toCollection);
  }
}
