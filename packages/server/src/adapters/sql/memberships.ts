/** Who belongs to teams and organizations, as rows. */
import type { Transaction } from "kysely";
import type { MemberRole } from "../../modules/entities/entity.ts";
import type { MetadataTables } from "./tables.ts";

/** A user as a member of a team. */
export interface TeamMembership {
  readonly entityId: number;
  readonly userId: number;
  readonly role: MemberRole;
}

/** Puts a user into a team, or gives the member that role; whoever joins a team joins its organization. */
export async function joinTeam(
  trx: Transaction<MetadataTables>,
  { entityId, userId, role }: TeamMembership,
): Promise<void> {
  await trx
    .insertInto("team_members")
    .values({ entity_id: entityId, user_id: userId, role })
    .onConflict((conflict) => conflict.columns(["entity_id", "user_id"]).doUpdateSet({ role }))
    .execute();
  const team = await trx
    .selectFrom("entities")
    .select("organization_id")
    .where("id", "=", entityId)
    .executeTakeFirst();
  const user = await trx
    .selectFrom("users")
    .select("account_type")
    .where("id", "=", userId)
    .executeTakeFirst();
  if (team?.organization_id == null || user === undefined) return;
  await trx
    .insertInto("organization_members")
    .values({
      organization_id: team.organization_id,
      user_id: userId,
      role: joinedRole(role, user.account_type),
    })
    .onConflict((conflict) => conflict.columns(["organization_id", "user_id"]).doNothing())
    .execute();
}

/** A team's administrator does not administer the organization; a service account only sees what it has. */
function joinedRole(role: MemberRole, accountType: "USER" | "SERVICE"): MemberRole {
  return role === "viewer" || accountType === "SERVICE" ? "viewer" : "member";
}

/** With a single organization there is no choice to make; with several an operator says who belongs where. */
export async function joinSoleOrganization(trx: Transaction<MetadataTables>, userId: number): Promise<void> {
  const [organization, ...others] = await trx.selectFrom("organizations").select("id").limit(2).execute();
  if (organization === undefined || others.length > 0) return;
  await trx
    .insertInto("organization_members")
    .values({ organization_id: organization.id, user_id: userId, role: "member" })
    .onConflict((conflict) => conflict.columns(["organization_id", "user_id"]).doNothing())
    .execute();
}
