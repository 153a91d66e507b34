/** Projects in a SQL table. */
import type { Kysely, SelectQueryBuilder, Selectable, Transaction } from "kysely";
import { REGISTRY_PREFIX } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { Project } from "../../modules/projects/project.ts";
import type { ProjectCursor, ProjectStore, ProjectUpsert } from "../../modules/projects/project-store.ts";
import type { EntityRow, ProjectRow } from "./identity-tables.ts";
import { deleteProject } from "./project-delete.ts";
import type { MetadataTables } from "./tables.ts";

type JoinedRow = Selectable<ProjectRow> & {
  readonly entity_name: Selectable<EntityRow>["name"];
  readonly entity_kind: Selectable<EntityRow>["kind"];
};

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
        await addArtifactTypes(trx, inserted.id, project);
        if (project.creatorRole !== undefined) {
          await trx
            .insertInto("project_members")
            .values({
              project_id: inserted.id,
              user_id: project.userId,
              role: project.creatorRole,
              created_at: project.now,
            })
            .execute();
        }
        return { project: await requireProject(trx, inserted.id), inserted: true };
      }
      await addArtifactTypes(trx, existing.id, project);
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

  rename(request: {
    readonly projectId: number;
    readonly name: string;
    readonly now: string;
  }): Promise<Project> {
    const { projectId, name, now } = request;
    return this.#db.transaction().execute(async (trx) => {
      const before = await requireProject(trx, projectId);
      const namesake = await trx
        .selectFrom("projects")
        .select("id")
        .where("entity_id", "=", before.entityId)
        .where("name", "=", name)
        .executeTakeFirst();
      if (namesake?.id === projectId) return before;
      if (namesake !== undefined) {
        throw new ServerError("already_exists", `"${before.entityName}" has a project "${name}" already`, {
          field: "name",
        });
      }
      await trx.updateTable("projects").set({ name, updated_at: now }).where("id", "=", projectId).execute();
      return requireProject(trx, projectId);
    });
  }

  delete(request: { readonly projectId: number }): Promise<boolean> {
    return this.#db.transaction().execute((trx) => deleteProject(trx, request.projectId));
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
  allows_all_artifact_types: 0,
} as const;

function selectProjects(
  db: Kysely<MetadataTables>,
): SelectQueryBuilder<MetadataTables, "projects" | "entities", JoinedRow> {
  return db
    .selectFrom("projects")
    .innerJoin("entities", "entities.id", "projects.entity_id")
    .selectAll("projects")
    .select(["entities.name as entity_name", "entities.kind as entity_kind"]);
}

async function requireProject(db: Kysely<MetadataTables>, projectId: number): Promise<Project> {
  const row = await selectProjects(db).where("projects.id", "=", projectId).executeTakeFirst();
  if (row === undefined) throw new ServerError("not_found", `Project ${projectId} not found`);
  return toProject(row);
}

/** Types are only ever added. */
async function addArtifactTypes(
  trx: Transaction<MetadataTables>,
  projectId: number,
  { artifactTypes = [], now }: ProjectUpsert,
): Promise<void> {
  if (artifactTypes.length === 0) return;
  await trx
    .insertInto("artifact_types")
    .values(
      artifactTypes.map((name) => ({ project_id: projectId, name, description: null, created_at: now })),
    )
    .onConflict((conflict) => conflict.columns(["project_id", "name"]).doNothing())
    .execute();
}

function toColumns(project: ProjectUpsert): ProjectColumns {
  return {
    ...(project.description !== undefined && { description: project.description }),
    ...(project.access !== undefined && { access: project.access }),
    ...(project.repo !== undefined && { repo: project.repo }),
    ...(project.dockerImage !== undefined && { docker_image: project.dockerImage }),
    ...(project.views !== undefined && { views: project.views }),
    ...(project.isBenchmark !== undefined && { is_benchmark: Number(project.isBenchmark) }),
    ...(project.allowsAllArtifactTypes !== undefined && {
      allows_all_artifact_types: Number(project.allowsAllArtifactTypes),
    }),
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
    isRegistry: row.entity_kind === "organization" && row.name.startsWith(REGISTRY_PREFIX),
    allowsAllArtifactTypes: row.allows_all_artifact_types === 1,
    createdByUserId: row.created_by_user_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
