/** Entities, teams, organizations and memberships in SQL tables. */
import type { Kysely, Selectable, SelectQueryBuilder, Transaction } from "kysely";
import { ServerError } from "../../errors.ts";
import type {
  Entity,
  EntityKind,
  MemberRole,
  Membership,
  Organization,
} from "../../modules/entities/entity.ts";
import type { EntityStore, OrganizationPut, TeamPut } from "../../modules/entities/entity-store.ts";
import { deleteAccount } from "./accounts.ts";
import type { EntityRow, OrganizationRow } from "./identity-tables.ts";
import { joinTeam } from "./memberships.ts";
import type { TeamMembership } from "./memberships.ts";
import { toNameKey } from "./name-key.ts";
import type { MetadataTables } from "./tables.ts";

/** `EntityStore` over any SQL dialect. */
export class SqlEntityStore implements EntityStore {
  readonly #db: Kysely<MetadataTables>;

  constructor(parts: { readonly db: Kysely<MetadataTables> }) {
    this.#db = parts.db;
  }

  async find(
    request: { readonly entityId: number } | { readonly name: string },
  ): Promise<Entity | undefined> {
    const all = this.#db.selectFrom("entities").selectAll();
    const matching =
      "entityId" in request
        ? all.where("id", "=", request.entityId)
        : all.where("name_key", "=", toNameKey(request.name));
    const row = await matching.executeTakeFirst();
    return row && toEntity(row);
  }

  putTeam(team: TeamPut): Promise<{ readonly entity: Entity; readonly created: boolean }> {
    return this.#db.transaction().execute(async (trx) => {
      const existing = await selectEntity(trx, team.name);
      if (existing !== undefined && (existing.kind !== "team" || team.isNew === true))
        throw takenName(team.name);
      const entityId = existing?.id ?? (await insertEntity(trx, team.name, "team", team.createdAt));
      const row = await trx
        .updateTable("entities")
        .set({ organization_id: team.organizationId })
        .where("id", "=", entityId)
        .returningAll()
        .executeTakeFirstOrThrow();
      await trx
        .deleteFrom("team_members")
        .where("entity_id", "=", entityId)
        .where("user_id", "not in", selectServiceAccounts(trx, entityId))
        .execute();
      for (const member of team.members) await joinTeam(trx, { entityId, ...member });
      return { entity: toEntity(row), created: existing === undefined };
    });
  }

  putOrganization(
    request: OrganizationPut,
  ): Promise<{ readonly organization: Organization; readonly created: boolean }> {
    return this.#db.transaction().execute(async (trx) => {
      const existing = await selectOrganization(trx, request.name);
      const row = existing ?? (await insertOrganization(trx, request));
      await trx
        .deleteFrom("organization_members")
        .where("organization_id", "=", row.id)
        .where(
          "user_id",
          "not in",
          trx.selectFrom("users").select("id").where("account_type", "=", "SERVICE"),
        )
        .execute();
      for (const member of request.members) {
        await trx
          .insertInto("organization_members")
          .values({ organization_id: row.id, user_id: member.userId, role: member.role })
          .onConflict((conflict) =>
            conflict.columns(["organization_id", "user_id"]).doUpdateSet({ role: member.role }),
          )
          .execute();
      }
      return { organization: toOrganization(row), created: existing === undefined };
    });
  }

  async putTeamMember(member: TeamMembership): Promise<void> {
    await this.#db.transaction().execute((trx) => joinTeam(trx, member));
  }

  async removeTeamMember(request: { readonly entityId: number; readonly userId: number }): Promise<boolean> {
    const result = await this.#db
      .deleteFrom("team_members")
      .where("entity_id", "=", request.entityId)
      .where("user_id", "=", request.userId)
      .executeTakeFirst();
    return result.numDeletedRows > 0n;
  }

  deleteTeam(request: { readonly name: string; readonly deletedAt: string }): Promise<boolean> {
    return this.#db.transaction().execute(async (trx) => {
      const team = await selectEntity(trx, request.name);
      if (team?.kind !== "team") return false;
      await requireNoProjects(trx, team);
      await deleteServiceAccounts(trx, team.id, request.deletedAt);
      await trx.deleteFrom("invites").where("entity_id", "=", team.id).execute();
      await trx.deleteFrom("team_members").where("entity_id", "=", team.id).execute();
      await trx.deleteFrom("project_teams").where("entity_id", "=", team.id).execute();
      await trx.deleteFrom("resource_configs").where("entity_id", "=", team.id).execute();
      await trx.deleteFrom("entities").where("id", "=", team.id).execute();
      return true;
    });
  }

  deleteOrganization(request: { readonly name: string }): Promise<boolean> {
    return this.#db.transaction().execute(async (trx) => {
      const organization = await selectOrganization(trx, request.name);
      if (organization === undefined) return false;
      const entities = await trx
        .selectFrom("entities")
        .selectAll()
        .where("organization_id", "=", organization.id)
        .orderBy("id")
        .execute();
      const team = entities.find((entity) => entity.kind === "team");
      if (team !== undefined) {
        throw new ServerError(
          "conflict",
          `The organization "${organization.name}" has the team "${team.name}"; delete its teams first`,
        );
      }
      for (const entity of entities) await requireNoProjects(trx, entity);
      await trx.deleteFrom("organization_members").where("organization_id", "=", organization.id).execute();
      await trx.deleteFrom("organizations").where("id", "=", organization.id).execute();
      await trx.deleteFrom("resource_configs").where("entity_id", "=", organization.entity_id).execute();
      await trx.deleteFrom("entities").where("id", "=", organization.entity_id).execute();
      return true;
    });
  }

  async listTeams(): Promise<readonly Entity[]> {
    const rows = await this.#db
      .selectFrom("entities")
      .selectAll()
      .where("kind", "=", "team")
      .orderBy("name_key")
      .execute();
    return rows.map(toEntity);
  }

  async listOrganizations(): Promise<readonly Organization[]> {
    const rows = await this.#db.selectFrom("organizations").selectAll().orderBy("name_key").execute();
    return rows.map(toOrganization);
  }

  async findOrganization(
    request: { readonly organizationId: number } | { readonly name: string },
  ): Promise<Organization | undefined> {
    const all = this.#db.selectFrom("organizations").selectAll();
    const matching =
      "organizationId" in request
        ? all.where("id", "=", request.organizationId)
        : all.where("name_key", "=", toNameKey(request.name));
    const row = await matching.executeTakeFirst();
    return row && toOrganization(row);
  }

  async joinOrganization(request: {
    readonly organizationId: number;
    readonly userId: number;
    readonly role: MemberRole;
  }): Promise<void> {
    await this.#db
      .insertInto("organization_members")
      .values({ organization_id: request.organizationId, user_id: request.userId, role: request.role })
      .onConflict((conflict) => conflict.columns(["organization_id", "user_id"]).doNothing())
      .execute();
  }

  async storageBytes(request: { readonly entityId: number }): Promise<number> {
    const { entityId } = request;
    const artifacts = await this.#db
      .selectFrom("artifact_contents")
      .select((eb) => eb.fn.sum<number | null>("size_bytes").as("bytes"))
      .where("entity_id", "=", entityId)
      .executeTakeFirstOrThrow();
    const files = await this.#db
      .selectFrom("run_files")
      .innerJoin("projects", "projects.id", "run_files.project_id")
      .select((eb) => eb.fn.sum<number | null>("run_files.size_bytes").as("bytes"))
      .where("projects.entity_id", "=", entityId)
      .executeTakeFirstOrThrow();
    return (artifacts.bytes ?? 0) + (files.bytes ?? 0);
  }

  async teamMembers(request: { readonly entityId: number }): Promise<readonly Membership[]> {
    return this.#db
      .selectFrom("team_members")
      .select(["user_id as userId", "role"])
      .where("entity_id", "=", request.entityId)
      .orderBy("user_id")
      .execute();
  }

  async organizationMembers(request: { readonly organizationId: number }): Promise<readonly Membership[]> {
    return this.#db
      .selectFrom("organization_members")
      .select(["user_id as userId", "role"])
      .where("organization_id", "=", request.organizationId)
      .orderBy("user_id")
      .execute();
  }

  async rolesOf(request: {
    readonly userId: number;
  }): Promise<readonly { readonly entityId: number; readonly role: MemberRole }[]> {
    const ofTeams = this.#db
      .selectFrom("team_members")
      .select(["entity_id as entityId", "role"])
      .where("user_id", "=", request.userId);
    const ofOrganizations = this.#db
      .selectFrom("organization_members")
      .innerJoin("organizations", "organizations.id", "organization_members.organization_id")
      .select(["organizations.entity_id as entityId", "organization_members.role as role"])
      .where("organization_members.user_id", "=", request.userId);
    return ofTeams.unionAll(ofOrganizations).execute();
  }

  async teamsOf(request: { readonly userId: number }): Promise<readonly Entity[]> {
    const rows = await this.#db
      .selectFrom("entities")
      .innerJoin("team_members", "team_members.entity_id", "entities.id")
      .selectAll("entities")
      .where("team_members.user_id", "=", request.userId)
      .orderBy("entities.name_key")
      .execute();
    return rows.map(toEntity);
  }

  async organizationsOf(request: { readonly userId: number }): Promise<readonly Organization[]> {
    const rows = await this.#db
      .selectFrom("organizations")
      .innerJoin("organization_members", "organization_members.organization_id", "organizations.id")
      .selectAll("organizations")
      .where("organization_members.user_id", "=", request.userId)
      .orderBy("organizations.name_key")
      .execute();
    return rows.map(toOrganization);
  }
}

function selectServiceAccounts(
  db: Kysely<MetadataTables>,
  teamId: number,
): SelectQueryBuilder<MetadataTables, "users", { id: number }> {
  return db
    .selectFrom("users")
    .select("id")
    .where("default_entity_id", "=", teamId)
    .where("account_type", "=", "SERVICE");
}

/** They belong to the team alone, so they end with it. */
async function deleteServiceAccounts(
  trx: Transaction<MetadataTables>,
  teamId: number,
  deletedAt: string,
): Promise<void> {
  const accounts = await selectServiceAccounts(trx, teamId).execute();
  for (const { id } of accounts) await deleteAccount(trx, { userId: id, deletedAt });
  await trx
    .updateTable("users")
    .set({ default_entity_id: null })
    .where("default_entity_id", "=", teamId)
    .execute();
}

function selectEntity(db: Kysely<MetadataTables>, name: string): Promise<Selectable<EntityRow> | undefined> {
  return db.selectFrom("entities").selectAll().where("name_key", "=", toNameKey(name)).executeTakeFirst();
}

function selectOrganization(
  db: Kysely<MetadataTables>,
  name: string,
): Promise<Selectable<OrganizationRow> | undefined> {
  return db
    .selectFrom("organizations")
    .selectAll()
    .where("name_key", "=", toNameKey(name))
    .executeTakeFirst();
}

async function insertEntity(
  trx: Transaction<MetadataTables>,
  name: string,
  kind: EntityKind,
  createdAt: string,
): Promise<number> {
  const row = await trx
    .insertInto("entities")
    .values({ name, name_key: toNameKey(name), kind, organization_id: null, created_at: createdAt })
    .returning("id")
    .executeTakeFirstOrThrow();
  return row.id;
}

/** The organization and its entity point at each other, so the entity comes first and is completed last. */
async function insertOrganization(
  trx: Transaction<MetadataTables>,
  request: OrganizationPut,
): Promise<Selectable<OrganizationRow>> {
  const entityName = `${request.name}-org`;
  if ((await selectEntity(trx, entityName)) !== undefined) throw takenName(entityName);
  const entityId = await insertEntity(trx, entityName, "organization", request.createdAt);
  const row = await trx
    .insertInto("organizations")
    .values({
      name: request.name,
      name_key: toNameKey(request.name),
      entity_id: entityId,
      created_at: request.createdAt,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await trx.updateTable("entities").set({ organization_id: row.id }).where("id", "=", entityId).execute();
  return row;
}

async function requireNoProjects(
  trx: Transaction<MetadataTables>,
  entity: Selectable<EntityRow>,
): Promise<void> {
  const project = await trx
    .selectFrom("projects")
    .select("name")
    .where("entity_id", "=", entity.id)
    .limit(1)
    .executeTakeFirst();
  if (project === undefined) return;
  throw new ServerError("conflict", `"${entity.name}" still owns projects, such as "${project.name}"`);
}

function takenName(name: string): ServerError {
  return new ServerError("already_exists", `The name "${name}" is taken`, { field: "name" });
}

function toEntity(row: Selectable<EntityRow>): Entity {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    organizationId: row.organization_id,
    createdAt: row.created_at,
  };
}

function toOrganization(row: Selectable<OrganizationRow>): Organization {
  return { id: row.id, name: row.name, entityId: row.entity_id, createdAt: row.created_at };
}
