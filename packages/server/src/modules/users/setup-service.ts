/** What must be there before anybody can sign in: the first administrator with a key, and one organization. */
import { validateEntityName } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { IdSource } from "../../ports/id-source.ts";
import type { EntityStore } from "../entities/entity-store.ts";
import { generateApiKeyText, hashApiKey, maskApiKey, parseApiKeyText } from "./api-key-text.ts";
import type { User } from "./user.ts";
import type { UserStore } from "./user-store.ts";

/** What the service is built from. */
export interface SetupServiceParts {
  readonly users: UserStore;
  readonly entities: EntityStore;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** How the first administrator is to be. */
export interface SetupRequest {
  /** @default admin */
  readonly adminUsername?: string | undefined;
  /** A key to give to the administrator. @default a new one on the first start, none afterwards */
  readonly adminApiKey?: string | undefined;
}

/** What was set up. */
export interface SetupResult {
  readonly administrator: User;
  /** Only when it was made just now; it cannot be read again. */
  readonly newApiKey: string | undefined;
}

const ORGANIZATION = "steelyard";

/** Prepares an empty server, and does nothing to one that is prepared. */
export class SetupService {
  readonly #users: UserStore;
  readonly #entities: EntityStore;
  readonly #clock: Clock;
  readonly #ids: IdSource;

  constructor(parts: SetupServiceParts) {
    this.#users = parts.users;
    this.#entities = parts.entities;
    this.#clock = parts.clock;
    this.#ids = parts.ids;
  }

  /**
   * Makes what is missing.
   *
   * @throws {ServerError} `invalid_argument` for a name or key that breaks a rule, `already_exists` when the key or
   * name belongs to somebody else.
   */
  async prepare(request: SetupRequest): Promise<SetupResult> {
    const givenKey = request.adminApiKey === undefined ? undefined : parseApiKeyText(request.adminApiKey);
    const administrator = await this.#administrator(request.adminUsername);
    await this.#organization(administrator);
    const keys = await this.#users.listKeys({ userId: administrator.id });
    if (givenKey !== undefined) {
      await this.#addKey(administrator, givenKey);
      return { administrator, newApiKey: undefined };
    }
    if (keys.length > 0) return { administrator, newApiKey: undefined };
    const newApiKey = generateApiKeyText(this.#ids);
    await this.#addKey(administrator, newApiKey);
    return { administrator, newApiKey };
  }

  /** The administrator of that name; without a name, any there is before a new one is made. */
  async #administrator(username: string | undefined): Promise<User> {
    const named = await this.#users.find({ username: username ?? "admin" });
    if (named?.isAdmin === true) return named;
    if (named !== undefined && username !== undefined) {
      throw new ServerError("conflict", `The user "${username}" is there and is not an administrator`, {
        field: "adminUsername",
      });
    }
    const administrators = (await this.#users.list()).filter((user) => user.isAdmin);
    const [oldest] = administrators.sort((a, b) => a.id - b.id);
    if (oldest !== undefined && username === undefined) return oldest;
    const name = validateEntityName(username ?? "admin");
    return this.#users.create({
      username: name,
      name,
      email: null,
      isAdmin: true,
      accountType: "USER",
      createdAt: this.#clock.now(),
    });
  }

  async #organization(administrator: User): Promise<void> {
    if ((await this.#entities.listOrganizations()).length > 0) return;
    const users = await this.#users.list();
    await this.#entities.putOrganization({
      name: ORGANIZATION,
      members: users.map((user) => ({
        userId: user.id,
        role: user.id === administrator.id ? "admin" : "member",
      })),
      createdAt: this.#clock.now(),
    });
  }

  async #addKey(user: User, text: string): Promise<void> {
    await this.#users.addKey({
      userId: user.id,
      hash: hashApiKey(text),
      mask: maskApiKey(text),
      description: "first administrator",
      scope: "admin",
      projectId: null,
      expiresAt: null,
      createdAt: this.#clock.now(),
    });
  }
}
