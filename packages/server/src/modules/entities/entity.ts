/** What an entity stands for. */
export type EntityKind = "user" | "team" | "organization";

/** An owner of projects. */
export interface Entity {
  readonly id: number;
  readonly name: string;
  readonly kind: EntityKind;
  /** The organization of a team or of an organization's own entity. */
  readonly organizationId: number | null;
  readonly createdAt: string;
}

/** A group of teams and users. */
export interface Organization {
  readonly id: number;
  readonly name: string;
  /** The entity that owns what belongs to the whole organization. */
  readonly entityId: number;
  readonly createdAt: string;
}

/** Roles in teams and organizations, from most to least. */
export const MEMBER_ROLES = ["admin", "member", "viewer"] as const;

/** One of the roles. */
export type MemberRole = (typeof MEMBER_ROLES)[number];

/** A user in a team or an organization. */
export interface Membership {
  readonly userId: number;
  readonly role: MemberRole;
}
