import type { ProjectRole } from "@steelyard/protocol";
import type { Generated } from "kysely";
import type { EntityKind, MemberRole } from "../../modules/entities/entity.ts";
import type { ProjectAccess } from "../../modules/projects/project.ts";
import type { ApiKeyScope } from "../../modules/users/api-key.ts";

/** Tables of the identity modules. */
export interface IdentityTables {
  entities: EntityRow;
  users: UserRow;
  api_keys: ApiKeyRow;
  organizations: OrganizationRow;
  team_members: TeamMemberRow;
  organization_members: OrganizationMemberRow;
  invites: InviteRow;
  projects: ProjectRow;
  project_members: ProjectMemberRow;
  project_teams: ProjectTeamRow;
}

/** An owner of projects. */
export interface EntityRow {
  id: Generated<number>;
  name: string;
  /** The name as it is compared: see `toNameKey`. */
  name_key: string;
  kind: EntityKind;
  organization_id: number | null;
  created_at: string;
}

/** An account; deleted ones stay, so that what they made keeps its author. */
export interface UserRow {
  id: Generated<number>;
  username: string;
  username_key: string;
  name: string;
  email: string | null;
  /** Unique among accounts that are not deleted. */
  email_key: string | null;
  /** 0 or 1. */
  is_admin: number;
  account_type: "USER" | "SERVICE";
  entity_id: number;
  /** Where runs go when no entity is named; null for the personal one. */
  default_entity_id: number | null;
  password_hash: string | null;
  created_at: string;
  deleted_at: string | null;
}

/** An API key, known only as a hash. */
export interface ApiKeyRow {
  id: Generated<number>;
  user_id: number;
  hash: string;
  mask: string;
  description: string | null;
  scope: ApiKeyScope;
  project_id: number | null;
  expires_at: string | null;
  created_at: string;
}

/** An organization; `entity_id` is its own entity. */
export interface OrganizationRow {
  id: Generated<number>;
  name: string;
  name_key: string;
  entity_id: number;
  created_at: string;
}

/** A user in a team. */
export interface TeamMemberRow {
  entity_id: number;
  user_id: number;
  role: MemberRole;
}

/** A user in an organization. */
export interface OrganizationMemberRow {
  organization_id: number;
  user_id: number;
  role: MemberRole;
}

/** A project. */
export interface ProjectRow {
  id: Generated<number>;
  entity_id: number;
  name: string;
  description: string | null;
  access: ProjectAccess;
  repo: string | null;
  docker_image: string | null;
  views: string | null;
  /** 0 or 1. */
  is_benchmark: number;
  /** 0 or 1. */
  allows_all_artifact_types: number;
  created_by_user_id: number;
  created_at: string;
  updated_at: string;
}

/** A user with a role in one project. */
export interface ProjectMemberRow {
  project_id: number;
  user_id: number;
  role: ProjectRole;
  created_at: string;
}

/** A team whose members have a role in one project. */
export interface ProjectTeamRow {
  project_id: number;
  entity_id: number;
  role: ProjectRole;
  created_at: string;
}

/** An open invitation; it goes away when it is accepted or withdrawn. */
export interface InviteRow {
  id: Generated<number>;
  token_hash: string;
  email: string | null;
  email_key: string | null;
  /** The account that it is for, where there is one. */
  user_id: number | null;
  /** The team; null for the server alone. */
  entity_id: number | null;
  role: MemberRole;
  created_by_user_id: number;
  created_at: string;
  expires_at: string;
}
