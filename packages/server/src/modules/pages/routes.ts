/** Plain pages for people who follow a link that a client printed. */
import { AUTHORIZE_PATH, RESERVED_ENTITY_NAMES } from "@steelyard/protocol";
import type { FastifyInstance } from "fastify";
import { isCodedError } from "../../errors.ts";
import type { RouteParts } from "../../transport/context.ts";
import { authorizePage, newKeyPage } from "./authorize-page.ts";
import { readForm } from "./form.ts";
import { sendPage } from "./layout.ts";
import { linkPage } from "./link-page.ts";
import { parseLink } from "./link.ts";
import { findReport, reportPage } from "./report-page.ts";

const MAX_FORM_BYTES = 16 * 1024;
/** Asked for by browsers and robots, and never names of entities. */
const NOT_PAGES = ["favicon.ico", "robots.txt"];

/** Adds the pages, the last of all routes: they match every address that nothing else answers. */
export function pageRoutes(app: FastifyInstance, { contextOf }: RouteParts): void {
  app.get(AUTHORIZE_PATH, (_request, reply) => sendPage(reply, authorizePage(undefined)));
  app.post(AUTHORIZE_PATH, { bodyLimit: MAX_FORM_BYTES }, async (request, reply) => {
    const { services, baseUrl } = await contextOf(request);
    const form = readForm(request.body);
    const credentials = { username: form.get("username") ?? "", password: form.get("password") ?? "" };
    try {
      const made = await services.keys.generateByPassword(credentials, request.ip);
      if (made !== undefined) return await sendPage(reply, newKeyPage(made.text, baseUrl));
      return await sendPage(reply, {
        status: 401,
        ...authorizePage("Username and password do not belong together."),
      });
    } catch (error) {
      if (!isCodedError(error, "resource_exhausted")) throw error;
      return sendPage(reply, { status: 429, ...authorizePage(`${error.message}.`) });
    }
  });
  app.get<{ Params: { readonly "*": string } }>("/*", async (request, reply) => {
    const path = request.params["*"];
    const first = path.split("/", 1)[0]?.toLowerCase() ?? "";
    if ([...RESERVED_ENTITY_NAMES, ...NOT_PAGES].some((name) => name === first)) {
      reply.callNotFound();
      return reply;
    }
    const context = await contextOf(request);
    const link = parseLink(path);
    const report =
      link.kind === "report" ? await findReport(context, link, readToken(request.query)) : undefined;
    return sendPage(reply, report === undefined ? linkPage(link, context.baseUrl) : reportPage(report));
  });
}

/** The secret part of a share link. */
function readToken(query: unknown): string | undefined {
  const token: unknown =
    typeof query === "object" && query !== null ? Reflect.get(query, "accessToken") : undefined;
  return typeof token === "string" && token !== "" ? token : undefined;
}
