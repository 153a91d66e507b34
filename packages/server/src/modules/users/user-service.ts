/** Accounts: who may see, make, change and delete them. */
import { ProtocolError, validateEntityName } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { IdSource } from "../../ports/id-source.ts";
import type { Access } from "../access/access.ts";
import type { Caller, UserCaller } from "../access/caller.ts";
import type { EntityStore } from "../entities/entity-store.ts";
import type { ApiKeyIssuer } from "./api-key-issuer.ts";
import { hashApiKey, parseApiKeyText } from "./api-key-text.ts";
import type { AuthenticationService } from "./authentication-service.ts";
import { hashPassword, parsePassword } from "./password.ts";
import { SALT_BYTES } from "./sign-in.ts";
import type { User } from "./user.ts";
import type { UserStore } from "./user-store.ts";

/** What the service is built from. */
export interface UserServiceParts {
  readonly users: UserStore;
  readonly entities: EntityStore;
  readonly access: Access;
  readonly authentication: AuthenticationService;
  readonly issuer: ApiKeyIssuer;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** An account as an operator states it; what is undefined is left alone. */
export interface UserPut {
  readonly username: string;
  readonly email?: string | undefined;
  readonly admin?: boolean | undefined;
  readonly password?: string | undefined;
  /** An existing key to bring along. */
  readonly apiKey?: string | undefined;
}

const MAX_SAME_NAMES = 1000;

/** Reads and changes accounts. */
export class UserService {
  readonly #users: UserStore;
  readonly #entities: EntityStore;
  readonly #access: Access;
  readonly #authentication: AuthenticationService;
  readonly #clock: Clock;
  readonly #ids: IdSource;
  readonly #issuer: ApiKeyIssuer;

  constructor(parts: UserServiceParts) {
    this.#users = parts.users;
    this.#entities = parts.entities;
    this.#access = parts.access;
    this.#authentication = parts.authentication;
    this.#clock = parts.clock;
    this.#ids = parts.ids;
    this.#issuer = parts.issuer;
  }

  /** The caller's account; undefined without credentials. */
  viewer(caller: Caller): User | undefined {
    return caller.kind === "user" ? caller.user : undefined;
  }

  /** The account behind something that the caller may see already; undefined when it was deleted. */
  authorOf(_caller: Caller, made: { readonly userId: number }): Promise<User | undefined> {
    return this.#users.find({ userId: made.userId });
  }

  /** The user of a personal entity that the caller may see already; undefined for other entities. */
  async ownerOf(
    _caller: Caller,
    entity: { readonly id: number; readonly name: string },
  ): Promise<User | undefined> {
    const user = await this.#users.find({ username: entity.name });
    return user?.entityId === entity.id ? user : undefined;
  }

  /** Whether the caller may see an account's e-mail address: its owner and administrators. */
  canSeePrivate(caller: Caller, user: User): boolean {
    return this.#access.isAdmin(caller) || (caller.kind === "user" && caller.user.id === user.id);
  }

  /**
   * Accounts whose login name or display name holds a text, or whose e-mail address it is, exact matches first and then
   * by username; all without a text. Of others only those who share a team or organization with the caller.
   *
   * @throws {ServerError} `unauthenticated`.
   */
  async search(caller: Caller, query: string | null): Promise<readonly User[]> {
    const self = this.#access.requireUser(caller);
    const text = query?.toLowerCase() ?? "";
    const isAll = this.#access.isAdmin(self);
    const known = isAll ? new Set<number>() : await this.#knownTo(self);
    return (await this.#users.list())
      .map((user) => ({ user, nearness: nearnessOf(user, text) }))
      .filter(({ user, nearness }) => nearness > 0 && (isAll || known.has(user.id)))
      .toSorted((a, b) => b.nearness - a.nearness)
      .map(({ user }) => user);
  }

  /** All accounts, by username. Administrators only. */
  async list(caller: Caller): Promise<readonly User[]> {
    this.#access.requireAdmin(caller);
    return this.#users.list();
  }

  /** The account of that name; undefined when there is none. Administrators only. */
  async findByName(caller: Caller, username: string): Promise<User | undefined> {
    this.#access.requireAdmin(caller);
    return this.#users.find({ username });
  }

  /**
   * Creates an account whose name is the e-mail address up to the @, with a number where that is taken or reserved.
   * Administrators only.
   *
   * @throws {ServerError} `invalid_argument` for an address or name that breaks a rule, `already_exists`.
   */
  async create(caller: Caller, request: { readonly email: string; readonly admin: boolean }): Promise<User> {
    this.#access.requireAdmin(caller);
    const email = parseEmail(request.email);
    return this.#create({ username: await this.#freeName(email), email, admin: request.admin });
  }

  /**
   * Makes an account as stated, and brings along its key. Administrators only.
   *
   * @throws {ServerError} `invalid_argument` naming the field, `already_exists` when a name, address or key is
   * another's, `conflict` when the last administrator would stop being one.
   */
  async put(caller: Caller, put: UserPut): Promise<{ readonly user: User; readonly created: boolean }> {
    this.#access.requireAdmin(caller);
    const apiKey = put.apiKey === undefined ? undefined : parseApiKeyText(put.apiKey);
    const password = put.password === undefined ? undefined : parsePassword(put.password);
    if (put.email !== undefined) parseEmail(put.email);
    if (apiKey !== undefined) await this.#requireFreeKey(apiKey, put.username);
    const existing = await this.#users.find({ username: put.username });
    const user = existing === undefined ? await this.#create(put) : await this.#change(existing, put);
    if (apiKey !== undefined)
      await this.#issuer.bring(user, apiKey, { description: "brought along by an operator" });
    if (password !== undefined) {
      const hash = await hashPassword(password, this.#ids.hex(SALT_BYTES));
      await this.#users.setPassword({ userId: user.id, hash });
    }
    this.#authentication.forget();
    return { user, created: existing === undefined };
  }

  /** Deletes an account; false when it was not there. Administrators only; `conflict` for the last administrator. */
  async delete(caller: Caller, username: string): Promise<boolean> {
    this.#access.requireAdmin(caller);
    const user = await this.#users.find({ username });
    if (user === undefined) return false;
    if (user.isAdmin) await this.#requireOtherAdmin(user);
    await this.#users.delete({ userId: user.id, deletedAt: this.#clock.now() });
    this.#authentication.forget();
    return true;
  }

  /** The caller and those in the same teams and organizations; a key for one project names nobody else. */
  async #knownTo({ user, onlyProjectId }: UserCaller): Promise<ReadonlySet<number>> {
    const { id: userId } = user;
    if (onlyProjectId !== null) return new Set([userId]);
    const teams = await this.#entities.teamsOf({ userId });
    const organizations = await this.#entities.organizationsOf({ userId });
    const members = await Promise.all([
      ...teams.map(({ id: entityId }) => this.#entities.teamMembers({ entityId })),
      ...organizations.map(({ id: organizationId }) =>
        this.#entities.organizationMembers({ organizationId }),
      ),
    ]);
    return new Set([userId, ...members.flat().map((member) => member.userId)]);
  }

  async #freeName(email: string): Promise<string> {
    const name = email.slice(0, email.indexOf("@")).replace(/[^\p{L}\p{N}._+-]/gu, "-");
    for (let number = 1; number <= MAX_SAME_NAMES; number += 1) {
      const username = number === 1 ? name : `${name}-${number}`;
      const isFree = isEntityName(username) && (await this.#entities.find({ name: username })) === undefined;
      if (isFree) return username;
    }
    throw new ServerError("already_exists", `The names "${name}", "${name}-2", … are taken`, {
      field: "email",
    });
  }

  async #create(put: UserPut): Promise<User> {
    const user = await this.#users.create({
      username: validateEntityName(put.username),
      name: put.username,
      email: put.email ?? null,
      isAdmin: put.admin ?? false,
      accountType: "USER",
      createdAt: this.#clock.now(),
    });
    // With a single organization there is no choice to make; with several an operator says who belongs where.
    const [organization, ...others] = await this.#entities.listOrganizations();
    if (organization !== undefined && others.length === 0) {
      await this.#entities.joinOrganization({
        organizationId: organization.id,
        userId: user.id,
        role: "member",
      });
    }
    return user;
  }

  async #change(user: User, put: UserPut): Promise<User> {
    if (user.isAdmin && put.admin === false) await this.#requireOtherAdmin(user);
    return this.#users.update({
      userId: user.id,
      ...(put.email !== undefined && { email: put.email }),
      ...(put.admin !== undefined && { isAdmin: put.admin }),
    });
  }

  async #requireOtherAdmin(user: User): Promise<void> {
    const users = await this.#users.list();
    if (users.some((other) => other.isAdmin && other.id !== user.id)) return;
    throw new ServerError("conflict", `"${user.username}" is the only administrator; make another one first`);
  }

  /** Refused before anything is changed, so that a refused request leaves nothing behind. */
  async #requireFreeKey(text: string, username: string): Promise<void> {
    const holder = await this.#users.findKey({ hash: hashApiKey(text) });
    if (holder === undefined) return;
    const owner = await this.#users.find({ username });
    if (owner?.id === holder.user.id) return;
    throw new ServerError("already_exists", "Another user has this API key", { field: "apiKey" });
  }
}

/** 3 for the very name or address, 2 for a name that begins with the text, 1 for one that holds it, 0 otherwise. */
function nearnessOf({ username, name, email }: User, text: string): number {
  const names = [username.toLowerCase(), name.toLowerCase()];
  if (names[0] === text || email?.toLowerCase() === text) return 3;
  if (names.some((each) => each.startsWith(text))) return 2;
  return names.some((each) => each.includes(text)) ? 1 : 0;
}

/** An e-mail address. Throws `invalid_argument`. */
export function parseEmail(email: string): string {
  if (/^[^\s@]+@[^\s@]+$/.test(email) && email.length <= 254) return email;
  throw new ServerError("invalid_argument", `"${email.slice(0, 254)}" is not an e-mail address`, {
    field: "email",
  });
}

function isEntityName(name: string): boolean {
  try {
    validateEntityName(name);
    return true;
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}
