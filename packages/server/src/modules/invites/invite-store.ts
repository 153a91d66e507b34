import type { MemberRole } from "../entities/entity.ts";
import type { NewUser } from "../users/user-store.ts";
import type { User } from "../users/user.ts";
import type { Invite } from "./invite.ts";

/** Invitations; their links are known only as hashes. */
export interface InviteStore {
  /**
   * Stores an invitation; `already_exists` while one to the same place for the same address or account is open.
   * Expired ones go away.
   */
  create(invite: NewInvite): Promise<Invite>;
  /** The invitation of a number or link that has not expired at `now`. */
  find(
    request: ({ readonly inviteId: number } | { readonly tokenHash: string }) & { readonly now: string },
  ): Promise<Invite | undefined>;
  /** Those that have not expired, oldest first, of one team or, without one, of all. */
  list(request: { readonly entityId?: number | undefined; readonly now: string }): Promise<readonly Invite[]>;
  /** Gives an invitation another link and end, also one that has expired; undefined when it is not there. */
  renew(request: {
    readonly inviteId: number;
    readonly tokenHash: string;
    readonly expiresAt: string;
  }): Promise<Invite | undefined>;
  /** Withdraws an invitation; false when it was not there. */
  delete(request: { readonly inviteId: number }): Promise<boolean>;
  /**
   * Uses an invitation up and does what it is for, all or nothing: makes the account or finds it, sets its password, and
   * puts it into the team. Undefined when the invitation is not there or has expired at `now`; `already_exists` when the
   * name or address of a new account is taken, the name also by an account that was deleted.
   */
  accept(request: AcceptedInvite): Promise<{ readonly invite: Invite; readonly user: User } | undefined>;
}

/** An invitation to store. */
export interface NewInvite {
  /** SHA-256 of the link's secret in hexadecimal. */
  readonly tokenHash: string;
  readonly email: string | null;
  readonly userId: number | null;
  readonly entityId: number | null;
  readonly role: MemberRole;
  readonly createdByUserId: number;
  readonly createdAt: string;
  readonly expiresAt: string;
}

/** Who came by a link. */
export interface AcceptedInvite {
  readonly tokenHash: string;
  readonly now: string;
  readonly guest: { readonly account: NewUser } | { readonly userId: number };
  /** The hash of the password to set. @default the account's password stays */
  readonly passwordHash?: string | undefined;
}
