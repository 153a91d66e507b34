/** Who may do what in a registry: users and teams with roles. */
import { ProtocolError, decodeGlobalId, encodeGlobalId } from "@steelyard/protocol";

import { ValueError } from "../../core/errors.ts";
import type { Team } from "../teams/team.ts";
import type { User } from "../users/user.ts";

/** The kinds of members. Mirrors `MemberKind`, whose TEAM is another name of ENTITY. */
export const MEMBER_KINDS = ["User", "Entity"] as const;

/** The kind of a member. */
export type MemberKind = (typeof MEMBER_KINDS)[number];

/** The roles that every server has. Mirrors `MemberRole`; servers may have roles of their own besides. */
export const MEMBER_ROLES = ["admin", "member", "viewer", "restricted_viewer"] as const;

/** A role that every server has. */
export type MemberRole = (typeof MEMBER_ROLES)[number];

/** A user with a role. Mirrors `UserMember`. */
export interface UserMember {
  readonly kind: "User";
  readonly user: User;
  /** One of {@link MEMBER_ROLES}, or a role of the server's own. */
  readonly role: string;
}

/** A team with a role. Mirrors `TeamMember`. */
export interface TeamMember {
  readonly kind: "Entity";
  readonly team: Team;
  /** One of {@link MEMBER_ROLES}, or a role of the server's own. */
  readonly role: string;
}

/** Whoever can be a member, or a global id of one. */
export type MemberOrId = User | Team | UserMember | TeamMember | string;

/** A member's global id, taken apart. Mirrors `MemberId`. */
export class MemberId {
  readonly kind: MemberKind;
  /** The number behind the kind. */
  readonly index: number;

  constructor(kind: MemberKind, index: number) {
    this.kind = kind;
    this.index = index;
  }

  /** Reads a member or an id. Mirrors `from_obj`. @throws {ValueError} when it has no id of a user or a team. */
  static fromObj(member: MemberOrId): MemberId {
    if (typeof member === "string") return parseMemberId(member);
    if ("user" in member) return parseMemberId(member.user.id ?? "");
    if ("team" in member) return parseMemberId(member.team.id);
    return parseMemberId(member.id ?? "");
  }

  /** The global id. */
  encode(): string {
    return encodeGlobalId(this.kind, this.index);
  }
}

/** The ids of users and of teams among members, each sorted. @throws {ValueError} when there are no members. */
export function splitMembers(members: readonly MemberOrId[]): { userIds: string[]; teamIds: string[] } {
  if (members.length === 0) throw new ValueError("Name at least one user or team");
  const ids = members.map((member) => MemberId.fromObj(member));
  const of = (kind: MemberKind): string[] => [
    ...new Set(ids.filter((id) => id.kind === kind).map((id) => id.encode())),
  ];
  return { userIds: of("User").sort(), teamIds: of("Entity").sort() };
}

function parseMemberId(text: string): MemberId {
  const fail = (cause?: unknown): ValueError =>
    new ValueError(`${JSON.stringify(text)} is not the id of a user or a team`, { cause });
  try {
    const { type, numbers } = decodeGlobalId(text);
    const kind = MEMBER_KINDS.find((known) => known === type);
    const [index, ...rest] = numbers;
    if (kind === undefined || index === undefined || rest.length > 0) throw fail();
    return new MemberId(kind, index);
  } catch (error) {
    throw error instanceof ProtocolError ? fail(error) : error;
  }
}
