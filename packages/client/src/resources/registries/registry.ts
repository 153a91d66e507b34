/** A registry: a place of an organization for versions that are worth sharing. */
import { REGISTRY_PREFIX, ProtocolError, validateRegistryName } from "@steelyard/protocol";

import type { Api } from "../../api.ts";
import { parseInstant, parseInstantOrNull } from "../../core/dates.ts";
import { CommError, ConflictError, NotFoundError, UnsupportedError, ValueError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { sessionOf } from "../../core/session.ts";
import {
  CreateRegistryMembersDocument,
  DeleteRegistryDocument,
  DeleteRegistryMembersDocument,
  FetchRegistryDocument,
  RegistryTeamMembersDocument,
  RegistryUserMembersDocument,
  RenameRegistryDocument,
  UpdateTeamRegistryRoleDocument,
  UpdateUserRegistryRoleDocument,
  UpsertRegistryDocument,
} from "../../generated/artifacts-documents.ts";
import type { RegistryFieldsFragment } from "../../generated/artifacts-documents.ts";
import { Organization } from "../organizations/organization.ts";
import { Team } from "../teams/team.ts";
import type { RunFilter } from "../runs/run-filter.ts";
import { User } from "../users/user.ts";
import { AddOnlyArtifactTypesList } from "./add-only-artifact-types-list.ts";
import { Collections } from "./collections.ts";
import type { CollectionsOptions } from "./collections.ts";
import { MemberId, splitMembers } from "./registry-members.ts";
import type { MemberOrId, TeamMember, UserMember } from "./registry-members.ts";
import type { SearchPlace } from "./search-place.ts";
import { Versions } from "./versions.ts";
import type { VersionsOptions } from "./versions.ts";

/** Who sees a registry: the whole organization, or only its members. */
export const REGISTRY_VISIBILITIES = ["organization", "restricted"] as const;

/** Who sees a registry. */
export type RegistryVisibility = (typeof REGISTRY_VISIBILITIES)[number];

/** Options of `api.createRegistry` and `Registry.create`. */
export interface CreateRegistryOptions extends ReadOptions {
  /** Free text. */
  readonly description?: string;
  /** The types of artifacts that can be linked. @default all */
  readonly artifactTypes?: readonly string[];
}

/** A registry. Mirrors `wandb.apis.public.registries.Registry`. */
export class Registry {
  /** The name, without the prefix of its project; to be changed and then saved. */
  name: string;
  /** Free text; to be changed and then saved. */
  description: string | null;
  /** Who sees it; to be changed and then saved. */
  visibility: RegistryVisibility;
  /** Whether artifacts of all types can be linked; to be changed and then saved. Mirrors `allow_all_artifact_types`. */
  allowAllArtifactTypes: boolean;
  /** The types that are allowed, or in use if all are; add some and then save. Mirrors `artifact_types`. */
  artifactTypes: AddOnlyArtifactTypesList;
  readonly #service: Service;
  #fields: RegistryFieldsFragment;

  /** @internal */
  constructor(service: Service, fields: RegistryFieldsFragment) {
    this.#service = service;
    this.#fields = fields;
    this.name = shortName(fields.name);
    this.description = fields.description;
    this.visibility = fields.access === "RESTRICTED" ? "restricted" : "organization";
    this.allowAllArtifactTypes = fields.allowAllArtifactTypes;
    this.artifactTypes = new AddOnlyArtifactTypesList(typesOf(fields));
  }

  /** Loads a registry. @throws {NotFoundError} when there is none. @internal */
  static async fetch(
    service: Service,
    organization: Organization,
    name: string,
    options: ReadOptions = {},
  ): Promise<Registry> {
    const place = { entity: organization.orgEntity.name, name: REGISTRY_PREFIX + name };
    const fields = await find(service, place, options);
    if (fields === null)
      throw new NotFoundError(
        `The organization ${organization.name} has no registry ${JSON.stringify(name)}`,
      );
    return new Registry(service, fields);
  }

  /**
   * Creates a registry. Mirrors `Registry.create`.
   *
   * @throws {ValueError} when the name or the visibility is not allowed.
   * @throws {ConflictError} when there is one of that name already. Python raises `ValueError`.
   */
  static async create(
    api: Api,
    organization: string,
    name: string,
    visibility: RegistryVisibility,
    options: CreateRegistryOptions = {},
  ): Promise<Registry> {
    const service = await sessionOf(api).service();
    await requireTypes(service);
    const access = accessOf(visibility);
    const { orgEntity } = await Organization.fetch(service, organization, options);
    const place = { entity: orgEntity.name, name: REGISTRY_PREFIX + checkName(name) };
    if ((await find(service, place, options)) !== null)
      throw new ConflictError(
        `The organization ${organization} has a registry ${JSON.stringify(name)} already`,
      );
    const { artifactTypes = [], description, signal } = options;
    const input = {
      entityName: orgEntity.name,
      name: place.name,
      description: description ?? null,
      access,
      allowAllArtifactTypesInRegistry: artifactTypes.length === 0,
      artifactTypes: artifactTypes.map((type) => ({ name: type })),
    };
    const { upsertModel } = await service.graphql.execute(UpsertRegistryDocument, { input }, { signal });
    if (upsertModel?.project == null || upsertModel.inserted !== true)
      throw new CommError(`The server did not create the registry ${JSON.stringify(name)}`);
    return new Registry(service, upsertModel.project);
  }

  /** Global id of the project behind the registry. */
  get id(): string {
    return this.#fields.id;
  }

  /** The project's id inside the server. Mirrors `internal_id`. */
  get internalId(): string {
    return this.#fields.internalId;
  }

  /** The name of the project behind the registry, as paths have it. Mirrors `full_name`. */
  get fullName(): string {
    return REGISTRY_PREFIX + this.name;
  }

  /** The organization's entity. */
  get entity(): string {
    return this.#fields.entity.name;
  }

  /** Name of the organization. */
  get organization(): string {
    return this.#fields.entity.organization?.name ?? "";
  }

  /** When the registry was created. Mirrors `created_at`. */
  get createdAt(): Date {
    return parseInstant(this.#fields.createdAt, "registry.createdAt");
  }

  /** The same instant as the server wrote it. */
  get createdAtText(): string {
    return this.#fields.createdAt;
  }

  /** When the registry last changed; null if never. Mirrors `updated_at`. */
  get updatedAt(): Date | null {
    return parseInstantOrNull(this.#fields.updatedAt, "registry.updatedAt");
  }

  /** The same instant as the server wrote it. */
  get updatedAtText(): string | null {
    return this.#fields.updatedAt;
  }

  /** Entity and full name. */
  get path(): readonly [string, string] {
    return [this.entity, this.fullName];
  }

  /** Brings the fields up to date and drops local changes. Mirrors `load`. @throws {NotFoundError} when it is gone. */
  async load(options: ReadOptions = {}): Promise<this> {
    const fields = await find(this.#service, { entity: this.entity, name: this.#fields.name }, options);
    if (fields === null)
      throw new NotFoundError(`The registry ${JSON.stringify(this.name)} does not exist any more`);
    this.#apply(fields);
    return this;
  }

  /**
   * Writes local changes. Mirrors `save`.
   *
   * @throws {ValueError} when types were added while all are allowed, or the name is not allowed.
   * @throws {UnsupportedError} when the server cannot. Python raises `RuntimeError`.
   */
  async save(options: ReadOptions = {}): Promise<this> {
    const service = this.#service;
    await requireTypes(service);
    const added = this.artifactTypes.draft;
    if (added.length > 0 && this.allowAllArtifactTypes)
      throw new ValueError("All artifact types are allowed: set allowAllArtifactTypes to false to add some");
    const wantedName = REGISTRY_PREFIX + checkName(this.name);
    const oldName = this.#fields.name;
    const { signal } = options;
    const input = {
      entityName: this.entity,
      name: oldName,
      description: this.description,
      access: accessOf(this.visibility),
      allowAllArtifactTypesInRegistry: this.allowAllArtifactTypes,
      artifactTypes: added.map((name) => ({ name })),
    };
    const { upsertModel } = await service.graphql.execute(UpsertRegistryDocument, { input }, { signal });
    if (upsertModel?.project == null)
      throw new CommError(`The server did not save the registry ${this.name}`);
    this.#apply(upsertModel.project);
    if (wantedName === oldName) return this;
    const rename = { entityName: this.entity, oldProjectName: oldName, newProjectName: wantedName };
    const answer = await service.graphql.execute(RenameRegistryDocument, { input: rename }, { signal });
    if (answer.renameProject?.project == null)
      throw new CommError(`The server did not rename the registry to ${wantedName}`);
    this.#apply(answer.renameProject.project);
    return this;
  }

  /** Deletes the registry with its collections; what was linked stays where it was logged. Mirrors `delete`. */
  async delete({ signal }: ReadOptions = {}): Promise<void> {
    const { graphql } = this.#service;
    const { deleteModel } = await graphql.execute(DeleteRegistryDocument, { id: this.id }, { signal });
    if (deleteModel?.success !== true)
      throw new CommError(`The server did not delete the registry ${this.name}`);
  }

  /** The collections in the registry. Mirrors `collections`. */
  collections(options: CollectionsOptions = {}): Collections {
    return new Collections(this.#place, this.#filter, options);
  }

  /** The versions in the registry. Mirrors `versions`. */
  versions(options: VersionsOptions = {}): Versions {
    return new Versions(this.#place, { registry: this.#filter, collection: null }, options);
  }

  /** The users and teams with roles of their own. Mirrors `members`. */
  async members(options: ReadOptions = {}): Promise<(UserMember | TeamMember)[]> {
    const [users, teams] = await Promise.all([this.userMembers(options), this.teamMembers(options)]);
    return [...users, ...teams];
  }

  /** The users with roles of their own. Mirrors `user_members`. */
  async userMembers({ signal }: ReadOptions = {}): Promise<UserMember[]> {
    const variables = { project: this.#fields.name, entity: this.entity };
    const { project } = await this.#service.graphql.execute(RegistryUserMembersDocument, variables, {
      signal,
    });
    if (project === null)
      throw new NotFoundError(`The registry ${JSON.stringify(this.name)} does not exist any more`);
    return project.members.map(({ role, ...fields }) => ({
      kind: "User",
      user: new User(this.#service, { ...fields, name: fields.name ?? "" }),
      role: role.name,
    }));
  }

  /** The teams with roles of their own. Mirrors `team_members`. */
  async teamMembers({ signal }: ReadOptions = {}): Promise<TeamMember[]> {
    const variables = { project: this.#fields.name, entity: this.entity };
    const { project } = await this.#service.graphql.execute(RegistryTeamMembersDocument, variables, {
      signal,
    });
    if (project === null)
      throw new NotFoundError(`The registry ${JSON.stringify(this.name)} does not exist any more`);
    return project.teamMembers.map(({ role, team }) => ({
      kind: "Entity",
      team: new Team(this.#service, team),
      role: role.name,
    }));
  }

  /** Adds users and teams, or their ids, with the server's usual role. Mirrors `add_members`. @throws {ValueError} without any. */
  async addMembers(...members: readonly MemberOrId[]): Promise<this> {
    const input = { projectId: this.id, ...splitMembers(members) };
    const { result } = await this.#service.graphql.execute(CreateRegistryMembersDocument, { input });
    if (result?.success !== true) throw new CommError(`The server did not add the members to ${this.name}`);
    return this;
  }

  /** Takes users and teams, or their ids, out. Mirrors `remove_members`. @throws {ValueError} without any. */
  async removeMembers(...members: readonly MemberOrId[]): Promise<this> {
    const input = { projectId: this.id, ...splitMembers(members) };
    const { result } = await this.#service.graphql.execute(DeleteRegistryMembersDocument, { input });
    if (result?.success !== true)
      throw new CommError(`The server did not remove the members from ${this.name}`);
    return this;
  }

  /** Gives a member another role: one of `MEMBER_ROLES`, or one of the server's own. Mirrors `update_member`. */
  async updateMember(member: MemberOrId, role: string, { signal }: ReadOptions = {}): Promise<this> {
    const id = MemberId.fromObj(member);
    const { graphql } = this.#service;
    const { result } =
      id.kind === "User"
        ? await graphql.execute(
            UpdateUserRegistryRoleDocument,
            { input: { projectId: this.id, userId: id.encode(), userProjectRole: role } },
            { signal },
          )
        : await graphql.execute(
            UpdateTeamRegistryRoleDocument,
            { input: { projectId: this.id, teamId: id.encode(), teamProjectRole: role } },
            { signal },
          );
    if (result?.success !== true) throw new CommError(`The server did not change the role in ${this.name}`);
    return this;
  }

  /** Selects this registry in a search: by its number if it has one, since names can change. */
  get #filter(): RunFilter {
    const number = /^(?:Project|ProjectInternalId):(\d+)$/.exec(decoded(this.internalId))?.[1];
    return number === undefined ? { name: this.#fields.name } : { id: Number(number) };
  }

  readonly #place: SearchPlace = () =>
    Promise.resolve({ service: this.#service, organization: this.organization });

  #apply(fields: RegistryFieldsFragment): void {
    const fresh = new Registry(this.#service, fields);
    this.#fields = fields;
    this.name = fresh.name;
    this.description = fresh.description;
    this.visibility = fresh.visibility;
    this.allowAllArtifactTypes = fresh.allowAllArtifactTypes;
    this.artifactTypes = fresh.artifactTypes;
  }
}

async function find(
  service: Service,
  place: { readonly entity: string; readonly name: string },
  { signal }: ReadOptions,
): Promise<RegistryFieldsFragment | null> {
  const { entity } = await service.graphql.execute(FetchRegistryDocument, place, { signal });
  return entity?.project ?? null;
}

async function requireTypes(service: Service): Promise<void> {
  if (await service.supports("INCLUDE_ARTIFACT_TYPES_IN_REGISTRY_CREATION")) return;
  throw new UnsupportedError("This server cannot create or save registries");
}

function accessOf(visibility: RegistryVisibility): string {
  switch (visibility) {
    case "organization":
      return "PRIVATE";
    case "restricted":
      return "RESTRICTED";
    default:
      throw new ValueError(
        `Invalid visibility ${JSON.stringify(visibility)}: expected organization or restricted`,
      );
  }
}

function checkName(name: string): string {
  try {
    return validateRegistryName(name);
  } catch (cause) {
    throw cause instanceof ProtocolError ? new ValueError(cause.message, { cause }) : cause;
  }
}

/** The text behind a global id; the empty text when it is none. */
function decoded(id: string): string {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(id) && id.length % 4 === 0 ? atob(id) : "";
}

function shortName(fullName: string): string {
  return fullName.startsWith(REGISTRY_PREFIX) ? fullName.slice(REGISTRY_PREFIX.length) : fullName;
}

function typesOf(fields: RegistryFieldsFragment): string[] {
  return (fields.artifactTypes?.edges ?? [])
    .map(({ node }) => node?.name)
    .filter((name) => name !== undefined);
}
