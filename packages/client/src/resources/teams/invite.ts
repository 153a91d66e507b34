/** An invitation to a team or to the server alone. */
import { parseInstant, parseInstantOrNull } from "../../core/dates.ts";
import { CommError, UnsupportedError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import {
  CreateInviteDocument,
  CreateInviteWithLinkDocument,
  DeleteInviteDocument,
  ListInvitesDocument,
  RenewInviteDocument,
} from "../../generated/people-documents.ts";
import type { InviteDetailsFragment, NewInviteFragment } from "../../generated/people-documents.ts";

/** A role in a team. */
export type TeamRole = "admin" | "member" | "viewer";

/** Whom to invite as what. */
export interface InviteOptions extends ReadOptions {
  /** Whether to become an administrator of the team. @default false */
  readonly admin?: boolean | undefined;
  /** A role, which goes before `admin`; viewers need a server that has `STEELYARD_INVITE_LINKS`. @default member */
  readonly role?: TeamRole | undefined;
}

type InviteFields = Pick<InviteDetailsFragment, "id" | "name" | "email" | "createdAt"> &
  Partial<InviteDetailsFragment>;

const FEATURE = "STEELYARD_INVITE_LINKS";

/** An invitation. Python knows none: there `Team.invite` answers whether the server made one. */
export class Invite {
  readonly #service: Service;
  readonly #fields: InviteFields;
  /** The link to hand on; null unless the invitation was just made or renewed, or when the user joined at once. */
  readonly link: string | null;
  /** Whether the server mailed the link. */
  readonly isMailed: boolean;
  /** Why it did not although it has a mail server; null when there is nothing to say. */
  readonly mailProblem: string | null;

  /** @internal */
  constructor(service: Service, fields: InviteFields, made?: Omit<NewInviteFragment, "invite">) {
    this.#service = service;
    this.#fields = fields;
    this.link = made?.link ?? null;
    this.isMailed = made?.isMailed ?? false;
    this.mailProblem = made?.mailProblem ?? null;
  }

  /** Makes an invitation; without a team to the server alone. @internal */
  static async create(
    service: Service,
    team: string | null,
    usernameOrEmail: string,
    { admin = false, role, ...options }: InviteOptions,
  ): Promise<Invite> {
    const [email, username] = usernameOrEmail.includes("@")
      ? [usernameOrEmail, null]
      : [null, usernameOrEmail];
    if (await service.supports(FEATURE)) {
      const input = { entityName: team, email, username, role: role ?? (admin ? "admin" : "member") };
      const { createInvite } = await service.graphql.execute(
        CreateInviteWithLinkDocument,
        { input },
        options,
      );
      return fromPayload(service, createInvite);
    }
    if (team === null || role === "viewer") {
      throw new UnsupportedError("This server invites members and administrators of teams only");
    }
    const variables = { entity: team, email, username, admin: role === "admin" || admin };
    const { createInvite } = await service.graphql.execute(CreateInviteDocument, variables, options);
    if (createInvite?.invite == null) throw new CommError("The server made no invitation");
    return new Invite(service, { ...createInvite.invite, entityName: team });
  }

  /** The open invitations of a team, or all. @internal */
  static async list(service: Service, team: string | null, options: ReadOptions): Promise<Invite[]> {
    if (!(await service.supports(FEATURE))) {
      throw new UnsupportedError("This server lists no invitations; see the pending ones of team.members");
    }
    const { invites } = await service.graphql.execute(ListInvitesDocument, { entity: team }, options);
    return invites.map((fields) => new Invite(service, fields));
  }

  /** Global id; that of the user when one joined at once. */
  get id(): string {
    return this.#fields.id;
  }

  /** The user's name, or the e-mail address. */
  get name(): string {
    return this.#fields.name;
  }

  /** E-mail address. */
  get email(): string | null {
    return this.#fields.email;
  }

  /** The role in the team; null when the server does not tell. */
  get role(): string | null {
    return this.#fields.role ?? null;
  }

  /** Name of the team; null for the server alone. */
  get team(): string | null {
    return this.#fields.entityName ?? null;
  }

  /** When it was made. */
  get createdAt(): Date {
    return parseInstant(this.#fields.createdAt, "invite.createdAt");
  }

  /** When its link ends; null when the user joined at once, or the server does not tell. */
  get expiresAt(): Date | null {
    return parseInstantOrNull(this.#fields.expiresAt ?? null, "invite.expiresAt");
  }

  /** The same invitation with a new link, whose time starts anew; the old link is void. @throws {NotFoundError} */
  async renew({ signal }: ReadOptions = {}): Promise<Invite> {
    const { renewInvite } = await this.#service.graphql.execute(
      RenewInviteDocument,
      { id: this.id },
      { signal },
    );
    return fromPayload(this.#service, renewInvite);
  }

  /** Withdraws it: its link is void. False when it was gone already. @throws {NotFoundError} when it ended. */
  async withdraw({ signal }: ReadOptions = {}): Promise<boolean> {
    const variables = { id: this.id, entity: this.team };
    const { deleteInvite } = await this.#service.graphql.execute(DeleteInviteDocument, variables, { signal });
    return deleteInvite?.success === true;
  }
}

function fromPayload(service: Service, payload: NewInviteFragment | null): Invite {
  if (payload?.invite == null) throw new CommError("The server made no invitation");
  return new Invite(service, payload.invite, payload);
}
