/** A team: an entity that several users share. */
import type { Api } from "../../api.ts";
import { CommError, NotFoundError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { sessionOf } from "../../core/session.ts";
import type { TeamFieldsFragment } from "../../generated/artifacts-documents.ts";
import type { Invite, InviteOptions } from "./invite.ts";
import { Member } from "./member.ts";
import type { MemberFields } from "./member.ts";
import type { ServiceAccountOptions } from "./service-account.ts";

/** What is known of a team. */
export type TeamFields = Omit<TeamFieldsFragment, "members"> & { readonly members: readonly MemberFields[] };

/** How a team is to be. */
export interface CreateTeamOptions extends ReadOptions {
  /** Login name of its first administrator. @default the caller */
  readonly adminUsername?: string | undefined;
  /** Name of its organization; for servers that have several. @default the only one that the caller may choose */
  readonly organization?: string | undefined;
}

/** A team. Mirrors `wandb.apis.public.Team`. */
export class Team {
  readonly #service: Service;
  #fields: TeamFields;

  /** @internal */
  constructor(service: Service, fields: TeamFields) {
    this.#service = service;
    this.#fields = fields;
  }

  /** Loads a team. @throws {NotFoundError} when there is none of that name, or it may not be seen. @internal */
  static async fetch(service: Service, name: string, options: ReadOptions = {}): Promise<Team> {
    return new Team(service, await fetchFields(service, name, options));
  }

  /**
   * Creates a team. Mirrors `Team.create`, which hides failures and then returns whatever there is of that name.
   *
   * @throws {PermissionError} when the caller may create no teams.
   * @throws {ConflictError} when the name is taken.
   */
  static async create(api: Api, name: string, options: CreateTeamOptions = {}): Promise<Team> {
    const { adminUsername = null, organization, signal } = options;
    const service = await sessionOf(api).service();
    const { CreateTeamDocument } = await import("../../generated/people-documents.ts");
    const input = { teamName: name, teamAdminUserName: adminUsername };
    const { createTeam } = await service.graphql.execute(
      CreateTeamDocument,
      { input: organization === undefined ? input : { ...input, organization } },
      { signal },
    );
    if (createTeam?.entity == null)
      throw new CommError(`The server did not create the team ${JSON.stringify(name)}`);
    return Team.fetch(service, createTeam.entity.name, { signal });
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
    return this.#fields.members.map((member) => new Member(this.#service, this.name, member));
  }

  /**
   * Invites somebody by login name or e-mail address (which holds an "@"). Whom the server takes in at once is a member
   * after `load()`; for others there is a link. Mirrors `invite`, which returns whether it worked; this throws.
   *
   * @throws {PermissionError} when the caller does not administer the team.
   * @throws {NotFoundError} when there is no such user.
   * @throws {ConflictError} when the user is in the team or invited already.
   */
  async invite(usernameOrEmail: string, options: InviteOptions = {}): Promise<Invite> {
    const { Invite } = await import("./invite.ts");
    return Invite.create(this.#service, this.name, usernameOrEmail, options);
  }

  /** The team's open invitations. Python has no such method. @throws {UnsupportedError} when the server lists none. */
  async invites(options: ReadOptions = {}): Promise<Invite[]> {
    const { Invite } = await import("./invite.ts");
    return Invite.list(this.#service, this.name, options);
  }

  /**
   * Creates a service account and returns it with the text of its key, which is told only now. Mirrors
   * `create_service_account`, which returns None on failure; this throws.
   *
   * @throws {PermissionError} when the caller does not administer the team.
   * @throws {UnsupportedError} for limits of the key when the server has no `STEELYARD_API_KEY_LIMITS`.
   */
  async createServiceAccount(description: string, options: ServiceAccountOptions = {}): Promise<Member> {
    const { createServiceAccount } = await import("./service-account.ts");
    const { userId, apiKey } = await createServiceAccount(this.#service, this.name, description, options);
    await this.load(options);
    const fields = this.#fields.members.find(({ id }) => id === userId);
    if (fields === undefined) throw new CommError("The server does not list the new service account");
    return new Member(this.#service, this.name, { ...fields, apiKey: apiKey ?? fields.apiKey ?? null });
  }

  /** Brings the fields up to date. Mirrors `load`. @throws {NotFoundError} when the team does not exist any more. */
  async load(options: ReadOptions = {}): Promise<this> {
    this.#fields = await fetchFields(this.#service, this.name, options);
    return this;
  }
}

async function fetchFields(service: Service, name: string, { signal }: ReadOptions): Promise<TeamFields> {
  const { GetTeamEntityDocument } = await import("../../generated/people-documents.ts");
  const { entity } = await service.graphql.execute(GetTeamEntityDocument, { name }, { signal });
  if (entity === null) throw new NotFoundError(`There is no team ${JSON.stringify(name)}`);
  return entity;
}
