/** What a member of a team or organisation may do. */

/** Every role, strongest first. */
export const ROLES = ["admin", "member", "viewer"] as const;

/** The role of a member. */
export type Role = (typeof ROLES)[number];

/** Tells whether a text is a role. */
export function isRole(text: string): text is Role {
  return ROLES.some((role) => role === text);
}
