/** What invited people read in their mail. */
import type { Mail } from "../../ports/mailer.ts";

/** What a message is made of. */
export interface InviteMailParts {
  readonly to: string;
  /** Name of who invites. */
  readonly inviter: string;
  /** Name of the team; null for the server alone. */
  readonly team: string | null;
}

/** The message with the link. */
export function inviteMail(
  parts: InviteMailParts & { readonly link: string; readonly expiresAt: string },
): Mail {
  const place = parts.team === null ? "this server" : `the team ${oneLine(parts.team)}`;
  return {
    to: parts.to,
    subject: `${oneLine(parts.inviter)} invites you to ${place}`,
    text: [
      `${oneLine(parts.inviter)} invites you to ${place}.`,
      "",
      "Open this link to accept; it works once, for whoever has it:",
      "",
      parts.link,
      "",
      `It ends ${parts.expiresAt.slice(0, 16).replace("T", " ")} UTC. If you did not expect it, do nothing.`,
      "",
    ].join("\n"),
  };
}

/** The message to somebody who has an account and is in the team already. */
export function joinedMail(
  parts: InviteMailParts & { readonly team: string; readonly baseUrl: string },
): Mail {
  const team = oneLine(parts.team);
  return {
    to: parts.to,
    subject: `You are in the team ${team}`,
    text: `${oneLine(parts.inviter)} added you to the team ${team} on ${parts.baseUrl}.\n`,
  };
}

/** A name in a line of its own or a subject stays in it. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}
