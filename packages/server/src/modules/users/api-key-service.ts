/** API keys: who may see, make and delete which. No key is made that can do more than the one in use. */
import { decodeGlobalId, isApiKey } from "@steelyard/protocol";
import { ServerError, isCodedError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Access } from "../access/access.ts";
import type { Caller, UserCaller } from "../access/caller.ts";
import type { EntityStore } from "../entities/entity-store.ts";
import type { Project } from "../projects/project.ts";
import type { ProjectAddress, ProjectService } from "../projects/project-service.ts";
import { API_KEY_SCOPES } from "./api-key.ts";
import type { ApiKey, ApiKeyScope } from "./api-key.ts";
import type { ApiKeyIssuer, ApiKeyLimits, GeneratedApiKey } from "./api-key-issuer.ts";
import { hashApiKey } from "./api-key-text.ts";
import type { AuthenticationService } from "./authentication-service.ts";
import type { Credentials, SignIn } from "./sign-in.ts";
import type { User } from "./user.ts";
import type { UserStore } from "./user-store.ts";

/** What the service is built from. */
export interface ApiKeyServiceParts {
  readonly users: UserStore;
  readonly entities: EntityStore;
  readonly access: Access;
  readonly projects: ProjectService;
  readonly authentication: AuthenticationService;
  readonly issuer: ApiKeyIssuer;
  readonly signIn: SignIn;
  readonly clock: Clock;
}

/** A key that somebody wants; what is null or absent is as with the key in use. */
export interface ApiKeyRequest {
  readonly description: string | null;
  /** Whose key it is to be. @default the caller's */
  readonly username?: string | null | undefined;
  readonly scope?: string | null | undefined;
  readonly expiresAt?: string | null | undefined;
  /** The only project that it may touch. */
  readonly project?: ProjectAddress | null | undefined;
}

const MAX_DESCRIPTION = 1000;

/** Reads, makes and deletes keys. */
export class ApiKeyService {
  readonly #parts: ApiKeyServiceParts;

  constructor(parts: ApiKeyServiceParts) {
    this.#parts = parts;
  }

  /** A user's keys, oldest first, for those who may manage them; undefined for others. */
  async list(caller: Caller, user: User): Promise<readonly ApiKey[] | undefined> {
    return (await this.#canSee(caller, user)) ? this.#parts.users.listKeys({ userId: user.id }) : undefined;
  }

  /** The only project of a key; undefined when there is no limit, or the caller may not see the project. */
  async projectOf(caller: Caller, key: ApiKey): Promise<Project | undefined> {
    return key.projectId === null ? undefined : this.#parts.projects.findById(caller, key.projectId);
  }

  /**
   * Makes a key that can do no more and live no longer than the key in use. One for another user is made by
   * administrators, for a service account also by those of its team.
   *
   * @throws {ServerError} `unauthenticated`, `permission_denied`, `not_found` for user or project, `invalid_argument`
   *   naming the field.
   */
  async generate(caller: Caller, request: ApiKeyRequest): Promise<GeneratedApiKey> {
    const maker = this.#parts.access.requireScope(caller, "write");
    const user = await this.#owner(maker, request.username ?? null);
    const limits = await this.checkLimits(maker, request);
    return this.#parts.issuer.issue(user, limits);
  }

  /**
   * Reads what a new key may do.
   *
   * @throws {ServerError} `permission_denied` for more than the key in use may, `not_found` for the project,
   *   `invalid_argument`.
   */
  async checkLimits(caller: UserCaller, request: ApiKeyRequest): Promise<ApiKeyLimits> {
    const description = request.description ?? null;
    if (description !== null && description.length > MAX_DESCRIPTION) {
      throw invalid("description", `A description has at most ${MAX_DESCRIPTION} characters`);
    }
    const project = request.project ?? null;
    return {
      description,
      scope: this.#scope(caller, request.scope ?? null),
      expiresAt: this.#expiry(caller, request.expiresAt ?? null),
      projectId:
        project === null ? caller.onlyProjectId : (await this.#parts.projects.require(caller, project)).id,
    };
  }

  /**
   * Makes a key for whoever knows the password; undefined when username and password do not belong together.
   *
   * @throws {ServerError} `resource_exhausted` after too many attempts from that network address.
   */
  async generateByPassword(credentials: Credentials, address: string): Promise<GeneratedApiKey | undefined> {
    const user = await this.#parts.signIn.check(credentials, address);
    return user && this.#parts.issuer.issue(user, { description: "made with a password" });
  }

  /**
   * Deletes a key, named by its global id, its mask or its full text; false when there is none that the caller may
   * delete. Masks name the caller's own keys only.
   *
   * @throws {ServerError} `unauthenticated`, `permission_denied` for a key that may not write, `conflict` when several
   *   keys have that mask.
   */
  async delete(caller: Caller, name: string): Promise<boolean> {
    const user = this.#parts.access.requireScope(caller, "write");
    const key = await this.#find(user, name);
    if (key === undefined) return false;
    const isDeleted = await this.#parts.users.deleteKey({ userId: key.userId, keyId: key.id });
    this.#parts.authentication.forget();
    return isDeleted;
  }

  /** Oneself, administrators of the server, and of the team of a service account. */
  async #canSee(caller: Caller, user: User): Promise<boolean> {
    if (caller.kind === "user" && caller.user.id === user.id) return true;
    return this.#canManage(caller, user);
  }

  async #canManage(caller: Caller, user: User): Promise<boolean> {
    const { access, entities } = this.#parts;
    if (access.isAdmin(caller)) return true;
    if (user.accountType !== "SERVICE") return false;
    const team = await entities.find({ entityId: user.defaultEntityId });
    return team !== undefined && access.canAdministerEntity(caller, team);
  }

  async #owner(maker: UserCaller, username: string | null): Promise<User> {
    if (username === null || username.toLowerCase() === maker.user.username.toLowerCase()) return maker.user;
    const user = await this.#parts.users.find({ username });
    if (user !== undefined && (await this.#canManage(maker, user))) return user;
    // Who may not make it one is not told whether there is such a user.
    if (user === undefined && this.#parts.access.isAdmin(maker)) {
      throw new ServerError("not_found", `User "${username}" not found`, { field: "username" });
    }
    throw new ServerError("permission_denied", `You may not make keys for "${username}"`, {
      field: "username",
    });
  }

  #scope(caller: UserCaller, wanted: string | null): ApiKeyScope {
    if (wanted === null) return caller.scope;
    const scope = API_KEY_SCOPES.find((known) => known === wanted);
    if (scope === undefined) {
      throw invalid("scope", `The scope is "${wanted}"; expected one of ${API_KEY_SCOPES.join(", ")}`);
    }
    this.#parts.access.requireScope(caller, scope);
    return scope;
  }

  #expiry(caller: UserCaller, wanted: string | null): string | null {
    const latest = caller.expiresAt ?? null;
    if (wanted === null) return latest;
    if (wanted <= this.#parts.clock.now()) throw invalid("expiresAt", "expiresAt is not in the future");
    if (latest === null || wanted <= latest) return wanted;
    throw new ServerError("permission_denied", `A key cannot outlive the key that makes it (${latest})`, {
      field: "expiresAt",
    });
  }

  async #find(caller: UserCaller, name: string): Promise<ApiKey | undefined> {
    const keys = await this.#parts.users.listKeys({ userId: caller.user.id });
    const masked = keys.filter((key) => key.mask === name);
    if (masked.length > 1) {
      throw new ServerError("conflict", "Several of your keys look like this; name one by its id");
    }
    if (masked[0] !== undefined) return masked[0];
    const keyId = readKeyId(name);
    const found = await this.#parts.users.findKey(
      keyId === undefined ? { hash: hashApiKey(name) } : { keyId },
    );
    if (found === undefined) return undefined;
    const isOwn = found.user.id === caller.user.id;
    return isOwn || (await this.#canManage(caller, found.user)) ? found.key : undefined;
  }
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

function invalid(field: string, message: string): ServerError {
  return new ServerError("invalid_argument", message, { field });
}
