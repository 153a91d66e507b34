/** Accounts as rows: read, and made with the entity of the same name. Invitations make accounts too. */
import type { Insertable, Kysely, Selectable, Transaction } from "kysely";
import { ServerError } from "../../errors.ts";
import type { User } from "../../modules/users/user.ts";
import type { NewUser } from "../../modules/users/user-store.ts";
import type { UserRow } from "./identity-tables.ts";
import { joinTeam } from "./memberships.ts";
import { toNameKey } from "./name-key.ts";
import type { MetadataTables } from "./tables.ts";

/** Creates an account as `UserStore.create` says. Throws `already_exists`. */
export async function insertAccount(trx: Transaction<MetadataTables>, user: NewUser): Promise<User> {
  const values = toValues(user);
  await requireFreeEmail(trx, user.email, null);
  const taken = await trx
    .selectFrom("users")
    .selectAll()
    .where("username_key", "=", values.username_key)
    .executeTakeFirst();
  if (taken !== undefined && taken.deleted_at === null) throw takenName(user.username);
  const row =
    taken === undefined
      ? await trx
          .insertInto("users")
          .values({ ...values, entity_id: await insertEntity(trx, user), created_at: user.createdAt })
          .returningAll()
          .executeTakeFirstOrThrow()
      : await trx
          .updateTable("users")
          .set({ ...values, password_hash: null, deleted_at: null })
          .where("id", "=", taken.id)
          .returningAll()
          .executeTakeFirstOrThrow();
  if (user.team !== undefined) await joinTeam(trx, { ...user.team, userId: row.id });
  return toUser(row);
}

/** Marks an account deleted and removes its keys, memberships and invitations. */
export async function deleteAccount(
  trx: Transaction<MetadataTables>,
  { userId, deletedAt }: { readonly userId: number; readonly deletedAt: string },
): Promise<void> {
  await trx
    .updateTable("users")
    .set({ deleted_at: deletedAt, password_hash: null })
    .where("id", "=", userId)
    .where("deleted_at", "is", null)
    .execute();
  await trx.deleteFrom("api_keys").where("user_id", "=", userId).execute();
  await trx.deleteFrom("team_members").where("user_id", "=", userId).execute();
  await trx.deleteFrom("organization_members").where("user_id", "=", userId).execute();
  await trx.deleteFrom("project_members").where("user_id", "=", userId).execute();
  await trx
    .deleteFrom("invites")
    .where((eb) => eb.or([eb("user_id", "=", userId), eb("created_by_user_id", "=", userId)]))
    .execute();
}

/** The account with that number; undefined when it is missing or deleted. */
export function selectUser(
  db: Kysely<MetadataTables>,
  userId: number,
): Promise<Selectable<UserRow> | undefined> {
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

/** Throws `already_exists` when the address belongs to somebody else than `ownerId`. */
export async function requireFreeEmail(
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
    default_entity_id: user.accountType === "SERVICE" ? (user.team?.entityId ?? null) : null,
  };
}

/** An address as it is shown and as it is compared. */
export function toEmailColumns(email: string | null): Pick<UserRow, "email" | "email_key"> {
  return { email, email_key: email === null ? null : toNameKey(email) };
}

/** The account of a row. */
export function toUser(row: Selectable<UserRow>): User {
  return {
    id: row.id,
    username: row.username,
    name: row.name,
    email: row.email,
    isAdmin: row.is_admin === 1,
    accountType: row.account_type,
    entityId: row.entity_id,
    defaultEntityId: row.default_entity_id ?? row.entity_id,
    createdAt: row.created_at,
    deletedAt: row.deleted_at,
  };
}
