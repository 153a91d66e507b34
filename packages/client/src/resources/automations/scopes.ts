/** Where the event of an automation has to happen. */
import { REGISTRY_PREFIX } from "@steelyard/protocol";

import { ValueError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import { ArtifactCollection } from "../artifact-collections/artifact-collection.ts";
import { Organization } from "../organizations/organization.ts";
import { Project } from "../projects/project.ts";
import { Registry } from "../registries/registry.ts";
import { Team } from "../teams/team.ts";

/** The kinds of scopes. Mirrors `ScopeType`. */
export type ScopeType = "PROJECT" | "ARTIFACT_COLLECTION" | "ENTITY";

/** What every scope has. */
interface ScopeFields {
  readonly id: string;
  readonly name: string;
}

/** A project. */
export class ProjectScope {
  /** The kind of scope. Mirrors `scope_type`. */
  readonly scopeType = "PROJECT";
  /** Global id. */
  readonly id: string;
  /** Name of the project. */
  readonly name: string;

  constructor({ id, name }: ScopeFields) {
    this.id = id;
    this.name = name;
  }
}

/** A registry, which is a project to the server. */
export class RegistryScope {
  /** The kind of scope. Mirrors `scope_type`. */
  readonly scopeType = "PROJECT";
  /** Tells a registry from a project. Mirrors `is_registry`. */
  readonly isRegistry = true;
  /** Global id. */
  readonly id: string;
  /** Name of the registry's project, with its prefix. */
  readonly name: string;

  constructor({ id, name }: ScopeFields) {
    this.id = id;
    this.name = name;
  }
}

/** A collection of artifacts. */
export class ArtifactCollectionScope {
  /** The kind of scope. Mirrors `scope_type`. */
  readonly scopeType = "ARTIFACT_COLLECTION";
  /** Global id. */
  readonly id: string;
  /** Name of the collection. */
  readonly name: string;

  constructor({ id, name }: ScopeFields) {
    this.id = id;
    this.name = name;
  }
}

/** All of an entity. */
export abstract class EntityScope {
  /** The kind of scope. Mirrors `scope_type`. */
  readonly scopeType = "ENTITY";
  /** Whose entity it is. Mirrors `entity_type`. */
  abstract readonly entityType: "team" | "organization";
  /** Global id. */
  readonly id: string;
  /** Name of the entity. */
  readonly name: string;

  constructor({ id, name }: ScopeFields) {
    this.id = id;
    this.name = name;
  }
}

/** All of a team. */
export class TeamScope extends EntityScope {
  override readonly entityType = "team";
}

/** All of an organization. */
export class OrgScope extends EntityScope {
  override readonly entityType = "organization";
}

/** A scope. */
export type AutomationScope = ProjectScope | RegistryScope | ArtifactCollectionScope | TeamScope | OrgScope;

/** A scope, or the object that it is of. */
export type ScopeLike = AutomationScope | Project | Registry | ArtifactCollection | Team | Organization;

/**
 * The scope that an object is; of a project that is not loaded the id is asked for.
 *
 * @throws {NotFoundError} when that project does not exist.
 * @throws {ValueError} for something else.
 */
export async function resolveScope(scope: ScopeLike, options: ReadOptions = {}): Promise<AutomationScope> {
  if (scope instanceof Project) {
    const fields = { id: await scope.id(options), name: scope.name };
    return scope.name.startsWith(REGISTRY_PREFIX) ? new RegistryScope(fields) : new ProjectScope(fields);
  }
  if (scope instanceof Registry) return new RegistryScope({ id: scope.id, name: scope.fullName });
  if (scope instanceof ArtifactCollection) return new ArtifactCollectionScope(scope);
  if (scope instanceof Team) return new TeamScope(scope);
  if (scope instanceof Organization) return new OrgScope(scope.orgEntity);
  if ("scopeType" in scope) return scope;
  throw new ValueError("The scope of an automation is a project, registry, collection, team or organization");
}

/** Name of the entity that a scope belongs to; undefined where the scope does not say. */
export function entityOf(scope: ScopeLike): string | undefined {
  if (scope instanceof Organization) return scope.orgEntity.name;
  if (scope instanceof Team || scope instanceof EntityScope) return scope.name;
  return "entity" in scope ? scope.entity : undefined;
}
