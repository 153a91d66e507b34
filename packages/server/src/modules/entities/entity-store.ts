import type { Entity, MemberRole, Membership, Organization } from "./entity.ts";

/** Entities, teams, organizations and who is in them. Names are unique without regard to case. */
export interface EntityStore {
  find(request: { readonly entityId: number } | { readonly name: string }): Promise<Entity | undefined>;
  /**
   * Creates or finds a team and sets its organization and its members as a whole; its service accounts stay.
   * `already_exists` when the name belongs to something else, or at all where the team has to be new.
   */
  putTeam(team: TeamPut): Promise<{ readonly entity: Entity; readonly created: boolean }>;
  /**
   * Creates or finds an organization with its own entity, named `<name>-org`, and sets its members as a whole; service
   * accounts of its teams stay.
   * `already_exists` when the name of the entity is taken.
   */
  putOrganization(
    organization: OrganizationPut,
  ): Promise<{ readonly organization: Organization; readonly created: boolean }>;
  /** Puts a user into a team and its organization, or gives a member another role. */
  putTeamMember(member: {
    readonly entityId: number;
    readonly userId: number;
    readonly role: MemberRole;
  }): Promise<void>;
  /** Takes a user out of a team, but not out of its organization; false when the user was not in it. */
  removeTeamMember(request: { readonly entityId: number; readonly userId: number }): Promise<boolean>;
  /**
   * Removes a team with its service accounts and invitations; `conflict` while it owns projects. False when it was not
   * there.
   */
  deleteTeam(request: { readonly name: string; readonly deletedAt: string }): Promise<boolean>;
  /** Removes an organization; `conflict` while it has teams or projects. False when it was not there. */
  deleteOrganization(request: { readonly name: string }): Promise<boolean>;
  /** All teams, by name. */
  listTeams(): Promise<readonly Entity[]>;
  /** All organizations, by name. */
  listOrganizations(): Promise<readonly Organization[]>;
  findOrganization(
    request: { readonly organizationId: number } | { readonly name: string },
  ): Promise<Organization | undefined>;
  /** Puts one user into an organization; one who is in it keeps the role. */
  joinOrganization(request: {
    readonly organizationId: number;
    readonly userId: number;
    readonly role: MemberRole;
  }): Promise<void>;
  /** Bytes of the files and artifacts in the entity's projects. */
  storageBytes(request: { readonly entityId: number }): Promise<number>;
  /** Members of a team, by user id. */
  teamMembers(request: { readonly entityId: number }): Promise<readonly Membership[]>;
  organizationMembers(request: { readonly organizationId: number }): Promise<readonly Membership[]>;
  /** The user's role in each team, and in each organization by its entity. */
  rolesOf(request: {
    readonly userId: number;
  }): Promise<readonly { readonly entityId: number; readonly role: MemberRole }[]>;
  /** The teams of a user, by name. */
  teamsOf(request: { readonly userId: number }): Promise<readonly Entity[]>;
  organizationsOf(request: { readonly userId: number }): Promise<readonly Organization[]>;
}

/** A team as it is to be. */
export interface TeamPut {
  readonly name: string;
  readonly organizationId: number | null;
  readonly members: readonly Membership[];
  /** Whether a team of that name is an error. @default false */
  readonly isNew?: boolean;
  readonly createdAt: string;
}

/** An organization as it is to be. */
export interface OrganizationPut {
  readonly name: string;
  readonly members: readonly Membership[];
  readonly createdAt: string;
}
