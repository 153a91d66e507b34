/** A group of teams and users; owns registries. */
import { CommError, NotFoundError, ValueError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import {
  FetchOrgInfoFromEntityDocument,
  FetchOrganizationDocument,
} from "../../generated/artifacts-documents.ts";
import type { OrgInfoFragment } from "../../generated/artifacts-documents.ts";

/** The entity that owns what belongs to a whole organization. */
export interface OrgEntity {
  readonly id: string;
  readonly name: string;
  /** Always `organization`. */
  readonly entityType: string;
}

/** An organization. Mirrors `wandb.apis.public.Organization`. */
export class Organization {
  /** Global id. */
  readonly id: string;
  /** Name to show, and to ask for. */
  readonly name: string;
  /** The entity that owns its registries. Mirrors `org_entity`. */
  readonly orgEntity: OrgEntity;

  /** @internal */
  constructor(fields: { readonly id: string; readonly name: string; readonly orgEntity: OrgEntity }) {
    this.id = fields.id;
    this.name = fields.name;
    this.orgEntity = fields.orgEntity;
  }

  /** Loads an organization. @throws {NotFoundError} when it does not exist or may not be seen. @internal */
  static async fetch(service: Service, name: string, { signal }: ReadOptions = {}): Promise<Organization> {
    const { organization } = await service.graphql.execute(
      FetchOrganizationDocument,
      { org: name },
      { signal },
    );
    if (organization === null) throw new NotFoundError(`There is no organization ${JSON.stringify(name)}`);
    const { id, orgEntity } = organization;
    if (orgEntity === null) throw new CommError(`The organization ${JSON.stringify(name)} has no entity`);
    const entity = { ...orgEntity, entityType: orgEntity.entityType ?? "organization" };
    return new Organization({ id, name: organization.name, orgEntity: entity });
  }
}

/** The names of an organization: the one to show, and the one of its entity. */
export interface OrganizationNames {
  readonly name: string;
  readonly orgEntity: string;
}

/**
 * The organization that an entity means: a team's own, or the one of a user's that has the wanted name; without a wanted
 * name a user must be in exactly one.
 *
 * @throws {ValueError} when there is none, several, or another one than wanted.
 */
export async function resolveOrganization(
  service: Service,
  entity: string,
  wanted: string | null,
  { signal }: ReadOptions = {},
): Promise<OrganizationNames> {
  const answer = await service.graphql.execute(FetchOrgInfoFromEntityDocument, { entity }, { signal });
  const own = answer.entity?.organization;
  const all = own == null ? (answer.entity?.user?.organizations ?? []) : [own];
  const known = all.map(namesOf).filter((names) => names !== null);
  const fitting = known.filter(
    ({ name, orgEntity }) => wanted === null || wanted === name || wanted === orgEntity,
  );
  const [found, ...others] = fitting;
  if (found === undefined) {
    const names = known.map(({ name }) => JSON.stringify(name)).join(", ") || "none";
    throw new ValueError(
      wanted === null
        ? `${JSON.stringify(entity)} belongs to no organization`
        : `${JSON.stringify(entity)} does not belong to the organization ${JSON.stringify(wanted)}; it belongs to: ${names}`,
    );
  }
  if (others.length > 0) {
    const names = fitting.map(({ name }) => JSON.stringify(name)).join(", ");
    throw new ValueError(`${JSON.stringify(entity)} belongs to several organizations (${names}): name one`);
  }
  return found;
}

function namesOf(fields: OrgInfoFragment): OrganizationNames | null {
  return fields.orgEntity === null ? null : { name: fields.name, orgEntity: fields.orgEntity.name };
}
