/** What the holder of an invitation's link may do: see what it is, and come in, once. No one is signed in here. */
import { validateEntityName } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { IdSource } from "../../ports/id-source.ts";
import type { Entity } from "../entities/entity.ts";
import type { EntityStore } from "../entities/entity-store.ts";
import type { ApiKeyIssuer, GeneratedApiKey } from "../users/api-key-issuer.ts";
import type { AuthenticationService } from "../users/authentication-service.ts";
import { hashPassword, parsePassword } from "../users/password.ts";
import { SALT_BYTES } from "../users/sign-in.ts";
import type { Credentials, SignIn } from "../users/sign-in.ts";
import type { User } from "../users/user.ts";
import type { NewUser, UserStore } from "../users/user-store.ts";
import type { Invite } from "./invite.ts";
import { hashToken } from "./invite-service.ts";
import type { AcceptedInvite, InviteStore } from "./invite-store.ts";

/** What the service is built from. */
export interface InviteAcceptanceParts {
  readonly invites: InviteStore;
  readonly users: UserStore;
  readonly entities: EntityStore;
  readonly authentication: AuthenticationService;
  readonly issuer: ApiKeyIssuer;
  readonly signIn: SignIn;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** What a link's holder is told of it. */
export interface OpenInvite {
  /** Name of who invites. */
  readonly inviter: string;
  /** Name of the team; null for the server alone. */
  readonly team: string | null;
  readonly email: string | null;
  /** Login name of the account whose password the link sets; null for invitations. */
  readonly username: string | null;
}

/** How the holder comes in. */
export type InviteAnswer =
  | ({ readonly kind: "new account" } & Credentials)
  | { readonly kind: "new password"; readonly password: string }
  | ({ readonly kind: "password" } & Credentials)
  | { readonly kind: "API key"; readonly apiKey: string };

/** Who came in. */
export interface AcceptedGuest {
  readonly user: User;
  readonly team: string | null;
  /** A new key, for those who may not have one; shown once. */
  readonly key: GeneratedApiKey | undefined;
}

/** Opens invitations for those who hold a link. */
export class InviteAcceptance {
  readonly #parts: InviteAcceptanceParts;

  constructor(parts: InviteAcceptanceParts) {
    this.#parts = parts;
  }

  /** What a link is for; undefined when it was used, withdrawn, replaced, or its time is over. */
  async look(token: string): Promise<OpenInvite | undefined> {
    const { invites, users, clock } = this.#parts;
    const invite = await invites.find({ tokenHash: hashToken(token), now: clock.now() });
    if (invite === undefined) return undefined;
    const inviter = await users.find({ userId: invite.createdByUserId });
    const user = invite.userId === null ? undefined : await users.find({ userId: invite.userId });
    return {
      inviter: inviter?.name ?? "Somebody",
      team: (await this.#team(invite.entityId))?.name ?? null,
      email: invite.email,
      username: user?.username ?? null,
    };
  }

  /**
   * Comes in by a link, which is used up then; undefined when it cannot be used any more. `address` is the network
   * address that attempts to sign in count for.
   *
   * @throws {ServerError} `invalid_argument` for a name or password that breaks a rule, `already_exists` for a name or
   *   address that is taken, `unauthenticated` when the account is not proven, `resource_exhausted` after too many
   *   attempts; the link stays good.
   */
  async accept(token: string, answer: InviteAnswer, address: string): Promise<AcceptedGuest | undefined> {
    const { invites, clock, issuer } = this.#parts;
    const tokenHash = hashToken(token);
    const now = clock.now();
    const invite = await invites.find({ tokenHash, now });
    if (invite === undefined) return undefined;
    const guest = await this.#guest(answer, invite, { address, now });
    const accepted = await invites.accept({ tokenHash, now, ...guest });
    if (accepted === undefined) return undefined;
    this.#parts.authentication.forget();
    const { user } = accepted;
    const hasKey = answer.kind === "password" || answer.kind === "API key";
    const key = hasKey ? undefined : await issuer.issue(user, { description: "made with an invitation" });
    return { user, key, team: (await this.#team(accepted.invite.entityId))?.name ?? null };
  }

  async #guest(
    answer: InviteAnswer,
    invite: Invite,
    place: { readonly address: string; readonly now: string },
  ): Promise<Pick<AcceptedInvite, "guest" | "passwordHash">> {
    const { userId, entityId } = invite;
    if (answer.kind === "new password") {
      if (userId === null) throw wrongLink();
      return { guest: { userId }, passwordHash: await this.#hash(answer.password) };
    }
    if (userId !== null) throw wrongLink();
    if (answer.kind === "new account") {
      const account = { ...newAccount(answer.username, invite.email), createdAt: place.now };
      return { guest: { account }, passwordHash: await this.#hash(answer.password) };
    }
    // Who has an account has nothing to gain from an invitation to the server alone.
    if (entityId === null) throw wrongLink();
    const user = await this.#prove(answer, place.address);
    return { guest: { userId: user.id } };
  }

  async #prove(
    answer: Extract<InviteAnswer, { readonly kind: "password" | "API key" }>,
    address: string,
  ): Promise<User> {
    if (answer.kind === "password") {
      const user = await this.#parts.signIn.check(answer, address);
      if (user?.accountType === "USER") return user;
      throw new ServerError("unauthenticated", "Username and password do not belong together");
    }
    const caller = await this.#parts.authentication.authenticate(answer.apiKey);
    const isOwner = caller.kind === "user" && caller.scope === "admin" && caller.onlyProjectId === null;
    if (isOwner && caller.user.accountType === "USER") return caller.user;
    throw new ServerError("unauthenticated", "Joining a team takes a person's key of the scope admin");
  }

  async #hash(password: string): Promise<string> {
    return hashPassword(parsePassword(password), this.#parts.ids.hex(SALT_BYTES));
  }

  async #team(entityId: number | null): Promise<Entity | undefined> {
    return entityId === null ? undefined : this.#parts.entities.find({ entityId });
  }
}

function newAccount(username: string, email: string | null): Omit<NewUser, "createdAt"> {
  const name = validateEntityName(username.trim());
  return { username: name, name, email, isAdmin: false, accountType: "USER" };
}

function wrongLink(): ServerError {
  return new ServerError("invalid_argument", "This link is for something else", { field: "kind" });
}
