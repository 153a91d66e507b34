/** Accounts and their API keys: who may see, make, change and delete them. */
import { decodeGlobalId, isApiKey, validateEntityName } from "@steelyard/protocol";
import { ServerError, isCodedError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { IdSource } from "../../ports/id-source.ts";
import type { Access } from "../access/access.ts";
import type { Caller, UserCaller } from "../access/caller.ts";
import type { EntityStore } from "../entities/entity-store.ts";
import type { ApiKey } from "./api-key.ts";
import { generateApiKeyText, hashApiKey, maskApiKey, parseApiKeyText } from "./api-key-text.ts";
import { AttemptLimiter } from "./attempt-limiter.ts";
import type { AuthenticationService } from "./authentication-service.ts";
import { hashPassword, parsePassword, verifyPassword } from "./password.ts";
import type { User } from "./user.ts";
import type { NewApiKey, UserStore } from "./user-store.ts";

/** What the service is built from. */
export interface UserServiceParts {
  readonly users: UserStore;
  readonly entities: EntityStore;
  readonly access: Access;
  readonly authentication: AuthenticationService;
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

/** A key that was just made: the only time that its text is known. */
export interface GeneratedApiKey {
  readonly key: ApiKey;
  readonly text: string;
}

const SALT_BYTES = 16;

/** Reads and changes accounts. */
export class UserService {
  readonly #users: UserStore;
  readonly #entities: EntityStore;
  readonly #access: Access;
  readonly #authentication: AuthenticationService;
  readonly #clock: Clock;
  readonly #ids: IdSource;
  readonly #attempts: AttemptLimiter;
  /** What a password is compared with when there is no account, so that the answer takes as long. */
  #decoy: Promise<string> | undefined;

  constructor(parts: UserServiceParts) {
    this.#users = parts.users;
    this.#entities = parts.entities;
    this.#access = parts.access;
    this.#authentication = parts.authentication;
    this.#clock = parts.clock;
    this.#ids = parts.ids;
    this.#attempts = new AttemptLimiter(parts);
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

  /** Whether the caller may see an account's e-mail address and keys: its owner and administrators. */
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
   * Creates an account whose name is the e-mail address up to the @. Administrators only.
   *
   * @throws {ServerError} `invalid_argument` for an address or name that breaks a rule, `already_exists`.
   */
  async create(caller: Caller, request: { readonly email: string; readonly admin: boolean }): Promise<User> {
    this.#access.requireAdmin(caller);
    const email = parseEmail(request.email);
    return this.#create({ username: email.slice(0, email.indexOf("@")), email, admin: request.admin });
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
      await this.#addKey(user, apiKey, { description: "brought along by an operator" });
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

  /** A user's keys, oldest first, for the user and for administrators; undefined for others. */
  async keys(caller: Caller, user: User): Promise<readonly ApiKey[] | undefined> {
    return this.canSeePrivate(caller, user) ? this.#users.listKeys({ userId: user.id }) : undefined;
  }

  /**
   * Makes a key for the caller that can do no more and live no longer than the key in use.
   *
   * @throws {ServerError} `unauthenticated`, or `permission_denied` with a key that may only read or append.
   */
  async generateApiKey(
    caller: Caller,
    request: { readonly description: string | null },
  ): Promise<GeneratedApiKey> {
    const user = this.#access.requireScope(caller, "write");
    return this.#generate(user, request.description);
  }

  /**
   * Makes a key for whoever knows the password; undefined when username and password do not belong together, which
   * takes as long to find out. `address` is the network address that the attempt counts for.
   *
   * @throws {ServerError} `resource_exhausted` after too many attempts.
   */
  async generateApiKeyByPassword(
    request: { readonly username: string; readonly password: string },
    address: string,
  ): Promise<GeneratedApiKey | undefined> {
    const attempt = { address, username: request.username };
    this.#attempts.attempt(attempt);
    this.#decoy ??= hashPassword(this.#ids.hex(SALT_BYTES), this.#ids.hex(SALT_BYTES));
    const user = await this.#users.find({ username: request.username });
    const stored = user === undefined ? undefined : await this.#users.findPassword({ userId: user.id });
    const isRight = await verifyPassword(request.password, stored ?? (await this.#decoy));
    if (!isRight || user === undefined || stored === undefined) return undefined;
    this.#attempts.succeed(attempt);
    const caller: UserCaller = { kind: "user", user, scope: "admin", onlyProjectId: null };
    return this.#generate(caller, "made with a password");
  }

  /**
   * Deletes a key, named by its global id, its mask or its full text; false when there is none. Administrators may
   * delete anybody's by id or text.
   *
   * @throws {ServerError} `unauthenticated`, `permission_denied` for a key that may not write, `conflict` when several
   * keys have that mask.
   */
  async deleteApiKey(caller: Caller, name: string): Promise<boolean> {
    const user = this.#access.requireScope(caller, "write");
    const key = await this.#findKey(user, name);
    if (key === undefined) return false;
    const isDeleted = await this.#users.deleteKey({ userId: key.userId, keyId: key.id });
    this.#authentication.forget();
    return isDeleted;
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

  async #generate(caller: UserCaller, description: string | null): Promise<GeneratedApiKey> {
    const text = generateApiKeyText(this.#ids);
    const key = await this.#addKey(caller.user, text, {
      description,
      scope: caller.scope,
      projectId: caller.onlyProjectId,
      expiresAt: caller.expiresAt ?? null,
    });
    return { key, text };
  }

  #addKey(user: User, text: string, limits: Partial<NewApiKey>): Promise<ApiKey> {
    return this.#users.addKey({
      userId: user.id,
      hash: hashApiKey(text),
      mask: maskApiKey(text),
      description: null,
      scope: "admin",
      projectId: null,
      expiresAt: null,
      createdAt: this.#clock.now(),
      ...limits,
    });
  }

  async #findKey(caller: UserCaller, name: string): Promise<ApiKey | undefined> {
    const keys = await this.#users.listKeys({ userId: caller.user.id });
    const masked = keys.filter((key) => key.mask === name);
    if (masked.length > 1) {
      throw new ServerError("conflict", "Several of your keys look like this; name one by its id");
    }
    if (masked[0] !== undefined) return masked[0];
    const keyId = readKeyId(name);
    const found = await this.#users.findKey(keyId === undefined ? { hash: hashApiKey(name) } : { keyId });
    const mayDelete = found?.user.id === caller.user.id || this.#access.isAdmin(caller);
    return mayDelete ? found?.key : undefined;
  }
}

/** 3 for the very name or address, 2 for a name that begins with the text, 1 for one that holds it, 0 otherwise. */
function nearnessOf({ username, name, email }: User, text: string): number {
  const names = [username.toLowerCase(), name.toLowerCase()];
  if (names[0] === text || email?.toLowerCase() === text) return 3;
  if (names.some((each) => each.startsWith(text))) return 2;
  return names.some((each) => each.includes(text)) ? 1 : 0;
}

/** The number in a key's global id; undefined for a text that is none, such as the key itself. */
function readKeyId(name: string): number | undefined {
  if (isApiKey(name)) return undefined;
  try {
    const { type, numbers } = decodeGlobalId(name);
    return type === "ApiKey" ? numbers[0] : undefined;
  } catch (error) {
    if (isCodedError(error, "invalid_argument")) return undefined;
    throw error;
  }
}

function parseEmail(email: string): string {
  if (/^[^\s@]+@[^\s@]+$/.test(email) && email.length <= 254) return email;
  throw new ServerError("invalid_argument", `"${email.slice(0, 254)}" is not an e-mail address`, {
    field: "email",
  });
}
