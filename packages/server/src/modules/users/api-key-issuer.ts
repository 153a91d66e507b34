/** Makes keys for accounts; whoever calls it has judged already whether that is allowed. */
import type { Clock } from "../../ports/clock.ts";
import type { IdSource } from "../../ports/id-source.ts";
import type { ApiKey, ShownApiKey } from "./api-key.ts";
import { generateApiKeyText, hashApiKey, maskApiKey } from "./api-key-text.ts";
import type { User } from "./user.ts";
import type { NewApiKey, UserStore } from "./user-store.ts";

/** What a key is for and what it may do. @default everything, for ever */
export type ApiKeyLimits = Partial<Pick<NewApiKey, "description" | "scope" | "projectId" | "expiresAt">>;

/** A key that was just made: the only time that its text is known. */
export interface GeneratedApiKey extends ShownApiKey {
  readonly text: string;
}

/** Stores keys as hashes and masks. */
export class ApiKeyIssuer {
  readonly #users: UserStore;
  readonly #clock: Clock;
  readonly #ids: IdSource;

  constructor(parts: { readonly users: UserStore; readonly clock: Clock; readonly ids: IdSource }) {
    this.#users = parts.users;
    this.#clock = parts.clock;
    this.#ids = parts.ids;
  }

  /** A new key of an account. */
  async issue(user: User, limits: ApiKeyLimits): Promise<GeneratedApiKey> {
    const text = generateApiKeyText(this.#ids);
    return { key: await this.bring(user, text, limits), text };
  }

  /** Stores a key that clients know already; the same user's same key is kept. Throws `already_exists` for another's. */
  bring(user: User, text: string, limits: ApiKeyLimits): Promise<ApiKey> {
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
}
