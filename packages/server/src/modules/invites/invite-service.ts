/**
 * Invitations: a link that lets its holder in once, into a team or only onto the server. Who belongs to the team's
 * organization already joins at once. The secret of a link is told to who makes it, and mailed where there is a mail
 * server; what is stored is its hash.
 */
import { createHash } from "node:crypto";
import { invitePath } from "@steelyard/protocol";
import { ServerError, isCodedError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { IdSource } from "../../ports/id-source.ts";
import type { Mail, Mailer } from "../../ports/mailer.ts";
import { missingEntity } from "../access/access.ts";
import type { Access } from "../access/access.ts";
import type { Caller, UserCaller } from "../access/caller.ts";
import type { Entity, MemberRole } from "../entities/entity.ts";
import type { EntityService } from "../entities/entity-service.ts";
import type { EntityStore } from "../entities/entity-store.ts";
import { parseMemberRole } from "../teams/team-service.ts";
import type { AuthenticationService } from "../users/authentication-service.ts";
import type { User } from "../users/user.ts";
import { parseEmail } from "../users/user-service.ts";
import type { UserStore } from "../users/user-store.ts";
import { inviteMail, joinedMail } from "./invite-mail.ts";
import type { Invite, ShownInvite } from "./invite.ts";
import type { InviteStore } from "./invite-store.ts";

/** What the service is built from. */
export interface InviteServiceParts {
  readonly invites: InviteStore;
  readonly users: UserStore;
  readonly entities: EntityStore;
  readonly entityService: EntityService;
  readonly access: Access;
  readonly authentication: AuthenticationService;
  readonly clock: Clock;
  readonly ids: IdSource;
  /** @default links are handed on by hand */
  readonly mailer?: Mailer | undefined;
}

/** Whom to invite to what. */
export interface InviteRequest {
  /** Name of the team; null for the server alone. */
  readonly teamName: string | null;
  /** Either of the two. */
  readonly email: string | null;
  readonly username: string | null;
  readonly role: string;
  /** Under which the link is. */
  readonly baseUrl: string;
}

/** What became of it. */
export interface InviteOutcome extends MailOutcome {
  readonly invite: ShownInvite;
  /** Told now and never again; null when the user joined at once. */
  readonly link: string | null;
}

interface MailOutcome {
  readonly isMailed: boolean;
  /** Why no e-mail went out although there is a mail server and an address; null when none was to. */
  readonly mailProblem: string | null;
}

const TOKEN_BYTES = 32;
const VALID_MS = 7 * 24 * 60 * 60_000;
const NOT_MAILED: MailOutcome = { isMailed: false, mailProblem: null };

/** The hash under which a link's secret is known. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** Makes, lists, renews and withdraws invitations. */
export class InviteService {
  readonly #parts: InviteServiceParts;

  constructor(parts: InviteServiceParts) {
    this.#parts = parts;
  }

  /** Open invitations, oldest first: of a team for its administrators, all for the server's. Throws as `create`. */
  async list(caller: Caller, teamName: string | null): Promise<readonly Invite[]> {
    const team = await this.#requirePlace(caller, teamName);
    return this.#parts.invites.list({ entityId: team?.id, now: this.#parts.clock.now() });
  }

  /** The team of an invitation that the caller may see; undefined for one to the server alone. */
  async teamOf(_caller: Caller, invite: Invite): Promise<Entity | undefined> {
    return invite.entityId === null ? undefined : this.#parts.entities.find({ entityId: invite.entityId });
  }

  /** The account that an invitation is for; undefined when there is none yet. */
  async userOf(_caller: Caller, invite: Invite): Promise<User | undefined> {
    return invite.userId === null ? undefined : this.#parts.users.find({ userId: invite.userId });
  }

  /**
   * Invites somebody. Administrators of the team; of the server where no team is named.
   *
   * @throws {ServerError} `unauthenticated`, `permission_denied`, `not_found` for the team or a login name that its
   *   organization does not know, `already_exists` for members and open invitations, `invalid_argument`.
   */
  async create(caller: Caller, request: InviteRequest): Promise<InviteOutcome> {
    const team = await this.#requirePlace(caller, request.teamName);
    const inviter = this.#parts.access.requireUser(caller);
    const role = parseMemberRole(request.role);
    const user = await this.#known(inviter, team, request);
    if (team !== undefined && user !== undefined)
      return this.#join(inviter, { ...request, team, user, role });
    const token = this.#parts.ids.hex(TOKEN_BYTES);
    const now = this.#parts.clock.now();
    const invite = await this.#parts.invites.create({
      tokenHash: hashToken(token),
      email: request.email === null ? (user?.email ?? null) : parseEmail(request.email),
      userId: user?.id ?? null,
      entityId: team?.id ?? null,
      role,
      createdByUserId: inviter.user.id,
      createdAt: now,
      expiresAt: toEnd(now),
    });
    return this.#sendLink(inviter, { invite, team, token, baseUrl: request.baseUrl });
  }

  /**
   * Makes a new link for an invitation; the old one is void, and its time starts anew.
   *
   * @throws {ServerError} `unauthenticated`, `permission_denied`, `not_found`.
   */
  async renew(caller: Caller, inviteId: number, baseUrl: string): Promise<InviteOutcome> {
    const known = await this.#require(caller, inviteId);
    const inviter = this.#parts.access.requireUser(caller);
    const token = this.#parts.ids.hex(TOKEN_BYTES);
    const expiresAt = toEnd(this.#parts.clock.now());
    const invite = await this.#parts.invites.renew({ inviteId, tokenHash: hashToken(token), expiresAt });
    if (invite === undefined) throw missingInvite();
    return this.#sendLink(inviter, { invite, team: await this.teamOf(caller, known), token, baseUrl });
  }

  /** Withdraws an invitation: its link is void. Throws `unauthenticated`, `permission_denied`, `not_found`. */
  async withdraw(caller: Caller, inviteId: number): Promise<boolean> {
    await this.#require(caller, inviteId);
    return this.#parts.invites.delete({ inviteId });
  }

  async #require(caller: Caller, inviteId: number): Promise<Invite> {
    this.#parts.access.requireScope(caller, "admin");
    const invite = await this.#parts.invites.find({ inviteId, now: this.#parts.clock.now() });
    if (invite === undefined) throw missingInvite();
    const team = await this.teamOf(caller, invite);
    if (team === undefined) this.#parts.access.requireAdmin(caller);
    // Strangers are not told which numbers there are.
    else if (!(await this.#parts.access.canAdministerEntity(caller, team))) throw missingInvite();
    return invite;
  }

  async #requirePlace(caller: Caller, teamName: string | null): Promise<Entity | undefined> {
    if (teamName === null) {
      this.#parts.access.requireAdmin(caller);
      return undefined;
    }
    this.#parts.access.requireUser(caller);
    const team = await this.#parts.entityService.require(caller, teamName);
    if (team.kind !== "team") throw missingEntity(teamName);
    await this.#parts.access.requireEntityAdmin(caller, team);
    return team;
  }

  /**
   * The account that is meant. Of others than the team's organization only administrators of the server learn that they
   * are there: an address of theirs is invited as if there were no account.
   */
  async #known(
    inviter: UserCaller,
    team: Entity | undefined,
    { email, username }: InviteRequest,
  ): Promise<User | undefined> {
    if ((email === null) === (username === null)) {
      throw new ServerError("invalid_argument", "Name either a username or an email", { field: "username" });
    }
    const { users, access } = this.#parts;
    const user =
      email === null ? await users.find({ username: username ?? "" }) : await users.find({ email });
    const isKnown = user !== undefined && (access.isAdmin(inviter) || (await this.#isColleague(user, team)));
    if (isKnown && user.accountType === "USER") return user;
    if (email !== null && user?.accountType !== "SERVICE") return undefined;
    throw new ServerError("not_found", `There is no user "${username ?? email ?? ""}"`, {
      field: username === null ? "email" : "username",
    });
  }

  async #isColleague(user: User, team: Entity | undefined): Promise<boolean> {
    const organizations = await this.#parts.entities.organizationsOf({ userId: user.id });
    return organizations.some(({ id }) => id === team?.organizationId);
  }

  async #join(
    inviter: UserCaller,
    request: {
      readonly team: Entity;
      readonly user: User;
      readonly role: MemberRole;
      readonly baseUrl: string;
    },
  ): Promise<InviteOutcome> {
    const { team, user, role, baseUrl } = request;
    const members = await this.#parts.entities.teamMembers({ entityId: team.id });
    if (members.some(({ userId }) => userId === user.id)) {
      throw new ServerError("already_exists", `"${user.username}" is in "${team.name}" already`);
    }
    await this.#parts.entities.putTeamMember({ entityId: team.id, userId: user.id, role });
    this.#parts.authentication.forget();
    const to = user.email;
    const mailed =
      to === null
        ? NOT_MAILED
        : await this.#mail(joinedMail({ to, inviter: inviter.user.name, team: team.name, baseUrl }));
    const joinedAt = this.#parts.clock.now();
    return { invite: { kind: "joined", user, team, role, joinedAt }, link: null, ...mailed };
  }

  async #sendLink(
    inviter: UserCaller,
    request: {
      readonly invite: Invite;
      readonly team: Entity | undefined;
      readonly token: string;
      readonly baseUrl: string;
    },
  ): Promise<InviteOutcome> {
    const { invite, team, token, baseUrl } = request;
    const link = `${baseUrl}${invitePath(token)}`;
    const { email: to, expiresAt } = invite;
    const parts = { inviter: inviter.user.name, team: team?.name ?? null, link, expiresAt };
    const mailed = to === null ? NOT_MAILED : await this.#mail(inviteMail({ to, ...parts }));
    return { invite: { kind: "invited", invite }, link, ...mailed };
  }

  /** The link is there whatever becomes of the message, so its failure is told and not thrown. */
  async #mail(mail: Mail): Promise<MailOutcome> {
    if (this.#parts.mailer === undefined) return NOT_MAILED;
    try {
      await this.#parts.mailer.send(mail);
      return { isMailed: true, mailProblem: null };
    } catch (error) {
      if (!isCodedError(error, "unavailable")) throw error;
      return { isMailed: false, mailProblem: error.message };
    }
  }
}

function toEnd(now: string): string {
  return new Date(Date.parse(now) + VALID_MS).toISOString();
}

function missingInvite(): ServerError {
  return new ServerError("not_found", "There is no such invitation, or its time is over");
}
