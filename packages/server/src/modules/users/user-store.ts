import type { MemberRole } from "../entities/entity.ts";
import type { ApiKey, ApiKeyScope } from "./api-key.ts";
import type { User } from "./user.ts";

/** Accounts, their keys and passwords. Names are unique without regard to case. */
export interface UserStore {
  /**
   * Creates a user and the personal entity of the same name; `already_exists` when either name or the e-mail address
   * is taken. A deleted user of that name comes back with the old entity and what the new user states otherwise.
   */
  create(user: NewUser): Promise<User>;
  /** Changes what is given and leaves the rest alone; `not_found` when there is no such user, `already_exists` for another's e-mail address. */
  update(change: UserChange): Promise<User>;
  /** Marks a user deleted and removes keys, memberships and the invitations that were for or by the user. Deleting twice is no error. */
  delete(request: { readonly userId: number; readonly deletedAt: string }): Promise<void>;
  find(request: UserSelector): Promise<User | undefined>;
  /** All users that are not deleted, by username. */
  list(): Promise<readonly User[]>;
  /** Stores a key's hash; `already_exists` when another user has that key. The same user's same key is kept. */
  addKey(key: NewApiKey): Promise<ApiKey>;
  /** The key of a hash or number with its user; undefined for unknown keys and deleted users. Expiry is the caller's to judge. */
  findKey(request: ApiKeySelector): Promise<{ readonly key: ApiKey; readonly user: User } | undefined>;
  /** A user's keys, oldest first. */
  listKeys(request: { readonly userId: number }): Promise<readonly ApiKey[]>;
  /** Removes one key of a user; false when it was not there. */
  deleteKey(request: { readonly userId: number; readonly keyId: number }): Promise<boolean>;
  /** The password's hash, or undefined when the user has none. */
  findPassword(request: { readonly userId: number }): Promise<string | undefined>;
  setPassword(request: { readonly userId: number; readonly hash: string }): Promise<void>;
}

/** An account to create. */
export interface NewUser {
  readonly username: string;
  readonly name: string;
  readonly email: string | null;
  readonly isAdmin: boolean;
  readonly accountType: "USER" | "SERVICE";
  /** A team to join, with its organization; the runs of a service account go there by default. @default none */
  readonly team?: { readonly entityId: number; readonly role: MemberRole };
  readonly createdAt: string;
}

/** What to change of an account. */
export interface UserChange {
  readonly userId: number;
  readonly name?: string;
  readonly email?: string | null;
  readonly isAdmin?: boolean;
}

/** Which account; deleted ones are not found. */
export type UserSelector =
  { readonly userId: number } | { readonly username: string } | { readonly email: string };

/** Which key. */
export type ApiKeySelector = { readonly hash: string } | { readonly keyId: number };

/** A key to store. */
export interface NewApiKey {
  readonly userId: number;
  /** SHA-256 of the key in hexadecimal. */
  readonly hash: string;
  readonly mask: string;
  readonly description: string | null;
  readonly scope: ApiKeyScope;
  readonly projectId: number | null;
  readonly expiresAt: string | null;
  readonly createdAt: string;
}
