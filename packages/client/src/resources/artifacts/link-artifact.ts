/** Links versions to collections of other projects, and takes them out again. */
import { ProtocolError, REGISTRY_PREFIX, parseArtifactPath } from "@steelyard/protocol";
import type { ArtifactPath } from "@steelyard/protocol";

import { CommError, NotFoundError, ValueError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import {
  CollectionOfMembershipDocument,
  FetchLinkedArtifactsDocument,
  LinkArtifactDocument,
  UnlinkArtifactDocument,
} from "../../generated/artifacts-documents.ts";
import { resolveOrganization } from "../organizations/organization.ts";
import { isVersion } from "./artifact-names.ts";
import { checkAliases } from "./draft/draft-names.ts";
import { placeOf } from "./logged-version.ts";
import type { LoggedVersion } from "./logged-version.ts";

/** Where a version can be found after it was linked. */
export interface LinkedAddress {
  readonly entity: string;
  readonly project: string;
  readonly name: string;
}

/**
 * Links a version and says where it is then.
 *
 * @throws {ValueError} when the path or an alias is malformed, or no organization is meant by it.
 */
export async function linkArtifact(
  service: Service,
  version: LoggedVersion,
  targetPath: string,
  options: ReadOptions & { readonly aliases?: readonly string[] },
): Promise<LinkedAddress> {
  const { prefix, project = service.settings.project, collection, suffix } = parse(targetPath);
  if (project === null || suffix !== undefined)
    throw new ValueError(
      `Invalid target ${JSON.stringify(targetPath)}: expected [[entity/]project/]collection`,
    );
  const isRegistry = project.startsWith(REGISTRY_PREFIX);
  const { entity: sourceEntity } = version.source;
  const entity = isRegistry
    ? (await resolveOrganization(service, sourceEntity, prefix ?? service.settings.organization, options))
        .orgEntity
    : (prefix ?? sourceEntity);
  const input = {
    artifactID: version.fields.id,
    artifactPortfolioName: collection,
    entityName: entity,
    projectName: project,
    aliases: checkAliases(options.aliases ?? []).map((alias) => ({
      alias,
      artifactCollectionName: collection,
    })),
  };
  const { signal } = options;
  const { result } = await service.graphql.execute(LinkArtifactDocument, { input }, { signal });
  if (result?.versionIndex == null)
    throw new CommError(`The server did not link the version to ${targetPath}`);
  return { entity, project, name: `${collection}:v${result.versionIndex}` };
}

/** Takes a version out of the collection that it was reached through. */
export async function unlinkArtifact(
  service: Service,
  { place, fields }: LoggedVersion,
  { signal }: ReadOptions,
): Promise<void> {
  const variables = { entity: place.entity, project: place.project, name: place.collection };
  const { project } = await service.graphql.execute(CollectionOfMembershipDocument, variables, { signal });
  const collection = project?.artifactCollection;
  if (collection == null)
    throw new NotFoundError(`The collection ${place.collection} does not exist any more`);
  const input = { artifactID: fields.id, artifactPortfolioID: collection.id };
  const { result } = await service.graphql.execute(UnlinkArtifactDocument, { input }, { signal });
  if (result?.success !== true)
    throw new CommError(`The server did not take the version out of ${place.collection}`);
}

/** A version as a member of every collection that it is linked to. */
export async function findLinks(
  service: Service,
  version: LoggedVersion,
  { signal }: ReadOptions,
): Promise<LoggedVersion[]> {
  const variables = { artifactID: version.fields.id };
  const { artifact } = await service.graphql.execute(FetchLinkedArtifactsDocument, variables, { signal });
  const nodes = (artifact?.artifactMemberships.edges ?? [])
    .map(({ node }) => node)
    .filter((node) => node !== null);
  return nodes
    .filter(({ artifactCollection }) => artifactCollection?.__typename === "ArtifactPortfolio")
    .flatMap(({ artifactCollection, versionIndex, aliases }) => {
      const place = placeOf(artifactCollection);
      if (place === null) return [];
      const names = aliases.map(({ alias }) => alias);
      const number = names.find(isVersion) ?? `v${versionIndex ?? 0}`;
      const own = names.filter((name) => !isVersion(name));
      return [{ ...version, place, organization: null, suffix: number, version: number, aliases: own }];
    });
}

function parse(path: string): ArtifactPath {
  try {
    return parseArtifactPath(path);
  } catch (cause) {
    throw cause instanceof ProtocolError ? new ValueError(cause.message, { cause }) : cause;
  }
}
