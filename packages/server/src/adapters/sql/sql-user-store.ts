/** Accounts, keys and passwords in SQL tables. */
import type { Insertable, Kysely, Selectable } from "kysely";
import { ServerError } from "../../errors.ts";
import type { ApiKey } from "../../modules/users/api-key.ts";
import type { User } from "../../modules/users/user.ts";
import type {
  ApiKeySelector,
  NewApiKey,
  NewUser,
  UserChange,
  UserSelector,
  UserStore,
} from "../../modules/users/user-store.ts";
import {
  deleteAccount,
  insertAccount,
  requireFreeEmail,
  selectUser,
  toEmailColumns,
  toUser,
} from "./accounts.ts";
import type { ApiKeyRow } from "./identity-tables.ts";
import { toNameKey } from "./name-key.ts";
import type { MetadataTables } from "./tables.ts";

/** `UserStore` over any SQL dialect. */
export class SqlUserStore implements UserStore {
  readonly #db: Kysely<MetadataTables>;

  constructor(parts: { readonly db: Kysely<MetadataTables> }) {
    this.#db = parts.db;
  }

  create(user: NewUser): Promise<User> {
    return this.#db.transaction().execute((trx) => insertAccount(trx, user));
  }

  update(change: UserChange): Promise<User> {
    return this.#db.transaction().execute(async (trx) => {
      if (change.email !== undefined) await requireFreeEmail(trx, change.email, change.userId);
      const values = {
        ...(change.name !== undefined && { name: change.name }),
        ...(change.email !== undefined && toEmailColumns(change.email)),
        ...(change.isAdmin !== undefined && { is_admin: Number(change.isAdmin) }),
      };
      const row =
        Object.keys(values).length === 0
          ? await selectUser(trx, change.userId)
          : await trx
              .updateTable("users")
              .set(values)
              .where("id", "=", change.userId)
              .where("deleted_at", "is", null)
              .returningAll()
              .executeTakeFirst();
      if (row === undefined) throw new ServerError("not_found", `User ${change.userId} not found`);
      return toUser(row);
    });
  }

  async delete(request: { readonly userId: number; readonly deletedAt: string }): Promise<void> {
    await this.#db.transaction().execute((trx) => deleteAccount(trx, request));
  }

  async find(request: UserSelector): Promise<User | undefined> {
    const users = this.#db.selectFrom("users").selectAll().where("deleted_at", "is", null);
    const matching =
      "userId" in request
        ? users.where("id", "=", request.userId)
        : "username" in request
          ? users.where("username_key", "=", toNameKey(request.username))
          : users.where("email_key", "=", toNameKey(request.email));
    const row = await matching.executeTakeFirst();
    return row && toUser(row);
  }

  async list(): Promise<readonly User[]> {
    const rows = await this.#db
      .selectFrom("users")
      .selectAll()
      .where("deleted_at", "is", null)
      .orderBy("username_key")
      .execute();
    return rows.map(toUser);
  }

  addKey(key: NewApiKey): Promise<ApiKey> {
    return this.#db.transaction().execute(async (trx) => {
      const existing = await trx
        .selectFrom("api_keys")
        .selectAll()
        .where("hash", "=", key.hash)
        .executeTakeFirst();
      if (existing !== undefined && existing.user_id !== key.userId) {
        throw new ServerError("already_exists", "Another user has this API key", { field: "apiKey" });
      }
      if (existing !== undefined) return toApiKey(existing);
      if ((await selectUser(trx, key.userId)) === undefined) {
        throw new ServerError("not_found", `User ${key.userId} not found`);
      }
      const row = await trx
        .insertInto("api_keys")
        .values(toKeyRow(key))
        .returningAll()
        .executeTakeFirstOrThrow();
      return toApiKey(row);
    });
  }

  async findKey(request: ApiKeySelector): Promise<{ readonly key: ApiKey; readonly user: User } | undefined> {
    const all = this.#db.selectFrom("api_keys").selectAll();
    const matching =
      "hash" in request ? all.where("hash", "=", request.hash) : all.where("id", "=", request.keyId);
    const key = await matching.executeTakeFirst();
    if (key === undefined) return undefined;
    const user = await this.find({ userId: key.user_id });
    return user && { key: toApiKey(key), user };
  }

  async listKeys(request: { readonly userId: number }): Promise<readonly ApiKey[]> {
    const rows = await this.#db
      .selectFrom("api_keys")
      .selectAll()
      .where("user_id", "=", request.userId)
      .orderBy("id")
      .execute();
    return rows.map(toApiKey);
  }

  async deleteKey(request: { readonly userId: number; readonly keyId: number }): Promise<boolean> {
    const result = await this.#db
      .deleteFrom("api_keys")
      .where("user_id", "=", request.userId)
      .where("id", "=", request.keyId)
      .executeTakeFirst();
    return result.numDeletedRows > 0n;
  }

  async findPassword(request: { readonly userId: number }): Promise<string | undefined> {
    const row = await selectUser(this.#db, request.userId);
    return row?.password_hash ?? undefined;
  }

  async setPassword(request: { readonly userId: number; readonly hash: string }): Promise<void> {
    const result = await this.#db
      .updateTable("users")
      .set({ password_hash: request.hash })
      .where("id", "=", request.userId)
      .where("deleted_at", "is", null)
      .executeTakeFirst();
    if (result.numUpdatedRows === 0n) throw new ServerError("not_found", `User ${request.userId} not found`);
  }
}

function toKeyRow(key: NewApiKey): Insertable<ApiKeyRow> {
  return {
    user_id: key.userId,
    hash: key.hash,
    mask: key.mask,
    description: key.description,
    scope: key.scope,
    project_id: key.projectId,
    expires_at: key.expiresAt,
    created_at: key.createdAt,
  };
}

function toApiKey(row: Selectable<ApiKeyRow>): ApiKey {
  return {
    id: row.id,
    userId: row.user_id,
    mask: row.mask,
    description: row.description,
    scope: row.scope,
    projectId: row.project_id,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
  };
}
