/**
 * Registries: projects of an organization's own entity, under a prefix that clients know. They hold portfolios and
 * nothing else, and their members' roles say who may do what.
 */
import {
  REGISTRY_PREFIX,
  validateArtifactType,
  validateProjectName,
  validateRegistryName,
} from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { Entity } from "../entities/entity.ts";
import type { Project } from "./project.ts";
import type { ProjectUpsert } from "./project-store.ts";

/** What may be stated of a registry or another project. */
export type RegistryFields = Pick<ProjectUpsert, "access" | "allowsAllArtifactTypes" | "artifactTypes">;

const REGISTRY_ACCESS = ["PRIVATE", "RESTRICTED"] as const;

/**
 * Checks the name of a new project: those of an organization's entity are registries, others are not.
 *
 * @throws {ServerError | ProtocolError} `invalid_argument`.
 */
export function checkNewName(entity: Entity, name: string): void {
  validateProjectName(name);
  const isRegistry = name.startsWith(REGISTRY_PREFIX);
  if (isRegistry) validateRegistryName(name.slice(REGISTRY_PREFIX.length));
  if (isRegistry === (entity.kind === "organization")) return;
  const message = isRegistry
    ? `"${name}" is the name of a registry, which only an organization's own entity can have; "${entity.name}" is none`
    : `"${entity.name}" is an organization's own entity, which holds only registries; their names begin with ${REGISTRY_PREFIX}`;
  throw new ServerError("invalid_argument", message, { field: "name" });
}

/**
 * Checks what is stated of a registry's access and artifact types, and fills in what a new one accepts.
 *
 * @throws {ServerError | ProtocolError} `invalid_argument`.
 */
export function checkRegistryFields(
  entity: Entity,
  existing: Project | undefined,
  fields: RegistryFields,
): RegistryFields {
  const { access, allowsAllArtifactTypes, artifactTypes } = fields;
  if (entity.kind !== "organization") {
    if (allowsAllArtifactTypes === undefined && artifactTypes === undefined) return {};
    throw new ServerError("invalid_argument", "Only registries say which artifact types they accept", {
      field: "artifactTypes",
    });
  }
  if (access !== undefined && !REGISTRY_ACCESS.some((known) => known === access)) {
    const message = `access is "${access}"; a registry's is one of ${REGISTRY_ACCESS.join(", ")}`;
    throw new ServerError("invalid_argument", message, { field: "access" });
  }
  const types = (artifactTypes ?? []).map(validateArtifactType);
  const allowsAll = allowsAllArtifactTypes ?? existing?.allowsAllArtifactTypes ?? types.length === 0;
  if (allowsAll && types.length > 0) {
    const message = "A registry that accepts all artifact types takes no list of types";
    throw new ServerError("invalid_argument", message, { field: "artifactTypes" });
  }
  return { allowsAllArtifactTypes: allowsAll, artifactTypes: [...new Set(types)] };
}

/** Throws `invalid_argument` for a registry, which runs and artifacts cannot be logged to. */
export function refuseLogging(project: Project): void {
  if (!project.isRegistry) return;
  const message = `"${project.name}" is a registry: artifact versions can be linked to it, not logged`;
  throw new ServerError("invalid_argument", message, { field: "projectName" });
}
