/** Where the links of invitations lead. Looking at one changes nothing, because mail programs follow links. */
import { INVITE_PATH } from "@steelyard/protocol";
import type { FastifyInstance, FastifyReply } from "fastify";
import { isCodedError } from "../../errors.ts";
import type { RouteParts } from "../../transport/context.ts";
import type { InviteAnswer, OpenInvite } from "../invites/invite-acceptance.ts";
import { newKeyPage } from "./authorize-page.ts";
import { readForm } from "./form.ts";
import { invitePage, joinedPage, usedInvitePage } from "./invite-page.ts";
import { sendPage } from "./layout.ts";

const MAX_FORM_BYTES = 16 * 1024;

type Linked = { readonly Params: { readonly token: string } };

/** Adds the pages. */
export function inviteRoutes(app: FastifyInstance, { contextOf }: RouteParts): void {
  app.get<Linked>(`${INVITE_PATH}/:token`, async (request, reply) => {
    const { services } = await contextOf(request);
    const invite = await services.inviteAcceptance.look(request.params.token);
    if (invite === undefined) return sendPage(reply, { status: 404, ...usedInvitePage() });
    return sendPage(reply, invitePage(invite, undefined));
  });
  app.post<Linked>(`${INVITE_PATH}/:token`, { bodyLimit: MAX_FORM_BYTES }, async (request, reply) => {
    const { services, baseUrl } = await contextOf(request);
    const { token } = request.params;
    const invite = await services.inviteAcceptance.look(token);
    if (invite === undefined) return sendPage(reply, { status: 404, ...usedInvitePage() });
    const answer = toAnswer(readForm(request.body));
    if (answer === undefined) return sendPage(reply, { status: 400, ...invitePage(invite, undefined) });
    try {
      const guest = await services.inviteAcceptance.accept(token, answer, request.ip);
      if (guest === undefined) return await sendPage(reply, { status: 404, ...usedInvitePage() });
      const page = guest.key === undefined ? joinedPage(guest) : newKeyPage(guest.key.text, baseUrl);
      return await sendPage(reply, page);
    } catch (error) {
      return sendProblem(reply, invite, error);
    }
  });
}

/** Which of the page's forms was sent; undefined for none of them. */
function toAnswer(form: URLSearchParams): InviteAnswer | undefined {
  const field = (name: string): string => form.get(name) ?? "";
  const credentials = { username: field("username"), password: field("password") };
  switch (field("kind")) {
    case "new account":
      return { kind: "new account", ...credentials };
    case "new password":
      return { kind: "new password", password: credentials.password };
    case "password":
      return { kind: "password", ...credentials };
    case "API key":
      return { kind: "API key", apiKey: field("apiKey") };
    default:
      return undefined;
  }
}

/** What somebody can mend is told on the page, whose link is still good. */
function sendProblem(reply: FastifyReply, invite: OpenInvite, error: unknown): FastifyReply {
  const problem = (status: number, message: string): FastifyReply =>
    sendPage(reply, { status, ...invitePage(invite, `${message.replace(/\.$/, "")}.`) });
  if (isCodedError(error, "invalid_argument")) return problem(400, error.message);
  if (isCodedError(error, "already_exists")) return problem(409, error.message);
  if (isCodedError(error, "unauthenticated")) return problem(401, error.message);
  if (isCodedError(error, "resource_exhausted")) return problem(429, error.message);
  throw error;
}
