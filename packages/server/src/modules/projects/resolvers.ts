/** Projects as the schema shows them. Their runs and artifacts are resolved by those modules. */
import { decodeGlobalId, encodeGlobalId } from "@steelyard/protocol";
import { parsePageSize } from "../artifacts/page-size.ts";
import { ServerError } from "../../errors.ts";
import type { Resolvers, UpsertModelInput } from "../../generated/schema-types.ts";
import type { RequestContext } from "../../transport/context.ts";
import { PROJECT_ACCESS } from "./project.ts";
import type { Project, ProjectAccess } from "./project.ts";
import { toProjectConnection } from "./project-connection.ts";
import type { ProjectAddress, ProjectFields } from "./project-service.ts";
import { listUserProjects } from "./pages/user-projects.ts";

const MAX_PAGE = 1000;

/** Resolvers of projects. */
export const projectResolvers: Pick<Resolvers, "Query" | "Mutation" | "Project" | "User"> = {
  Query: {
    project: (_parent, args, context) => findProject(args, context),
    model: (_parent, args, context) => findProject(args, context),
    models: (_parent, args, { caller, services }) =>
      toProjectConnection(args, (request) =>
        services.projects.list(caller, { ...request, entityName: args.entityName ?? null }),
      ),
  },
  Mutation: {
    upsertModel: async (_parent, { input }, context) => {
      const { caller, services } = context;
      const address = await toAddress(input, context);
      const { project, inserted } = await services.projects.upsert(caller, address, toFields(input));
      return { project, model: project, inserted };
    },
  },
  User: {
    projects: (user, { after, first }, context) =>
      listUserProjects(
        user,
        { after: after ?? null, limit: parsePageSize(first ?? null, MAX_PAGE) },
        context,
      ),
  },
  Project: {
    id: (project) => encodeGlobalId("Project", project.id),
    internalId: (project) => encodeGlobalId("ProjectInternalId", project.id),
    entity: (project, _args, { caller, services }) => services.entities.ownerOf(caller, project),
    readOnly: (project, _args, { caller, services }) => services.projects.isReadOnly(caller, project),
    user: async (project, _args, { caller, services }) =>
      (await services.users.authorOf(caller, { userId: project.createdByUserId })) ?? null,
  },
};

async function findProject(
  args: { readonly name?: string | null; readonly entityName?: string | null },
  { caller, services }: RequestContext,
): Promise<Project | null> {
  const address = { entityName: args.entityName ?? null, projectName: args.name ?? null };
  return (await services.projects.find(caller, address)) ?? null;
}

/** By id the project as it is named now; a project is not renamed by stating another name with its id. */
async function toAddress(
  input: UpsertModelInput,
  { caller, services }: RequestContext,
): Promise<ProjectAddress> {
  const id = input.id ?? null;
  if (id === null) return { entityName: input.entityName ?? null, projectName: input.name ?? null };
  const { type, numbers } = decodeGlobalId(id);
  const project =
    type === "Project" && numbers[0] !== undefined
      ? await services.projects.findById(caller, numbers[0])
      : undefined;
  if (project === undefined) throw new ServerError("not_found", `Project "${id}" not found`, { field: "id" });
  if ((input.name ?? project.name) !== project.name) {
    throw new ServerError("unsupported", "A project cannot be renamed by upsertModel", { field: "name" });
  }
  return { entityName: project.entityName, projectName: project.name };
}

/** In this input null and absent mean the same: leave it alone. */
function toFields(input: UpsertModelInput): ProjectFields {
  return {
    ...(typeof input.description === "string" && { description: input.description }),
    ...(typeof input.access === "string" && { access: parseAccess(input.access) }),
    ...(typeof input.repo === "string" && { repo: input.repo }),
    ...(typeof input.dockerImage === "string" && { dockerImage: input.dockerImage }),
    ...(typeof input.views === "string" && { views: input.views }),
    ...(typeof input.isBenchmark === "boolean" && { isBenchmark: input.isBenchmark }),
    ...(typeof input.allowAllArtifactTypesInRegistry === "boolean" && {
      allowsAllArtifactTypes: input.allowAllArtifactTypesInRegistry,
    }),
    ...(input.artifactTypes && { artifactTypes: input.artifactTypes.map(({ name }) => name) }),
  };
}

function parseAccess(text: string): ProjectAccess {
  const access = PROJECT_ACCESS.find((known) => known === text);
  if (access !== undefined) return access;
  throw new ServerError(
    "invalid_argument",
    `access is "${text}"; expected one of ${PROJECT_ACCESS.join(", ")}`,
    {
      field: "access",
    },
  );
}
