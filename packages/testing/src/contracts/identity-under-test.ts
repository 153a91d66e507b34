// The stores of accounts, entities and projects hang together, so each suite is given all three.
import type {
  EntityStore,
  InviteStore,
  ProjectMemberStore,
  ProjectStore,
  User,
  UserStore,
} from "@steelyard/server";

/** Empty stores over one database. */
export interface IdentityUnderTest {
  readonly users: UserStore;
  readonly entities: EntityStore;
  readonly invites: InviteStore;
  readonly projects: ProjectStore;
  readonly members: ProjectMemberStore;
  close(): Promise<void>;
}

/** The instant at which everything is made unless a test says otherwise. */
export const NOW = "2026-03-01T10:00:00.000Z";

/** An ordinary account. */
export function createUser(users: UserStore, username: string, email: string | null = null): Promise<User> {
  return users.create({
    username,
    name: username,
    email,
    isAdmin: false,
    accountType: "USER",
    createdAt: NOW,
  });
}
