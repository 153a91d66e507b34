/** The bodies of the operator's REST interface under `/api/admin`: JSON, idempotent PUTs. */
import type { Role } from "../vocabulary/roles.ts";

/** `PUT /api/admin/users/{username}`: absent members stay as they are. */
export interface AdminUserBody {
  readonly email?: string;
  /** Whether the user is an administrator of the server. */
  readonly admin?: boolean;
  readonly password?: string;
  /** An existing API key to bring along; stored as a hash. */
  readonly apiKey?: string;
}

/** One member of a team or organisation. */
export interface AdminMember {
  readonly username: string;
  readonly role: Role;
}

/** `PUT /api/admin/organizations/{name}`: the list replaces the members. */
export interface AdminOrganizationBody {
  readonly members: readonly AdminMember[];
}

/** `PUT /api/admin/teams/{name}`: the list replaces the members. */
export interface AdminTeamBody {
  readonly organization: string;
  readonly members: readonly AdminMember[];
}

/** `PUT /api/admin/artifacts/ttl/{entity}`: how long versions live unless they or their collection say otherwise. */
export interface AdminArtifactTtl {
  /** Null for ever. */
  readonly seconds: number | null;
}

/** The answer to `GET /api/admin/artifacts/removals?since=`: what was given back, by project and reason. */
export interface AdminArtifactRemoval {
  readonly entity: string | null;
  /** Null when it was deleted since. */
  readonly project: string | null;
  readonly reason: "deleted" | "expired" | "abandoned" | "unreferenced";
  readonly artifacts: number;
  readonly contents: number;
  readonly freedBytes: number;
}

/** The answer to a PUT of a user. */
export interface AdminUser {
  readonly username: string;
  readonly email: string | null;
  readonly admin: boolean;
}

/** The answer to a PUT of an organisation. */
export interface AdminOrganization extends AdminOrganizationBody {
  readonly name: string;
}

/** The answer to a PUT of a team. */
export interface AdminTeam extends AdminTeamBody {
  readonly name: string;
}
