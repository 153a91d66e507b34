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
