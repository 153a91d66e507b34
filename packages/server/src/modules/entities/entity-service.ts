/** Entities, teams and organizations: finding them for those who may, and putting them as an operator states them. */
import { validateEntityName } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import { missingEntity } from "../access/access.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { User } from "../users/user.ts";
import type { UserStore } from "../users/user-store.ts";
import type { Entity, MemberRole, Membership, Organization } from "./entity.ts";
import type { EntityStore } from "./entity-store.ts";

/** What the service is built from. */
export interface EntityServiceParts {
  readonly entities: EntityStore;
  readonly users: UserStore;
  readonly access: Access;
  readonly clock: Clock;
}

/** A member with the account behind it. */
export interface Member {
  readonly user: User;
  readonly role: MemberRole;
}

/** A member as an operator names it. */
export interface NamedMember {
  readonly username: string;
  readonly role: MemberRole;
}

/** A team as operators see it. */
export interface TeamView {
  readonly entity: Entity;
  readonly organization: Organization | undefined;
  /** The people in it; its service accounts come and go by themselves. */
  readonly members: readonly Member[];
}

/** An organization as operators see it. */
export interface OrganizationView {
  readonly organization: Organization;
  readonly members: readonly Member[];
}

/** Reads and changes who owns projects and who belongs to whom. */
export class EntityService {
  readonly #entities: EntityStore;
  readonly #users: UserStore;
  readonly #access: Access;
  readonly #clock: Clock;

  constructor(parts: EntityServiceParts) {
    this.#entities = parts.entities;
    this.#users = parts.users;
    this.#access = parts.access;
    this.#clock = parts.clock;
  }

  /** The entity of that name, or the caller's own without a name; undefined when missing or not to be seen. */
  async find(caller: Caller, name: string | null): Promise<Entity | undefined> {
    const entity = await this.#lookUp(caller, name);
    if (entity === undefined) return undefined;
    return (await this.#access.canReadEntity(caller, entity)) ? entity : undefined;
  }

  /** As `find`, but throws `not_found`, or `unauthenticated` when no name is given and nobody is signed in. */
  async require(caller: Caller, name: string | null): Promise<Entity> {
    if (name === null) this.#access.requireUser(caller);
    const entity = await this.find(caller, name);
    if (entity === undefined) throw missingEntity(name ?? "");
    return entity;
  }

  /** The entity that owns something the caller may see already, whatever else the caller may know of it. */
  async ownerOf(_caller: Caller, owned: { readonly entityId: number }): Promise<Entity> {
    const entity = await this.#entities.find({ entityId: owned.entityId });
    if (entity === undefined) throw new ServerError("internal", `Entity ${owned.entityId} is gone`);
    return entity;
  }

  /** Whether the caller may create projects in the entity. */
  canWrite(caller: Caller, entity: Entity): Promise<boolean> {
    return this.#access.canWriteEntity(caller, entity);
  }

  /** Bytes stored by the entity's files and artifacts; 0 for those who may not see the entity. */
  async storageBytes(caller: Caller, entity: Entity): Promise<number> {
    if (!(await this.#access.canReadEntity(caller, entity))) return 0;
    return this.#entities.storageBytes({ entityId: entity.id });
  }

  /**
   * The members of a team or organization: people by username, then service accounts, the newest last. Empty for those
   * who may not see the entity.
   */
  async members(caller: Caller, entity: Entity): Promise<readonly Member[]> {
    if (!(await this.#access.canReadEntity(caller, entity))) return [];
    if (entity.kind === "team") return this.#named(await this.#entities.teamMembers({ entityId: entity.id }));
    if (entity.kind === "user" || entity.organizationId === null) return [];
    return this.#named(await this.#entities.organizationMembers({ organizationId: entity.organizationId }));
  }

  /** The organization that an entity belongs to; undefined when there is none or the caller may not see it. */
  async organizationOf(caller: Caller, entity: Entity): Promise<Organization | undefined> {
    if (entity.organizationId === null) return undefined;
    const organization = await this.#entities.findOrganization({ organizationId: entity.organizationId });
    if (organization === undefined || !(await this.#access.canReadEntity(caller, entity))) return undefined;
    return organization;
  }

  /** An organization by name; undefined when missing or not to be seen. */
  async findOrganization(caller: Caller, name: string): Promise<Organization | undefined> {
    const organization = await this.#entities.findOrganization({ name });
    if (organization === undefined) return undefined;
    const entity = await this.ownerOf(caller, organization);
    return (await this.#access.canReadEntity(caller, entity)) ? organization : undefined;
  }

  /** The teams of a user; others than the user and administrators see only those that they may see themselves. */
  async teamsOf(caller: Caller, user: User): Promise<readonly Entity[]> {
    const teams = await this.#entities.teamsOf({ userId: user.id });
    const visible = await Promise.all(teams.map((team) => this.#access.canReadEntity(caller, team)));
    return teams.filter((_, index) => visible[index] === true);
  }

  /** Name of the entity where a user's runs go when none is named. */
  async defaultOf(_caller: Caller, user: User): Promise<string> {
    if (user.defaultEntityId === user.entityId) return user.username;
    return (await this.#entities.find({ entityId: user.defaultEntityId }))?.name ?? user.username;
  }

  /** The organizations of a user, for the user and for administrators; others get none. */
  async organizationsOf(caller: Caller, user: User): Promise<readonly Organization[]> {
    const isSelf = caller.kind === "user" && caller.user.id === user.id;
    if (!isSelf && !this.#access.isAdmin(caller)) return [];
    return this.#entities.organizationsOf({ userId: user.id });
  }

  /** All teams, by name. Administrators only. */
  async listTeams(caller: Caller): Promise<readonly TeamView[]> {
    this.#access.requireAdmin(caller);
    const teams = await this.#entities.listTeams();
    return Promise.all(teams.map((team) => this.#teamView(team)));
  }

  /** The team of that name; undefined when there is none. Administrators only. */
  async teamByName(caller: Caller, name: string): Promise<TeamView | undefined> {
    this.#access.requireAdmin(caller);
    const entity = await this.#entities.find({ name });
    return entity?.kind === "team" ? this.#teamView(entity) : undefined;
  }

  /** The organization of that name; undefined when there is none. Administrators only. */
  async organizationByName(caller: Caller, name: string): Promise<OrganizationView | undefined> {
    this.#access.requireAdmin(caller);
    const organization = await this.#entities.findOrganization({ name });
    return organization && this.#organizationView(organization);
  }

  /** All organizations, by name. Administrators only. */
  async listOrganizations(caller: Caller): Promise<readonly OrganizationView[]> {
    this.#access.requireAdmin(caller);
    const organizations = await this.#entities.listOrganizations();
    return Promise.all(organizations.map((organization) => this.#organizationView(organization)));
  }

  /**
   * Makes a team as stated. Administrators only.
   *
   * @throws {ServerError} `invalid_argument` for a bad name, `not_found` for an unknown organization or member,
   * `already_exists` when the name belongs to something else.
   */
  async putTeam(
    caller: Caller,
    team: { readonly name: string; readonly organization: string; readonly members: readonly NamedMember[] },
  ): Promise<{ readonly team: TeamView; readonly created: boolean }> {
    this.#access.requireAdmin(caller);
    const name = validateEntityName(team.name);
    const organization = await this.#entities.findOrganization({ name: team.organization });
    if (organization === undefined) {
      throw new ServerError("not_found", `Organization "${team.organization}" not found`, {
        field: "organization",
      });
    }
    const { entity, created } = await this.#entities.putTeam({
      name,
      organizationId: organization.id,
      members: await this.#resolve(team.members),
      createdAt: this.#clock.now(),
    });
    return { team: await this.#teamView(entity), created };
  }

  /**
   * Makes an organization as stated. Administrators only.
   *
   * @throws {ServerError} `invalid_argument` for a bad name, `not_found` for an unknown member, `already_exists`
   * when a name is taken.
   */
  async putOrganization(
    caller: Caller,
    request: { readonly name: string; readonly members: readonly NamedMember[] },
  ): Promise<{ readonly organization: OrganizationView; readonly created: boolean }> {
    this.#access.requireAdmin(caller);
    const { organization, created } = await this.#entities.putOrganization({
      name: validateEntityName(request.name),
      members: await this.#resolve(request.members),
      createdAt: this.#clock.now(),
    });
    return { organization: await this.#organizationView(organization), created };
  }

  /** Deletes a team; false when it was not there. Administrators only; `conflict` while it owns projects. */
  async deleteTeam(caller: Caller, name: string): Promise<boolean> {
    this.#access.requireAdmin(caller);
    return this.#entities.deleteTeam({ name, deletedAt: this.#clock.now() });
  }

  /** Deletes an organization; false when it was not there. Administrators only; `conflict` while it has teams or projects. */
  async deleteOrganization(caller: Caller, name: string): Promise<boolean> {
    this.#access.requireAdmin(caller);
    return this.#entities.deleteOrganization({ name });
  }

  async #lookUp(caller: Caller, name: string | null): Promise<Entity | undefined> {
    if (name !== null && name !== "") return this.#entities.find({ name });
    return caller.kind === "user"
      ? this.#entities.find({ entityId: caller.user.defaultEntityId })
      : undefined;
  }

  async #teamView(entity: Entity): Promise<TeamView> {
    const organization =
      entity.organizationId === null
        ? undefined
        : await this.#entities.findOrganization({ organizationId: entity.organizationId });
    const members = await this.#named(await this.#entities.teamMembers({ entityId: entity.id }));
    return { entity, organization, members: members.filter(isPerson) };
  }

  async #organizationView(organization: Organization): Promise<OrganizationView> {
    const members = await this.#entities.organizationMembers({ organizationId: organization.id });
    return { organization, members: (await this.#named(members)).filter(isPerson) };
  }

  async #named(memberships: readonly Membership[]): Promise<readonly Member[]> {
    const members: Member[] = [];
    for (const { userId, role } of memberships) {
      const user = await this.#users.find({ userId });
      if (user !== undefined) members.push({ user, role });
    }
    return members.sort(compareMembers);
  }

  async #resolve(members: readonly NamedMember[]): Promise<readonly Membership[]> {
    const roles = new Map<number, MemberRole>();
    for (const [index, { username, role }] of members.entries()) {
      const field = `members[${index}].username`;
      const user = await this.#users.find({ username });
      if (user === undefined) throw new ServerError("not_found", `User "${username}" not found`, { field });
      if (roles.has(user.id))
        throw new ServerError("invalid_argument", `"${username}" is listed twice`, { field });
      roles.set(user.id, role);
    }
    return [...roles].map(([userId, role]) => ({ userId, role }));
  }
}

function isPerson({ user }: Member): boolean {
  return user.accountType === "USER";
}

function compareMembers(a: Member, b: Member): number {
  if (isPerson(a) !== isPerson(b)) return isPerson(a) ? -1 : 1;
  if (!isPerson(a)) return a.user.id - b.user.id;
  return a.user.username < b.user.username ? -1 : 1;
}
