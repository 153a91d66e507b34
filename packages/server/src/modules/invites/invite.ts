import type { Entity, MemberRole } from "../entities/entity.ts";
import type { User } from "../users/user.ts";

/** An open invitation: whoever has its link may come in, once, until it expires. */
export interface Invite {
  readonly id: number;
  readonly email: string | null;
  /** The account whose password the link sets; null for an invitation to somebody without one, or to a team. */
  readonly userId: number | null;
  /** The team; null for the server alone. */
  readonly entityId: number | null;
  /** The role in the team. */
  readonly role: MemberRole;
  readonly createdByUserId: number;
  readonly createdAt: string;
  readonly expiresAt: string;
}

/** An invitation, or that none was needed: who belongs to the team's organization is in at once. */
export type ShownInvite =
  | { readonly kind: "invited"; readonly invite: Invite }
  | {
      readonly kind: "joined";
      readonly user: User;
      readonly team: Entity;
      readonly role: MemberRole;
      readonly joinedAt: string;
    };
