import type { FastifyRequest } from "fastify";
import type { Caller } from "../modules/access/caller.ts";
import type { Services } from "./services.ts";

/** What a request carries to resolvers and routes. */
export interface RequestContext {
  readonly caller: Caller;
  readonly services: Services;
  /** Scheme and host under which the client reached the server, without a slash at the end. */
  readonly baseUrl: string;
  readonly requestId: string;
}

/** Gives a request's context; throws `unauthenticated` when credentials came with the request and are wrong. */
export type ContextOf = (request: FastifyRequest) => Promise<RequestContext>;

/** Who stands behind a request now; asks anew each time, for answers that go on for long. Throws as `ContextOf`. */
export type Authenticate = (request: FastifyRequest) => Promise<Caller>;

/** What a module's plugin of routes is given: `export function runRoutes(app: FastifyInstance, parts: RouteParts)`. */
export interface RouteParts {
  readonly services: Services;
  readonly contextOf: ContextOf;
  readonly authenticate: Authenticate;
}
