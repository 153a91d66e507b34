/** What each request carries to routes and resolvers; made once a request, when it is first asked for. */
import type { FastifyRequest } from "fastify";
import type { AuthenticationService } from "../modules/users/authentication-service.ts";
import { baseUrlOf } from "./base-url.ts";
import type { Authenticate, ContextOf, RequestContext } from "./context.ts";
import { readApiKey } from "./credentials.ts";
import type { TransportOptions } from "./options.ts";
import type { Services } from "./services.ts";

/** What contexts are made from. */
export interface ContextParts {
  readonly services: Services;
  readonly authentication: AuthenticationService;
  readonly options: TransportOptions;
}

/** The function that gives a request's context; it throws `unauthenticated` when credentials came and are wrong. */
export function createContextOf(parts: ContextParts): ContextOf {
  const contexts: WeakMap<FastifyRequest, Promise<RequestContext>> = new WeakMap();
  return (request) => {
    let context = contexts.get(request);
    if (context === undefined) {
      context = createContext(parts, request);
      contexts.set(request, context);
    }
    return context;
  };
}

/** The function that tells who stands behind a request now. */
export function createAuthenticate({ authentication }: Pick<ContextParts, "authentication">): Authenticate {
  return async (request) => authentication.authenticate(readApiKey(request.headers.authorization));
}

async function createContext(parts: ContextParts, request: FastifyRequest): Promise<RequestContext> {
  return {
    caller: await createAuthenticate(parts)(request),
    services: parts.services,
    baseUrl: baseUrlOf(request, parts.options),
    requestId: request.id,
  };
}
