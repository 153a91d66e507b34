/**
 * Who stands behind an API key. Answers are kept for a moment, because every request asks; any change of an account
 * or a key made through this process forgets them at once.
 */
import { ServerError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Caller, UserCaller } from "../access/caller.ts";
import { ANONYMOUS } from "../access/caller.ts";
import type { ApiKey } from "./api-key.ts";
import { hashApiKey } from "./api-key-text.ts";
import type { User } from "./user.ts";
import type { UserStore } from "./user-store.ts";

const MAX_REMEMBERED = 1000;
const REMEMBERED_MS = 5000;

interface Remembered {
  readonly key: ApiKey;
  readonly user: User;
  /** ISO 8601, as the clock tells it. */
  readonly until: string;
}

/** Turns API keys into callers. */
export class AuthenticationService {
  readonly #users: UserStore;
  readonly #clock: Clock;
  readonly #remembered: Map<string, Remembered> = new Map();
  #generation = 0;

  constructor(parts: { readonly users: UserStore; readonly clock: Clock }) {
    this.#users = parts.users;
    this.#clock = parts.clock;
  }

  /** The caller of a key; the anonymous one without a key. Throws `unauthenticated` for an unknown or expired key. */
  async authenticate(apiKey: string | undefined): Promise<Caller> {
    if (apiKey === undefined) return ANONYMOUS;
    const found = await this.#find(hashApiKey(apiKey));
    if (found === undefined) throw new ServerError("unauthenticated", "The API key is not valid");
    if (found.key.expiresAt !== null && found.key.expiresAt <= this.#clock.now()) {
      throw new ServerError("unauthenticated", "The API key has expired");
    }
    return toCaller(found.key, found.user);
  }

  /** Makes the next request of every key look it up again; called after any change of accounts or keys. */
  forget(): void {
    this.#generation += 1;
    this.#remembered.clear();
  }

  async #find(hash: string): Promise<{ readonly key: ApiKey; readonly user: User } | undefined> {
    const now = this.#clock.now();
    const remembered = this.#remembered.get(hash);
    if (remembered !== undefined && now < remembered.until) return remembered;
    const generation = this.#generation;
    const found = await this.#users.findKey({ hash });
    // A change while we were reading may have overtaken what we read.
    if (found !== undefined && generation === this.#generation) {
      if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
      const until = new Date(Date.parse(now) + REMEMBERED_MS).toISOString();
      this.#remembered.set(hash, { ...found, until });
    }
    return found;
  }
}

function toCaller(key: ApiKey, user: User): UserCaller {
  return { kind: "user", user, scope: key.scope, onlyProjectId: key.projectId, expiresAt: key.expiresAt };
}
