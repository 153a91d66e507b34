/** A person or a service account. */
export interface User {
  readonly id: number;
  readonly username: string;
  readonly name: string;
  readonly email: string | null;
  /** Whether the user administers the whole server. */
  readonly isAdmin: boolean;
  readonly accountType: "USER" | "SERVICE";
  /** The personal entity, of the same name as the user. */
  readonly entityId: number;
  /** Where runs go when no entity is named: the personal entity, of a service account its team's. */
  readonly defaultEntityId: number;
  readonly createdAt: string;
  readonly deletedAt: string | null;
}
