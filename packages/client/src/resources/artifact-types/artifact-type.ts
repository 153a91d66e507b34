/** A kind of artifacts in a project. */
import { parseInstant } from "../../core/dates.ts";
import { NotFoundError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { ProjectArtifactTypeDocument } from "../../generated/artifacts-documents.ts";
import type { ArtifactTypeFieldsFragment } from "../../generated/artifacts-documents.ts";
import { ArtifactCollections } from "../artifact-collections/artifact-collections.ts";
import type { CollectionListOptions } from "../artifact-collections/collection-list.ts";
import { ArtifactCollection } from "../artifact-collections/artifact-collection.ts";

/** A kind of artifacts. Mirrors `wandb.apis.public.ArtifactType`. */
export class ArtifactType {
  /** The entity of the project. */
  readonly entity: string;
  /** The project. */
  readonly project: string;
  readonly #service: Service;
  #fields: ArtifactTypeFieldsFragment;

  /** @internal */
  constructor(
    service: Service,
    place: { readonly entity: string; readonly project: string },
    fields: ArtifactTypeFieldsFragment,
  ) {
    this.#service = service;
    this.entity = place.entity;
    this.project = place.project;
    this.#fields = fields;
  }

  /**
   * Loads a type.
   *
   * @throws {NotFoundError} when the project has none of that name.
   * @internal
   */
  static async fetch(
    service: Service,
    place: { readonly entity: string; readonly project: string; readonly type: string },
    options: ReadOptions = {},
  ): Promise<ArtifactType> {
    return new ArtifactType(service, place, await fetchFields(service, place, options));
  }

  /** Global id. */
  get id(): string {
    return this.#fields.id;
  }

  /** Name, unique in the project. */
  get name(): string {
    return this.#fields.name;
  }

  /** The same as `name`. Mirrors the attribute `type`. */
  get type(): string {
    return this.#fields.name;
  }

  /** Free text. */
  get description(): string | null {
    return this.#fields.description;
  }

  /** When the type was created. */
  get createdAt(): Date {
    return parseInstant(this.#fields.createdAt, "artifactType.createdAt");
  }

  /** The same instant as the server wrote it. */
  get createdAtText(): string {
    return this.#fields.createdAt;
  }

  /** Brings the fields up to date. Mirrors `load`. @throws {NotFoundError} when the type does not exist any more. */
  async load(options: ReadOptions = {}): Promise<this> {
    this.#fields = await fetchFields(
      this.#service,
      { entity: this.entity, project: this.project, type: this.name },
      options,
    );
    return this;
  }

  /** The collections of this type. Mirrors `collections`. */
  collections(options: CollectionListOptions = {}): ArtifactCollections {
    const place = { service: this.#service, entity: this.entity, project: this.project };
    return new ArtifactCollections(() => Promise.resolve(place), this.name, options);
  }

  /**
   * A collection of this type by name. Mirrors `collection`.
   *
   * @throws {NotFoundError} when there is none.
   */
  async collection(name: string, options: ReadOptions = {}): Promise<ArtifactCollection> {
    const { entity, project } = this;
    return ArtifactCollection.load(
      this.#service,
      { entity, project, type: this.name, collection: name },
      options,
    );
  }
}

async function fetchFields(
  service: Service,
  { entity, project, type }: { readonly entity: string; readonly project: string; readonly type: string },
  { signal }: ReadOptions,
): Promise<ArtifactTypeFieldsFragment> {
  const answer = await service.graphql.execute(
    ProjectArtifactTypeDocument,
    { entity, project, type },
    { signal },
  );
  const fields = answer.project?.artifactType;
  if (fields == null)
    throw new NotFoundError(`${entity}/${project} has no artifact type ${JSON.stringify(type)}`);
  return fields;
}
