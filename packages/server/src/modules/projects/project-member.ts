/** Who belongs to a registry or a restricted project, beside what the roles in its entity give. */
import type { ProjectRole } from "@steelyard/protocol";

/** A user with a role in one project. */
export interface ProjectMember {
  readonly userId: number;
  readonly role: ProjectRole;
}

/** A team whose members have a role in one project. */
export interface ProjectTeam {
  readonly entityId: number;
  readonly role: ProjectRole;
}
