/** Projects in a SQL table. */
import type { Kysely, SelectQueryBuilder, Selectable } from "kysely";
import { ServerError } from "../../errors.ts";
import type { Project } from "../../modules/projects/project.ts";
import type { ProjectCursor, ProjectStore, ProjectUpsert } from "../../modules/projects/project-store.ts";
import type { EntityRow, ProjectRow } from "./identity-tables.ts";
import type { MetadataTables } from "./tables.ts";

type JoinedRow = Selectable<ProjectRow> & { readonly entity_name: Selectable<EntityRow>["name"] };

/** `ProjectStore` over any SQL dialect. */
export class SqlProjectStore implements ProjectStore {
  readonly #db: Kysely<MetadataTables>;

  constructor(parts: { readonly db: Kysely<MetadataTables> }) {
    this.#db = parts.db;
  }

  upsert(project: ProjectUpsert): Promise<{ readonly project: Project; readonly inserted: boolean }> {
    return this.#db.transaction().execute(async (trx) => {
      const existing = await trx
        .selectFrom("projects")
        .select("id")
        .where("entity_id", "=", project.entityId)
        .where("name", "=", project.name)
        .executeTakeFirst();
      const changes = toColumns(project);
      if (existing === undefined) {
        const inserted = await trx
          .insertInto("projects")
          .values({
            ...NEW_PROJECT,
            ...changes,
            entity_id: project.entityId,
            name: project.name,
            created_by_user_id: project.userId,
            created_at: project.now,
            updated_at: project.now,
          })
          .returning("id")
          .executeTakeFirstOrThrow();
        return { project: await requireProject(trx, inserted.id), inserted: true };
      }
      if (Object.keys(changes).length > 0) {
        await trx
          .updateTable("projects")
          .set({ ...changes, updated_at: project.now })
          .where("id", "=", existing.id)
          .execute();
      }
      return { project: await requireProject(trx, existing.id), inserted: false };
    });
  }

  async find(
    request: { readonly projectId: number } | { readonly entityId: number; readonly name: string },
  ): Promise<Project | undefined> {
    const all = selectProjects(this.#db);
    const matching =
      "projectId" in request
        ? all.where("projects.id", "=", request.projectId)
        : all.where("projects.entity_id", "=", request.entityId).where("projects.name", "=", request.name);
    const row = await matching.executeTakeFirst();
    return row && toProject(row);
  }

  async list(request: {
    readonly entityId: number;
    readonly after: ProjectCursor | null;
    readonly limit: number;
  }): Promise<readonly Project[]> {
    const { after } = request;
    let query = selectProjects(this.#db).where("projects.entity_id", "=", request.entityId);
    if (after !== null) {
      query = query.where((eb) =>
        eb.or([
          eb("projects.created_at", "<", after.createdAt),
          eb.and([eb("projects.created_at", "=", after.createdAt), eb("projects.id", "<", after.id)]),
        ]),
      );
    }
    const rows = await query
      .orderBy("projects.created_at", "desc")
      .orderBy("projects.id", "desc")
      .limit(request.limit)
      .execute();
    return rows.map(toProject);
  }
}

/** The columns that callers state. */
type ProjectColumns = {
  -readonly [Name in keyof typeof NEW_PROJECT]?: ProjectRow[Name];
};

const NEW_PROJECT = {
  description: null,
  access: "PRIVATE",
  repo: null,
  docker_image: null,
  views: null,
  is_benchmark: 0,
} as const;

function selectProjects(
  db: Kysely<MetadataTables>,
): SelectQueryBuilder<MetadataTables, "projects" | "entities", JoinedRow> {
  return db
    .selectFrom("projects")
    .innerJoin("entities", "entities.id", "projects.entity_id")
    .selectAll("projects")
    .select("entities.name as entity_name");
}

async function requireProject(db: Kysely<MetadataTables>, projectId: number): Promise<Project> {
  const row = await selectProjects(db).where("projects.id", "=", projectId).executeTakeFirst();
  if (row === undefined) throw new ServerError("not_found", `Project ${projectId} not found`);
  return toProject(row);
}

function toColumns(project: ProjectUpsert): ProjectColumns {
  return {
    ...(project.description !== undefined && { description: project.description }),
    ...(project.access !== undefined && { access: project.access }),
    ...(project.repo !== undefined && { repo: project.repo }),
    ...(project.dockerImage !== undefined && { docker_image: project.dockerImage }),
    ...(project.views !== undefined && { views: project.views }),
    ...(project.isBenchmark !== undefined && { is_benchmark: Number(project.isBenchmark) }),
  };
}

function toProject(row: JoinedRow): Project {
  return {
    id: row.id,
    entityId: row.entity_id,
    entityName: row.entity_name,
    name: row.name,
    description: row.description,
    access: row.access,
    repo: row.repo,
    dockerImage: row.docker_image,
    views: row.views,
    isBenchmark: row.is_benchmark === 1,
    createdByUserId: row.created_by_user_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
