/** Teams: who may make them, who is in them with which role, and their service accounts. */
import { validateEntityName } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { IdSource } from "../../ports/id-source.ts";
import { missingEntity } from "../access/access.ts";
import type { Access } from "../access/access.ts";
import type { Caller, UserCaller } from "../access/caller.ts";
import { MEMBER_ROLES } from "../entities/entity.ts";
import type { Entity, MemberRole, Organization } from "../entities/entity.ts";
import type { EntityService } from "../entities/entity-service.ts";
import type { EntityStore } from "../entities/entity-store.ts";
import type { InviteStore } from "../invites/invite-store.ts";
import type { ApiKey } from "../users/api-key.ts";
import type { ApiKeyIssuer, GeneratedApiKey } from "../users/api-key-issuer.ts";
import type { ApiKeyRequest, ApiKeyService } from "../users/api-key-service.ts";
import type { AuthenticationService } from "../users/authentication-service.ts";
import type { KeyReveals } from "../users/key-reveals.ts";
import type { User } from "../users/user.ts";
import type { UserStore } from "../users/user-store.ts";
import type { TeamMember } from "./team-member.ts";

/** What the service is built from. */
export interface TeamServiceParts {
  readonly entities: EntityStore;
  readonly users: UserStore;
  readonly invites: InviteStore;
  readonly entityService: EntityService;
  readonly keys: ApiKeyService;
  readonly access: Access;
  readonly authentication: AuthenticationService;
  readonly issuer: ApiKeyIssuer;
  readonly reveals: KeyReveals;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** A service account that is wanted. */
export interface ServiceAccountRequest extends Pick<ApiKeyRequest, "scope" | "expiresAt"> {
  readonly teamName: string;
  readonly description: string;
  /** The only project of the team that its key may touch. */
  readonly projectName?: string | null | undefined;
}

const MAX_DESCRIPTION = 256;
const NAME_BYTES = 5;

/** Makes teams and says who is in them. */
export class TeamService {
  readonly #parts: TeamServiceParts;

  constructor(parts: TeamServiceParts) {
    this.#parts = parts;
  }

  /**
   * Creates a team with one administrator.
   *
   * @throws {ServerError} `unauthenticated`, `permission_denied` for those who administer neither the server nor the
   *   organization, `not_found` for organization or administrator, `already_exists`, `invalid_argument`.
   */
  async create(
    caller: Caller,
    request: {
      readonly name: string;
      readonly adminUsername: string | null;
      readonly organization: string | null;
    },
  ): Promise<Entity> {
    const user = this.#parts.access.requireScope(caller, "admin");
    const organization = await this.#organizationFor(user, request.organization);
    const name = validateEntityName(request.name);
    const admin =
      request.adminUsername === null ? user.user : await this.#userOf(organization, request.adminUsername);
    const { entity } = await this.#parts.entities.putTeam({
      name,
      organizationId: organization.id,
      members: [{ userId: admin.id, role: "admin" }],
      isNew: true,
      createdAt: this.#parts.clock.now(),
    });
    return entity;
  }

  /** Who is in an entity; administrators of a team also see who is invited, before its service accounts. */
  async listMembers(caller: Caller, team: Entity): Promise<readonly TeamMember[]> {
    const members = (await this.#parts.entityService.members(caller, team)).map(
      (member) => ({ kind: "user", team, ...member }) as const,
    );
    const invited = await this.#invited(caller, team);
    const firstService = members.findIndex(({ user }) => user.accountType === "SERVICE");
    const people = firstService === -1 ? members.length : firstService;
    return [...members.slice(0, people), ...invited, ...members.slice(people)];
  }

  /** The text of a service account's key, once, to its maker; otherwise a mask for administrators, null for others. */
  async keyOf(caller: Caller, member: TeamMember): Promise<string | null> {
    if (member.kind === "invite" || member.user.accountType !== "SERVICE" || caller.kind === "anonymous")
      return null;
    const keys = await this.#parts.keys.list(caller, member.user);
    const [first] = keys ?? [];
    if (first === undefined) return null;
    return this.#parts.reveals.take({ makerId: caller.user.id, keyId: first.id }) ?? first.mask;
  }

  /**
   * Creates a service account in a team with a key that may write, unless it is limited further. Administrators of the
   * team only. The key's text is here, and once in the maker's next list of members unless `takeKey` is called.
   *
   * @throws {ServerError} `unauthenticated`, `not_found` for team or project, `permission_denied`, `invalid_argument`.
   */
  async createServiceAccount(
    caller: Caller,
    request: ServiceAccountRequest,
  ): Promise<{ readonly user: User; readonly key: GeneratedApiKey }> {
    const team = await this.#requireTeam(caller, request.teamName);
    const maker = this.#parts.access.requireUser(caller);
    const description = parseDescription(request.description);
    const { scope, expiresAt, projectName = null } = request;
    const limits = await this.#parts.keys.checkLimits(maker, {
      description,
      scope: scope ?? "write",
      expiresAt,
      project: projectName === null ? null : { entityName: team.name, projectName },
    });
    const user = await this.#parts.users.create({
      username: `service-${this.#parts.ids.hex(NAME_BYTES)}`,
      name: description,
      email: null,
      isAdmin: false,
      accountType: "SERVICE",
      team: { entityId: team.id, role: "member" },
      createdAt: this.#parts.clock.now(),
    });
    const key = await this.#parts.issuer.issue(user, limits);
    this.#parts.reveals.keep({ makerId: maker.user.id, keyId: key.key.id }, key.text);
    return { user, key };
  }

  /** The text of a key that was just made, for an answer that carries it: it is not told again. */
  takeKey(caller: Caller, key: ApiKey): string | undefined {
    const { user } = this.#parts.access.requireUser(caller);
    return this.#parts.reveals.take({ makerId: user.id, keyId: key.id });
  }

  /**
   * Gives a member another role. Administrators of the team only.
   *
   * @throws {ServerError} `unauthenticated`, `not_found`, `permission_denied`, `invalid_argument` for an unknown role
   *   or a service account that would administer, `conflict` for the team's last administrator.
   */
  async setRole(
    caller: Caller,
    request: { readonly teamName: string; readonly userId: number; readonly role: string },
  ): Promise<void> {
    const team = await this.#requireTeam(caller, request.teamName);
    const role = parseMemberRole(request.role);
    const { userId } = request;
    await this.#requireMember(team, userId);
    const user = await this.#parts.users.find({ userId });
    if (user?.accountType === "SERVICE" && role === "admin") {
      throw new ServerError("invalid_argument", "A service account cannot administer a team", {
        field: "role",
      });
    }
    if (role !== "admin") await this.#requireOtherAdmin(caller, team, userId);
    await this.#parts.entities.putTeamMember({ entityId: team.id, userId, role });
    this.#parts.authentication.forget();
  }

  /**
   * Takes a member out of a team; a service account is deleted with its keys. By administrators of the team, and by the
   * member.
   *
   * @throws {ServerError} `unauthenticated`, `not_found`, `permission_denied`, `conflict` for the last administrator.
   */
  async remove(
    caller: Caller,
    request: { readonly teamName: string; readonly userId: number },
  ): Promise<boolean> {
    const { userId } = request;
    const self = this.#parts.access.requireScope(caller, "write");
    const isLeaving =
      self.user.id === userId && self.user.accountType === "USER" && self.onlyProjectId === null;
    const team = isLeaving
      ? await this.#findTeam(caller, request.teamName)
      : await this.#requireTeam(caller, request.teamName);
    await this.#requireMember(team, userId);
    await this.#requireOtherAdmin(caller, team, userId);
    const user = await this.#parts.users.find({ userId });
    const isRemoved = await this.#parts.entities.removeTeamMember({ entityId: team.id, userId });
    if (user?.accountType === "SERVICE")
      await this.#parts.users.delete({ userId, deletedAt: this.#parts.clock.now() });
    this.#parts.authentication.forget();
    return isRemoved;
  }

  async #invited(caller: Caller, team: Entity): Promise<readonly TeamMember[]> {
    if (team.kind !== "team" || !(await this.#parts.access.canAdministerEntity(caller, team))) return [];
    const invites = await this.#parts.invites.list({ entityId: team.id, now: this.#parts.clock.now() });
    return invites.map((invite) => ({ kind: "invite", team, invite }));
  }

  async #findTeam(caller: Caller, name: string): Promise<Entity> {
    const team = await this.#parts.entityService.require(caller, name);
    if (team.kind !== "team") throw missingEntity(name);
    return team;
  }

  async #requireTeam(caller: Caller, name: string): Promise<Entity> {
    const team = await this.#findTeam(caller, name);
    await this.#parts.access.requireEntityAdmin(caller, team);
    return team;
  }

  async #requireMember(team: Entity, userId: number): Promise<void> {
    const members = await this.#parts.entities.teamMembers({ entityId: team.id });
    if (members.some((member) => member.userId === userId)) return;
    throw new ServerError("not_found", `"${team.name}" has no such member`);
  }

  /** A team that nobody administers could only be helped by an administrator of the server, who may make it one. */
  async #requireOtherAdmin(caller: Caller, team: Entity, userId: number): Promise<void> {
    if (this.#parts.access.isAdmin(caller)) return;
    const members = await this.#parts.entities.teamMembers({ entityId: team.id });
    const admins = members.filter(({ role }) => role === "admin");
    if (admins.length > 1 || admins[0]?.userId !== userId) return;
    throw new ServerError("conflict", `This is the only administrator of "${team.name}"; make another first`);
  }

  /** The organization that a new team belongs to. */
  async #organizationFor(caller: UserCaller, name: string | null): Promise<Organization> {
    const all = await this.#parts.entities.listOrganizations();
    const allowed: Organization[] = [];
    for (const organization of all) {
      const entity = await this.#parts.entities.find({ entityId: organization.entityId });
      if (entity !== undefined && (await this.#parts.access.canAdministerEntity(caller, entity)))
        allowed.push(organization);
    }
    const wanted = name?.toLowerCase();
    const fitting =
      wanted === undefined ? allowed : allowed.filter((each) => each.name.toLowerCase() === wanted);
    const [found, ...others] = fitting;
    if (found !== undefined && others.length === 0) return found;
    if (found !== undefined) {
      const names = fitting.map((each) => `"${each.name}"`).join(", ");
      throw new ServerError("invalid_argument", `Say which organization the team belongs to: ${names}`, {
        field: "organization",
      });
    }
    throw new ServerError(
      "permission_denied",
      "Only administrators of the server or of an organization create teams in it",
    );
  }

  async #userOf(organization: Organization, username: string): Promise<User> {
    const user = await this.#parts.users.find({ username });
    const members = await this.#parts.entities.organizationMembers({ organizationId: organization.id });
    if (user?.accountType === "USER" && members.some(({ userId }) => userId === user.id)) return user;
    throw new ServerError("not_found", `"${organization.name}" has no user "${username}"`, {
      field: "teamAdminUserName",
    });
  }
}

/** A role in a team. Throws `invalid_argument`. */
export function parseMemberRole(text: string): MemberRole {
  const role = MEMBER_ROLES.find((known) => known === text);
  if (role !== undefined) return role;
  throw new ServerError(
    "invalid_argument",
    `The role is "${text}"; expected one of ${MEMBER_ROLES.join(", ")}`,
    { field: "role" },
  );
}

function parseDescription(text: string): string {
  const description = text.trim();
  if (description !== "" && description.length <= MAX_DESCRIPTION) return description;
  throw new ServerError(
    "invalid_argument",
    `A description has 1 to ${MAX_DESCRIPTION} characters; this one has ${description.length}`,
    { field: "description" },
  );
}
