/** A team: an entity that several users share. */
import { NotFoundError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { GetTeamEntityDocument } from "../../generated/artifacts-documents.ts";
import type { TeamFieldsFragment } from "../../generated/artifacts-documents.ts";
import { Member } from "./member.ts";

/** A team. Mirrors `wandb.apis.public.Team`, whose changes are not built yet. */
export class Team {
  readonly #service: Service;
  #fields: TeamFieldsFragment;

  /** @internal */
  constructor(service: Service, fields: TeamFieldsFragment) {
    this.#service = service;
    this.#fields = fields;
  }

  /** Loads a team. @throws {NotFoundError} when there is none of that name, or it may not be seen. @internal */
  static async fetch(service: Service, name: string, options: ReadOptions = {}): Promise<Team> {
    return new Team(service, await fetchFields(service, name, options));
  }

  /** Name of the team's entity. */
  get name(): string {
    return this.#fields.name;
  }

  /** Global id. */
  get id(): string {
    return this.#fields.id;
  }

  /** Whether the name is free; false for a team that exists. */
  get available(): boolean | null {
    return this.#fields.available;
  }

  /** Address of a picture. Mirrors `photo_url`. */
  get photoUrl(): string | null {
    return this.#fields.photoUrl;
  }

  /** Whether nothing can be logged to the team. Mirrors `read_only`. */
  get readOnly(): boolean | null {
    return this.#fields.readOnly;
  }

  /** Whether an administrator made it so. Mirrors `read_only_admin`. */
  get readOnlyAdmin(): boolean {
    return this.#fields.readOnlyAdmin;
  }

  /** Whether it is a team rather than a user's own entity. Mirrors `is_team`. */
  get isTeam(): boolean {
    return this.#fields.isTeam;
  }

  /** One of user, team, organization. Mirrors `entity_type`. */
  get entityType(): string | null {
    return this.#fields.entityType;
  }

  /** Whether all projects must be private. Mirrors `private_only`. */
  get privateOnly(): boolean {
    return this.#fields.privateOnly;
  }

  /** Bytes stored by the team's files and artifacts. Mirrors `storage_bytes`. */
  get storageBytes(): number | bigint {
    return this.#fields.storageBytes;
  }

  /** Whether code is saved by default. Mirrors `code_saving_enabled`. */
  get codeSavingEnabled(): boolean {
    return this.#fields.codeSavingEnabled;
  }

  /** Who may see new projects. Mirrors `default_access`. */
  get defaultAccess(): string {
    return this.#fields.defaultAccess;
  }

  /** Whether somebody pays for the team. Mirrors `is_paid`. */
  get isPaid(): boolean | null {
    return this.#fields.isPaid;
  }

  /** The people and service accounts in the team. */
  get members(): readonly Member[] {
    return this.#fields.members.map((member) => new Member(this.name, member));
  }

  /** Brings the fields up to date. Mirrors `load`. @throws {NotFoundError} when the team does not exist any more. */
  async load(options: ReadOptions = {}): Promise<this> {
    this.#fields = await fetchFields(this.#service, this.name, options);
    return this;
  }
}

async function fetchFields(
  service: Service,
  name: string,
  { signal }: ReadOptions,
): Promise<TeamFieldsFragment> {
  const { entity } = await service.graphql.execute(GetTeamEntityDocument, { name }, { signal });
  if (entity === null) throw new NotFoundError(`There is no team ${JSON.stringify(name)}`);
  return entity;
}
