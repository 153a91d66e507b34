/** A named series of versions: a sequence that runs log to, or a portfolio that versions are linked to. */
import { parseInstant, parseInstantOrNull } from "../../core/dates.ts";
import { CommError, NotFoundError, ValueError } from "../../core/errors.ts";
import type { PaginatorOptions, ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import {
  ArtifactCollectionAliasesDocument,
  ProjectArtifactCollectionDocument,
  UpdateArtifactSequenceTypeDocument,
} from "../../generated/artifacts-documents.ts";
import type { CollectionFieldsFragment } from "../../generated/artifacts-documents.ts";
import type { CollectionAddress } from "../artifacts/artifact-names.ts";
import { Artifacts } from "../artifacts/artifacts.ts";
import { checkTags } from "../artifacts/draft/draft-names.ts";
import { changesOfTags, deleteCollection, updateCollection, writeTags } from "./edit-collection.ts";

/** Where a collection is looked for. */
export interface TypedCollectionAddress extends CollectionAddress {
  readonly type: string;
}

/** A collection of versions. Mirrors `wandb.apis.public.ArtifactCollection`. */
export class ArtifactCollection {
  /** The name; to be changed and then saved. */
  name: string;
  /** Name of the type; to be changed and then saved, for sequences. */
  type: string;
  /** Free text; to be changed and then saved. */
  description: string | null;
  /** Labels; to be changed and then saved. */
  tags: string[];
  readonly #service: Service;
  #fields: CollectionFieldsFragment;

  /** @internal */
  constructor(service: Service, fields: CollectionFieldsFragment) {
    this.#service = service;
    this.#fields = fields;
    this.name = fields.name;
    this.type = fields.type.name;
    this.description = fields.description;
    this.tags = fields.tags.edges.map(({ node }) => node.name);
  }

  /**
   * Loads a collection.
   *
   * @throws {NotFoundError} when there is no such type or collection.
   * @internal
   */
  static async load(
    service: Service,
    { entity, project, type, collection }: TypedCollectionAddress,
    { signal }: ReadOptions = {},
  ): Promise<ArtifactCollection> {
    const variables = { entity, project, type, name: collection };
    const answer = await service.graphql.execute(ProjectArtifactCollectionDocument, variables, { signal });
    const found = answer.project?.artifactType;
    if (found == null)
      throw new NotFoundError(`${entity}/${project} has no artifact type ${JSON.stringify(type)}`);
    if (found.artifactCollection === null) {
      throw new NotFoundError(
        `${entity}/${project} has no artifact collection ${JSON.stringify(collection)} of type ${JSON.stringify(type)}`,
      );
    }
    return new ArtifactCollection(service, found.artifactCollection);
  }

  /** Global id. */
  get id(): string {
    return this.#fields.id;
  }

  /** The entity of the project. */
  get entity(): string {
    return this.#fields.project?.entity.name ?? "";
  }

  /** The project that holds the collection. */
  get project(): string {
    return this.#fields.project?.name ?? "";
  }

  /** The project's global id. Mirrors `project_id`. */
  get projectId(): string | null {
    return this.#fields.project?.id ?? null;
  }

  /** The project's id inside the server. Mirrors `project_internal_id`. */
  get projectInternalId(): string | null {
    return this.#fields.project?.internalId ?? null;
  }

  /** Name of the organization that the entity belongs to; null when there is none. */
  get organization(): string | null {
    return this.#fields.project?.entity.organization?.name ?? null;
  }

  /** When the collection was created. Mirrors `created_at`. */
  get createdAt(): Date {
    return parseInstant(this.#fields.createdAt, "collection.createdAt");
  }

  /** The same instant as the server wrote it. */
  get createdAtText(): string {
    return this.#fields.createdAt;
  }

  /** When the collection last changed; null if never. Mirrors `updated_at`. */
  get updatedAt(): Date | null {
    return parseInstantOrNull(this.#fields.updatedAt, "collection.updatedAt");
  }

  /** The same instant as the server wrote it. */
  get updatedAtText(): string | null {
    return this.#fields.updatedAt;
  }

  /** Whether runs log to the collection; false for one that versions are linked to. Mirrors `is_sequence`. */
  isSequence(): boolean {
    return this.#fields.__typename === "ArtifactSequence";
  }

  /** The versions of the collection, under the name and type that the server knows. Mirrors `artifacts`. */
  artifacts(options: PaginatorOptions = {}): Artifacts {
    const { entity, project } = this;
    const place = { service: this.#service, entity, project, collection: this.#fields.name };
    return new Artifacts(() => Promise.resolve(place), this.#fields.type.name, options);
  }

  /** Brings the fields up to date and drops local changes. Mirrors `load`. @throws {NotFoundError} when it is gone. */
  async load(options: ReadOptions = {}): Promise<this> {
    const { entity, project } = this;
    const { name, type } = this.#fields;
    const place = { entity, project, type: type.name, collection: name };
    this.#apply((await ArtifactCollection.load(this.#service, place, options)).#fields);
    return this;
  }

  /**
   * Writes local changes of `name`, `description`, `type` and `tags`. Mirrors `save`.
   *
   * @throws {ValueError} when a tag is malformed, or the type of a collection of links is to be changed.
   */
  async save(options: ReadOptions = {}): Promise<this> {
    const changes = {
      ...(this.name !== this.#fields.name && { name: this.name }),
      ...(this.description !== this.#fields.description && { description: this.description ?? "" }),
    };
    const { id, type } = this.#fields;
    if (this.type !== type.name && !this.isSequence())
      throw new ValueError("Only collections that runs log to can get another type");
    const tags = changesOfTags(this.#fields, checkTags(this.tags));
    const wantedType = this.type;
    if (Object.keys(changes).length > 0)
      this.#fields = await updateCollection(this.#service, this.#fields, changes, options);
    if (wantedType !== type.name) {
      const input = { artifactSequenceID: id, destinationArtifactTypeName: wantedType };
      const answer = await this.#service.graphql.execute(
        UpdateArtifactSequenceTypeDocument,
        { input },
        options,
      );
      if (answer.result?.artifactCollection == null)
        throw new CommError("The server did not change the type");
      this.#fields = answer.result.artifactCollection;
    }
    await writeTags(this.#service, this.#fields, tags, options);
    return this.load(options);
  }

  /** Gives the collection another type at once. Mirrors the deprecated `change_type`. */
  async changeType(newType: string, options: ReadOptions = {}): Promise<this> {
    this.type = newType;
    return this.save(options);
  }

  /** Deletes the collection with all its versions; of a collection of links, the links. Mirrors `delete`. */
  async delete(options: ReadOptions = {}): Promise<void> {
    await deleteCollection(this.#service, this.#fields, options);
  }

  #apply(fields: CollectionFieldsFragment): void {
    this.#fields = fields;
    this.name = fields.name;
    this.type = fields.type.name;
    this.description = fields.description;
    this.tags = fields.tags.edges.map(({ node }) => node.name);
  }

  /** All aliases in the collection. Mirrors the property `aliases`, which fetches. */
  async aliases({ signal }: ReadOptions = {}): Promise<string[]> {
    const aliases: string[] = [];
    for (let cursor: string | null = null, more = true; more;) {
      const variables: { id: string; cursor: string | null } = { id: this.id, cursor };
      const answer = await this.#service.graphql.execute(ArtifactCollectionAliasesDocument, variables, {
        signal,
      });
      const page = answer.artifactCollection?.aliases;
      if (page === undefined) throw new NotFoundError(`The collection ${this.name} does not exist any more`);
      aliases.push(...page.edges.map(({ node }) => node.alias));
      cursor = page.pageInfo.endCursor;
      more = page.pageInfo.hasNextPage;
    }
    return aliases;
  }
}
