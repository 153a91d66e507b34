/** Who knows the password of an account: slow to guess, and as slow for accounts that are not there. */
import type { Clock } from "../../ports/clock.ts";
import type { IdSource } from "../../ports/id-source.ts";
import { AttemptLimiter } from "./attempt-limiter.ts";
import { hashPassword, verifyPassword } from "./password.ts";
import type { User } from "./user.ts";
import type { UserStore } from "./user-store.ts";

/** What somebody typed. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Bytes of the random salt of a password. */
export const SALT_BYTES = 16;

/** Checks passwords. */
export class SignIn {
  readonly #users: UserStore;
  readonly #ids: IdSource;
  readonly #attempts: AttemptLimiter;
  /** What a password is compared with when there is no account, so that the answer takes as long. */
  #decoy: Promise<string> | undefined;

  constructor(parts: { readonly users: UserStore; readonly clock: Clock; readonly ids: IdSource }) {
    this.#users = parts.users;
    this.#ids = parts.ids;
    this.#attempts = new AttemptLimiter(parts);
  }

  /**
   * The account whose password it is; undefined when username and password do not belong together. `address` is the
   * network address that the attempt counts for.
   *
   * @throws {ServerError} `resource_exhausted` after too many attempts.
   */
  async check({ username, password }: Credentials, address: string): Promise<User | undefined> {
    const attempt = { address, username };
    this.#attempts.attempt(attempt);
    this.#decoy ??= hashPassword(this.#ids.hex(SALT_BYTES), this.#ids.hex(SALT_BYTES));
    const user = await this.#users.find({ username });
    const stored = user === undefined ? undefined : await this.#users.findPassword({ userId: user.id });
    const isRight = await verifyPassword(password, stored ?? (await this.#decoy));
    if (!isRight || user === undefined || stored === undefined) return undefined;
    this.#attempts.succeed(attempt);
    return user;
  }
}
