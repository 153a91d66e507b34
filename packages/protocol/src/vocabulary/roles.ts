/** What a member of a team, an organisation, a project or a registry may do. */

/** Every role, strongest first. */
export const ROLES = ["admin", "member", "viewer"] as const;

/** The role of a member. */
export type Role = (typeof ROLES)[number];

/** Tells whether a text is a role. */
export function isRole(text: string): text is Role {
  return ROLES.some((role) => role === text);
}

/**
 * Every role in a registry or restricted project, strongest first. A restricted viewer sees what there is, but not what
 * is in it.
 */
export const PROJECT_ROLES = ["admin", "member", "viewer", "restricted_viewer"] as const;

/** The role of a member of a registry or restricted project. */
export type ProjectRole = (typeof PROJECT_ROLES)[number];

/** Tells whether a text is a role in a registry or restricted project. */
export function isProjectRole(text: string): text is ProjectRole {
  return PROJECT_ROLES.some((role) => role === text);
}
