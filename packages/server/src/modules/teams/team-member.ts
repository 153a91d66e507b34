import type { Entity, MemberRole } from "../entities/entity.ts";
import type { Invite } from "../invites/invite.ts";
import type { User } from "../users/user.ts";

/** Somebody in a team, or on the way there. */
export type TeamMember =
  | {
      readonly kind: "user";
      readonly team: Entity;
      readonly user: User;
      readonly role: MemberRole;
    }
  | { readonly kind: "invite"; readonly team: Entity; readonly invite: Invite };
