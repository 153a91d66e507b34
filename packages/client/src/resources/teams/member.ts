/** A person or service account in a team. */
import { UnsupportedError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import type { TeamMemberFieldsFragment } from "../../generated/artifacts-documents.ts";
import type { TeamRole } from "./invite.ts";

/** What is known of a member; keys are told in lists of a team's members only. */
export type MemberFields = TeamMemberFieldsFragment & { readonly apiKey?: string | null };

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
  /**
   * Key of a service account: its text for who just made it, the first time that it is told, otherwise a mask; null for
   * people and for those who do not administer the team. Mirrors `api_key`.
   */
  readonly apiKey: string | null;
  /** Name of the team. */
  readonly team: string;
  readonly #service: Service;
  readonly #isAdmin: boolean;

  /** @internal */
  constructor(service: Service, team: string, fields: MemberFields) {
    this.#service = service;
    this.#isAdmin = fields.admin === true || fields.role === "admin";
    this.team = team;
    this.id = fields.id;
    this.name = fields.name;
    this.username = fields.username;
    this.email = fields.email;
    this.role = fields.role;
    this.pending = fields.pending;
    this.photoUrl = fields.photoUrl;
    this.accountType = fields.accountType;
    this.apiKey = fields.apiKey ?? null;
  }

  /** Whether the member administers the team. */
  get admin(): boolean {
    return this.#isAdmin;
  }

  /**
   * Takes the member out of the team, deletes the service account, or withdraws the invitation. False when the server
   * says that there was none. Mirrors `delete`, which returns False for every failure; this throws.
   *
   * @throws {PermissionError} when the caller administers neither the team nor is the member.
   * @throws {ConflictError} for the team's last administrator.
   */
  async delete({ signal }: ReadOptions = {}): Promise<boolean> {
    const { DeleteInviteDocument } = await import("../../generated/people-documents.ts");
    const variables = { id: this.id, entity: this.team };
    const { deleteInvite } = await this.#service.graphql.execute(DeleteInviteDocument, variables, { signal });
    return deleteInvite?.success === true;
  }

  /**
   * Gives the member another role; `team.load()` shows it. Python has no such method.
   *
   * @throws {UnsupportedError} when the server has no `STEELYARD_TEAM_ROLES`, or this is an invitation.
   * @throws {PermissionError} when the caller does not administer the team.
   */
  async setRole(role: TeamRole, { signal }: ReadOptions = {}): Promise<void> {
    if (this.id === null || this.pending === true || !(await this.#service.supports("STEELYARD_TEAM_ROLES")))
      throw new UnsupportedError("This server does not change the role of this member");
    const { UpdateTeamMemberDocument } = await import("../../generated/people-documents.ts");
    const variables = { entity: this.team, userId: this.id, role };
    await this.#service.graphql.execute(UpdateTeamMemberDocument, variables, { signal });
  }
}
