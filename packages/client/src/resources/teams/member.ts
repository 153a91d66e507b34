/** A person or service account in a team. */
import type { TeamMemberFieldsFragment } from "../../generated/artifacts-documents.ts";

/** A member of a team. Mirrors `wandb.apis.public.Member`. */
export class Member {
  /** Global id; null for an invitation. */
  readonly id: string | null;
  /** Name to show. */
  readonly name: string;
  /** Login name. */
  readonly username: string | null;
  /** E-mail address. */
  readonly email: string | null;
  /** What the member may do in the team. */
  readonly role: string | null;
  /** Whether the member was invited and has not come yet. */
  readonly pending: boolean | null;
  /** Address of a picture. Mirrors `photo_url`. */
  readonly photoUrl: string | null;
  /** Kind of account, such as `SERVICE`. Mirrors `account_type`. */
  readonly accountType: string | null;
  /** Name of the team. */
  readonly team: string;

  /** @internal */
  constructor(team: string, fields: TeamMemberFieldsFragment) {
    this.team = team;
    this.id = fields.id;
    this.name = fields.name;
    this.username = fields.username;
    this.email = fields.email;
    this.role = fields.role;
    this.pending = fields.pending;
    this.photoUrl = fields.photoUrl;
    this.accountType = fields.accountType;
  }

  /** Whether the member administers the team. */
  get admin(): boolean {
    return this.role === "admin";
  }
}
