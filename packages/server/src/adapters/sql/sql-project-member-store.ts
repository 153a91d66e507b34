/** Members of projects in SQL tables. */
import { PROJECT_ROLES } from "@steelyard/protocol";
import type { ProjectRole } from "@steelyard/protocol";
import type { Kysely } from "kysely";
import type { ProjectMember, ProjectTeam } from "../../modules/projects/project-member.ts";
import type {
  ProjectMemberChange,
  ProjectMemberStore,
  ProjectRoleChange,
} from "../../modules/projects/project-member-store.ts";
import type { MetadataTables } from "./tables.ts";

/** `ProjectMemberStore` over any SQL dialect. */
export class SqlProjectMemberStore implements ProjectMemberStore {
  readonly #db: Kysely<MetadataTables>;

  constructor(parts: { readonly db: Kysely<MetadataTables> }) {
    this.#db = parts.db;
  }

  async roleOf(request: {
    readonly projectId: number;
    readonly userId: number;
  }): Promise<ProjectRole | undefined> {
    const { projectId, userId } = request;
    const direct = this.#db
      .selectFrom("project_members")
      .select("role")
      .where("project_id", "=", projectId)
      .where("user_id", "=", userId);
    const throughTeams = this.#db
      .selectFrom("project_teams")
      .innerJoin("team_members", "team_members.entity_id", "project_teams.entity_id")
      .select("project_teams.role as role")
      .where("project_teams.project_id", "=", projectId)
      .where("team_members.user_id", "=", userId);
    const rows = await direct.unionAll(throughTeams).execute();
    return PROJECT_ROLES.find((role) => rows.some((row) => row.role === role));
  }

  listUsers(request: { readonly projectId: number }): Promise<readonly ProjectMember[]> {
    return this.#db
      .selectFrom("project_members")
      .innerJoin("users", "users.id", "project_members.user_id")
      .select(["project_members.user_id as userId", "project_members.role as role"])
      .where("project_members.project_id", "=", request.projectId)
      .where("users.deleted_at", "is", null)
      .orderBy("project_members.created_at")
      .orderBy("project_members.user_id")
      .execute();
  }

  listTeams(request: { readonly projectId: number }): Promise<readonly ProjectTeam[]> {
    return this.#db
      .selectFrom("project_teams")
      .select(["entity_id as entityId", "role"])
      .where("project_id", "=", request.projectId)
      .orderBy("created_at")
      .orderBy("entity_id")
      .execute();
  }

  add(request: ProjectMemberChange & { readonly role: ProjectRole; readonly now: string }): Promise<void> {
    const { projectId: project_id, role, now: created_at } = request;
    return this.#db.transaction().execute(async (trx) => {
      if (request.userIds.length > 0) {
        await trx
          .insertInto("project_members")
          .values(request.userIds.map((user_id) => ({ project_id, user_id, role, created_at })))
          .onConflict((conflict) => conflict.columns(["project_id", "user_id"]).doNothing())
          .execute();
      }
      if (request.entityIds.length > 0) {
        await trx
          .insertInto("project_teams")
          .values(request.entityIds.map((entity_id) => ({ project_id, entity_id, role, created_at })))
          .onConflict((conflict) => conflict.columns(["project_id", "entity_id"]).doNothing())
          .execute();
      }
    });
  }

  remove({ projectId, userIds, entityIds }: ProjectMemberChange): Promise<void> {
    return this.#db.transaction().execute(async (trx) => {
      if (userIds.length > 0) {
        await trx
          .deleteFrom("project_members")
          .where("project_id", "=", projectId)
          .where("user_id", "in", userIds)
          .execute();
      }
      if (entityIds.length > 0) {
        await trx
          .deleteFrom("project_teams")
          .where("project_id", "=", projectId)
          .where("entity_id", "in", entityIds)
          .execute();
      }
    });
  }

  async setRole(request: ProjectRoleChange): Promise<boolean> {
    const { projectId, role } = request;
    const { numUpdatedRows } =
      "userId" in request
        ? await this.#db
            .updateTable("project_members")
            .set({ role })
            .where("project_id", "=", projectId)
            .where("user_id", "=", request.userId)
            .executeTakeFirst()
        : await this.#db
            .updateTable("project_teams")
            .set({ role })
            .where("project_id", "=", projectId)
            .where("entity_id", "=", request.entityId)
            .executeTakeFirst();
    return numUpdatedRows > 0n;
  }
}
