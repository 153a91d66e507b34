/** Invitations in SQL tables. */
import type { Kysely, Selectable, Transaction } from "kysely";
import { ServerError } from "../../errors.ts";
import type { Invite } from "../../modules/invites/invite.ts";
import type { AcceptedInvite, InviteStore, NewInvite } from "../../modules/invites/invite-store.ts";
import type { User } from "../../modules/users/user.ts";
import { insertAccount, selectUser, toUser } from "./accounts.ts";
import type { InviteRow } from "./identity-tables.ts";
import { joinSoleOrganization, joinTeam } from "./memberships.ts";
import { toNameKey } from "./name-key.ts";
import type { MetadataTables } from "./tables.ts";

/** `InviteStore` over any SQL dialect. */
export class SqlInviteStore implements InviteStore {
  readonly #db: Kysely<MetadataTables>;

  constructor(parts: { readonly db: Kysely<MetadataTables> }) {
    this.#db = parts.db;
  }

  create(invite: NewInvite): Promise<Invite> {
    return this.#db.transaction().execute(async (trx) => {
      await trx.deleteFrom("invites").where("expires_at", "<=", invite.createdAt).execute();
      await requireNone(trx, invite);
      const row = await trx
        .insertInto("invites")
        .values({
          token_hash: invite.tokenHash,
          email: invite.email,
          email_key: invite.email === null ? null : toNameKey(invite.email),
          user_id: invite.userId,
          entity_id: invite.entityId,
          role: invite.role,
          created_by_user_id: invite.createdByUserId,
          created_at: invite.createdAt,
          expires_at: invite.expiresAt,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      return toInvite(row);
    });
  }

  async find(
    request: ({ readonly inviteId: number } | { readonly tokenHash: string }) & { readonly now: string },
  ): Promise<Invite | undefined> {
    const open = this.#db.selectFrom("invites").selectAll().where("expires_at", ">", request.now);
    const matching =
      "inviteId" in request
        ? open.where("id", "=", request.inviteId)
        : open.where("token_hash", "=", request.tokenHash);
    const row = await matching.executeTakeFirst();
    return row && toInvite(row);
  }

  async list(request: {
    readonly entityId?: number | undefined;
    readonly now: string;
  }): Promise<readonly Invite[]> {
    const open = this.#db.selectFrom("invites").selectAll().where("expires_at", ">", request.now);
    const matching = request.entityId === undefined ? open : open.where("entity_id", "=", request.entityId);
    return (await matching.orderBy("id").execute()).map(toInvite);
  }

  async renew(request: {
    readonly inviteId: number;
    readonly tokenHash: string;
    readonly expiresAt: string;
  }): Promise<Invite | undefined> {
    const row = await this.#db
      .updateTable("invites")
      .set({ token_hash: request.tokenHash, expires_at: request.expiresAt })
      .where("id", "=", request.inviteId)
      .returningAll()
      .executeTakeFirst();
    return row && toInvite(row);
  }

  async delete(request: { readonly inviteId: number }): Promise<boolean> {
    const result = await this.#db.deleteFrom("invites").where("id", "=", request.inviteId).executeTakeFirst();
    return result.numDeletedRows > 0n;
  }

  accept(request: AcceptedInvite): Promise<{ readonly invite: Invite; readonly user: User } | undefined> {
    return this.#db.transaction().execute(async (trx) => {
      const row = await trx
        .deleteFrom("invites")
        .where("token_hash", "=", request.tokenHash)
        .where("expires_at", ">", request.now)
        .returningAll()
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const invite = toInvite(row);
      const user = await this.#guest(trx, request);
      if (request.passwordHash !== undefined) {
        await trx
          .updateTable("users")
          .set({ password_hash: request.passwordHash })
          .where("id", "=", user.id)
          .execute();
      }
      const { entityId, role } = invite;
      if (entityId !== null) await joinTeam(trx, { entityId, role, userId: user.id });
      else if ("account" in request.guest) await joinSoleOrganization(trx, user.id);
      return { invite, user };
    });
  }

  async #guest(trx: Transaction<MetadataTables>, { guest }: AcceptedInvite): Promise<User> {
    if ("account" in guest) {
      await requireFreeName(trx, guest.account.username);
      return insertAccount(trx, guest.account);
    }
    const row = await selectUser(trx, guest.userId);
    if (row === undefined) throw new ServerError("not_found", "The account is not there any more");
    return toUser(row);
  }
}

/** Whoever has a link may not take over what a deleted account left, which `insertAccount` would bring back. */
async function requireFreeName(trx: Transaction<MetadataTables>, username: string): Promise<void> {
  const taken = await trx
    .selectFrom("entities")
    .select("id")
    .where("name_key", "=", toNameKey(username))
    .executeTakeFirst();
  if (taken === undefined) return;
  throw new ServerError("already_exists", `The name "${username}" is taken`, { field: "username" });
}

/** Two open invitations of one person to one place could not be told apart. */
async function requireNone(trx: Transaction<MetadataTables>, invite: NewInvite): Promise<void> {
  const { entityId, email, userId } = invite;
  const all = trx.selectFrom("invites").select("id");
  const here = entityId === null ? all.where("entity_id", "is", null) : all.where("entity_id", "=", entityId);
  const same =
    email === null ? here.where("user_id", "=", userId) : here.where("email_key", "=", toNameKey(email));
  if ((await same.executeTakeFirst()) === undefined) return;
  throw new ServerError("already_exists", "There is an open invitation already; renew it for a new link");
}

function toInvite(row: Selectable<InviteRow>): Invite {
  return {
    id: row.id,
    email: row.email,
    userId: row.user_id,
    entityId: row.entity_id,
    role: row.role,
    createdByUserId: row.created_by_user_id,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}
