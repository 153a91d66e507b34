/** Gives versions aliases in any collection that holds them, and takes them away. */
import { ServerError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { ProjectService } from "../projects/project-service.ts";
import type { Artifact } from "./artifact.ts";
import type { ArtifactAccess } from "./artifact-access.ts";
import type { ArtifactCollection } from "./artifact-collection.ts";
import { parseAliases } from "./artifact-input.ts";
import type { AliasInput } from "./artifact-input.ts";
import type { ArtifactStore, CollectionAliasChange } from "./artifact-store.ts";

/** What it is built from. */
export interface ArtifactAliasesParts {
  readonly artifacts: ArtifactStore;
  readonly projects: ProjectService;
  readonly access: ArtifactAccess;
  readonly rules: Access;
  readonly clock: Clock;
}

/** Aliases to give to a version or to take from it. */
export interface AliasEdit {
  readonly artifactId: number;
  readonly action: "add" | "delete";
  readonly aliases: readonly PlacedAlias[];
}

/** An alias and the collection that it is meant for. */
export interface PlacedAlias extends AliasInput {
  readonly entityName: string;
  readonly projectName: string;
}

/** Changes aliases. */
export class ArtifactAliases {
  readonly #artifacts: ArtifactStore;
  readonly #projects: ProjectService;
  readonly #access: ArtifactAccess;
  readonly #rules: Access;
  readonly #clock: Clock;

  constructor({ artifacts, projects, access, rules, clock }: ArtifactAliasesParts) {
    this.#clock = clock;
    this.#artifacts = artifacts;
    this.#projects = projects;
    this.#access = access;
    this.#rules = rules;
  }

  /**
   * Gives a version aliases of collections that hold it, or takes them away; all or none.
   *
   * @throws {ServerError} `unauthenticated`, `not_found`, `permission_denied`, `invalid_argument`, `conflict` before the
   *   commit or for a collection that does not hold the version.
   */
  async change(caller: Caller, { artifactId, action, aliases }: AliasEdit): Promise<Artifact> {
    const { user } = this.#rules.requireUser(caller);
    await this.#access.requireSee(caller, artifactId);
    const changes: CollectionAliasChange[] = [];
    for (const placed of Map.groupBy(aliases, placeKey).values()) {
      const collection = await this.#requireCollection(caller, placed);
      const names = parseAliases(placed, collection.name);
      const [toAdd, toDelete] = action === "add" ? [names, []] : [[], names];
      changes.push({ collectionId: collection.id, toAdd, toDelete });
    }
    return this.#artifacts.changeAliases({
      artifactId,
      changes,
      now: this.#clock.now(),
      userId: user.id,
    });
  }

  /** The one collection of several aliases, in a project where the caller may change them. */
  async #requireCollection(caller: Caller, [place]: readonly PlacedAlias[]): Promise<ArtifactCollection> {
    if (place === undefined) throw new ServerError("internal", "A group of aliases is empty");
    const project = await this.#projects.require(caller, place);
    await this.#rules.requireAppendProject(caller, project);
    const { id: projectId } = project;
    const collection = await this.#artifacts.findCollection({ projectId, name: place.collectionName });
    if (collection !== undefined) return collection;
    const message = `Artifact collection "${place.collectionName}" not found`;
    throw new ServerError("not_found", message, { field: "artifactCollectionName" });
  }
}

function placeKey({ entityName, projectName, collectionName }: PlacedAlias): string {
  return JSON.stringify([entityName, projectName, collectionName]);
}
