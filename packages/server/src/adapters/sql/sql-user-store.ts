/** Accounts, keys and passwords in SQL tables. */
import type { Insertable, Kysely, Selectable, Transaction } from "kysely";
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
import type { ApiKeyRow, UserRow } from "./identity-tables.ts";
import { toNameKey } from "./name-key.ts";
import type { MetadataTables } from "./tables.ts";

/** `UserStore` over any SQL dialect. */
export class SqlUserStore implements UserStore {
  readonly #db: Kysely<MetadataTables>;

  constructor(parts: { readonly db: Kysely<MetadataTables> }) {
    this.#db = parts.db;
  }

  create(user: NewUser): Promise<User> {
    return this.#db.transaction().execute(async (trx) => {
      const values = toValues(user);
      await requireFreeEmail(trx, user.email, null);
      const taken = await trx
        .selectFrom("users")
        .selectAll()
        .where("username_key", "=", values.username_key)
        .executeTakeFirst();
      if (taken !== undefined && taken.deleted_at === null) throw takenName(user.username);
      if (taken !== undefined) {
        const restored = await trx
          .updateTable("users")
          .set({ ...values, password_hash: null, deleted_at: null })
          .where("id", "=", taken.id)
          .returningAll()
          .executeTakeFirstOrThrow();
        return toUser(restored);
      }
      const entityId = await insertEntity(trx, user);
      const row = await trx
        .insertInto("users")
        .values({ ...values, entity_id: entityId, created_at: user.createdAt })
        .returningAll()
        .executeTakeFirstOrThrow();
      return toUser(row);
    });
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
    await this.#db.transaction().execute(async (trx) => {
      await trx
        .updateTable("users")
        .set({ deleted_at: request.deletedAt, password_hash: null })
        .where("id", "=", request.userId)
        .where("deleted_at", "is", null)
        .execute();
      await trx.deleteFrom("api_keys").where("user_id", "=", request.userId).execute();
      await trx.deleteFrom("team_members").where("user_id", "=", request.userId).execute();
      await trx.deleteFrom("organization_members").where("user_id", "=", request.userId).execute();
      await trx.deleteFrom("project_members").where("user_id", "=", request.userId).execute();
    });
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

function selectUser(db: Kysely<MetadataTables>, userId: number): Promise<Selectable<UserRow> | undefined> {
  return db
    .selectFrom("users")
    .selectAll()
    .where("id", "=", userId)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
}

async function insertEntity(trx: Transaction<MetadataTables>, user: NewUser): Promise<number> {
  const nameKey = toNameKey(user.username);
  const taken = await trx
    .selectFrom("entities")
    .select("id")
    .where("name_key", "=", nameKey)
    .executeTakeFirst();
  if (taken !== undefined) throw takenName(user.username);
  const entity = await trx
    .insertInto("entities")
    .values({
      name: user.username,
      name_key: nameKey,
      kind: "user",
      organization_id: null,
      created_at: user.createdAt,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return entity.id;
}

async function requireFreeEmail(
  trx: Transaction<MetadataTables>,
  email: string | null,
  ownerId: number | null,
): Promise<void> {
  if (email === null) return;
  const holder = await trx
    .selectFrom("users")
    .select("id")
    .where("email_key", "=", toNameKey(email))
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  if (holder === undefined || holder.id === ownerId) return;
  throw new ServerError("already_exists", `Another user has the e-mail address "${email}"`, {
    field: "email",
  });
}

function takenName(username: string): ServerError {
  return new ServerError("already_exists", `The name "${username}" is taken`, { field: "username" });
}

function toValues(user: NewUser): Omit<Insertable<UserRow>, "id" | "entity_id" | "created_at"> {
  return {
    username: user.username,
    username_key: toNameKey(user.username),
    name: user.name,
    ...toEmailColumns(user.email),
    is_admin: Number(user.isAdmin),
    account_type: user.accountType,
  };
}

function toEmailColumns(email: string | null): Pick<UserRow, "email" | "email_key"> {
  return { email, email_key: email === null ? null : toNameKey(email) };
}

function toUser(row: Selectable<UserRow>): User {
  return {
    id: row.id,
    username: row.username,
    name: row.name,
    email: row.email,
    isAdmin: row.is_admin === 1,
    accountType: row.account_type,
    entityId: row.entity_id,
    createdAt: row.created_at,
    deletedAt: row.deleted_at,
  };
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
