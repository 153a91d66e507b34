/** A person or service account, with what the answer it came from said about it. */
import { parseInstantOrNull } from "../../core/dates.ts";
import { ValueError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { sessionOf } from "../../core/session.ts";
import type { Api } from "../../api.ts";
import type { ApiKeyFieldsFragment, UserFieldsFragment } from "../../generated/documents.ts";

import type { ApiKey, ApiKeyOptions, KeyOwner } from "./user-keys.ts";

/** What is known of a user; parts that the answer did not have are null. */
export type UserFields = Partial<UserFieldsFragment>;

/** A user. Mirrors `wandb.apis.public.User`. */
export class User {
  /** Global id; null when the user came as the author of a run. */
  readonly id: string | null;
  /** Name to show. */
  readonly name: string | null;
  /** Login name. */
  readonly username: string | null;
  /** E-mail address. */
  readonly email: string | null;
  /** Whether the user administers the server. */
  readonly admin: boolean | null;
  /** Client flags as JSON text. */
  readonly flags: string | null;
  /** The entity that the user's runs go to by default. */
  readonly entity: string | null;
  /** When the account was deleted. */
  readonly deletedAt: Date | null;
  /** The same instant as the server wrote it. */
  readonly deletedAtText: string | null;
  /** Names of the user's teams; empty when they were not loaded. */
  readonly teams: readonly string[];
  readonly #service: Service;
  readonly #keys: ApiKeyFieldsFragment[];
  readonly #isCaller: boolean;

  /** `isCaller` says that this is the user whose key is in use. @default false */
  constructor(
    service: Service,
    fields: UserFields,
    { isCaller = false }: { readonly isCaller?: boolean } = {},
  ) {
    this.#service = service;
    this.#isCaller = isCaller;
    this.id = fields.id ?? null;
    this.name = fields.name ?? null;
    this.username = fields.username ?? null;
    this.email = fields.email ?? null;
    this.admin = fields.admin ?? null;
    this.flags = fields.flags ?? null;
    this.entity = fields.entity ?? null;
    this.deletedAtText = fields.deletedAt ?? null;
    this.deletedAt = parseInstantOrNull(this.deletedAtText, "user.deletedAt");
    this.teams = namesOf(fields.teams);
    this.#keys = (fields.apiKeys?.edges ?? []).map(({ node }) => node).filter((node) => node !== null);
  }

  /** The user's API keys as the server lists them, which may be masks; empty when they were not loaded. */
  get apiKeys(): readonly string[] {
    return this.#keys.map(({ name }) => name);
  }

  /**
   * A new `Api` with the key of the `Api` that loaded this user, or null when that one has no key. Mirrors `user_api`:
   * it acts for the caller, not for this user.
   */
  get userApi(): Api | null {
    return this.#service.apiKey === null ? null : this.#service.createApi();
  }

  /**
   * Creates a user account. Needs an administrator's key. Mirrors `User.create`.
   *
   * @throws {PermissionError} when the caller is no administrator.
   */
  static async create(
    api: Api,
    email: string,
    options: ReadOptions & { readonly admin?: boolean } = {},
  ): Promise<User> {
    const service = await sessionOf(api).service();
    const { createUser } = await import("./user-keys.ts");
    return new User(service, await createUser(service, email, options));
  }

  /**
   * Creates an API key for this user and returns its text, which the server tells only once. Mirrors `generate_api_key`,
   * which makes a key for the caller whoever the user is, and returns None on failure; this throws.
   *
   * @throws {PermissionError} when the caller may not make keys for the user, or asks for more than the key in use may.
   * @throws {UnsupportedError} for limits, or for another user, when the server has no `STEELYARD_API_KEY_LIMITS`.
   */
  async generateApiKey(description?: string, options: ApiKeyOptions = {}): Promise<string> {
    const { generateKey } = await import("./user-keys.ts");
    const key = await generateKey(this.#service, this.#owner(), description ?? null, options);
    this.#keys.push(key);
    return key.name;
  }

  /**
   * The user's API keys with what they may do. Python knows their names only.
   *
   * @throws {UnsupportedError} when the server has no `STEELYARD_API_KEY_LIMITS`.
   */
  async keys(options: ReadOptions = {}): Promise<readonly ApiKey[]> {
    const { listKeys } = await import("./user-keys.ts");
    return listKeys(this.#service, this.#owner(), options);
  }

  /**
   * Deletes one of the user's API keys, named as in {@link apiKeys}. False when the server says that it did not.
   * Mirrors `delete_api_key`, which returns True in that case as well.
   *
   * @throws {ValueError} when the user has no key of that name.
   */
  async deleteApiKey(apiKey: string, options: ReadOptions = {}): Promise<boolean> {
    const index = this.#keys.findIndex(({ name }) => name === apiKey);
    const key = this.#keys[index];
    if (key === undefined) throw new ValueError("The user has no such API key; see user.apiKeys");
    const { deleteKey } = await import("./user-keys.ts");
    if (!(await deleteKey(this.#service, key.id, options))) return false;
    this.#keys.splice(index, 1);
    return true;
  }

  #owner(): KeyOwner {
    return { id: this.id, username: this.username, isCaller: this.#isCaller };
  }
}

function namesOf(teams: UserFields["teams"]): string[] {
  return (teams?.edges ?? []).map(({ node }) => node?.name).filter((name) => name !== undefined);
}
