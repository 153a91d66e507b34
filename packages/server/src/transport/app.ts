/** The HTTP application: every route of the server on one fastify instance that listens nowhere by itself. */
import { INVITE_PATH } from "@steelyard/protocol";
import { LogController, fastify } from "fastify";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import type { AuthenticationService } from "../modules/users/authentication-service.ts";
import type { IdSource } from "../ports/id-source.ts";
import { registerCrossOrigin } from "./cross-origin.ts";
import { registerErrorAnswers } from "./error-answer.ts";
import { GraphqlExecutor } from "./graphql/executor.ts";
import { graphqlRoutes } from "./graphql/routes.ts";
import { createSchema } from "./graphql/schema.ts";
import { healthRoutes } from "./health.ts";
import { MAX_BODY_BYTES } from "./json-body.ts";
import type { TransportOptions } from "./options.ts";
import { repairUrl } from "./repair-url.ts";
import { createAuthenticate, createContextOf } from "./request-context.ts";
import { registerRoutes } from "./routes.ts";
import type { Services } from "./services.ts";

/** What the application is built from. */
export interface AppParts {
  readonly services: Services;
  readonly authentication: AuthenticationService;
  readonly ids: IdSource;
  readonly logger: FastifyBaseLogger;
  readonly options: TransportOptions;
  /** Whether requests can be served now. */
  readonly isReady: () => boolean;
}

const REQUEST_ID = /^[\w.-]{1,64}$/;
/** Below them every address carries its own authority. */
const SIGNED_PATHS = ["/blobs/", `${INVITE_PATH}/`];
const REQUEST_ID_BYTES = 8;
/** The router's default of 100 characters is less than what a file's path may have. */
const MAX_PARAM_LENGTH = 8192;

/** Builds the application; `await app.ready()` before it is given requests. */
export function createApp(parts: AppParts): FastifyInstance {
  const { services, ids, logger, options } = parts;
  const app: FastifyInstance = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    // A logger for each request costs more than finding its key does; whoever logs something says the request's id.
    childLoggerFactory: (parent) => parent,
    bodyLimit: MAX_BODY_BYTES,
    // The peer is the proxy, as the operator says; what it found in the headers was written by anybody.
    trustProxy: options.trustProxy === true && ((_address, hop) => hop === 0),
    rewriteUrl: (request) => repairUrl(request.url ?? "/"),
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    schemaController: { compilersFactory: { buildValidator: refuseSchema, buildSerializer: refuseSchema } },
    genReqId: (request) => {
      const given = request.headers["x-request-id"];
      return typeof given === "string" && REQUEST_ID.test(given) ? given : ids.hex(REQUEST_ID_BYTES);
    },
  });
  readBodiesAsBytes(app);
  registerErrorAnswers(app);
  registerCrossOrigin(app);
  nameRequests(app);
  if (logger.level === "debug" || logger.level === "trace") logRequests(app);

  const contextOf = createContextOf(parts);
  const executor = new GraphqlExecutor({
    schema: createSchema(),
    onDefect: (err, requestId) => logger.error({ err, requestId }, "resolver failed"),
  });
  healthRoutes(app, parts);
  graphqlRoutes(app, { executor, contextOf });
  registerRoutes(app, { services, contextOf, authenticate: createAuthenticate(parts) });
  return app;
}

/** Routes check bodies themselves. Without this, fastify loads two compilers of schemas that nothing uses. */
function refuseSchema(): never {
  throw new Error("no route has a schema");
}

/**
 * Bodies reach routes as the bytes that came; each route knows what they are. A plugin that wants a stream instead
 * adds a parser of its own.
 */
function readBodiesAsBytes(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
}

/** Tells the client under which id the log has its request. */
function nameRequests(app: FastifyInstance): void {
  app.addHook("onRequest", (request, reply, done) => {
    void reply.header("x-request-id", request.id);
    done();
  });
}

/** One line a request, without what may hold a signature: the query, and the path of a signed address. */
function logRequests(app: FastifyInstance): void {
  app.addHook("onResponse", (request, reply, done) => {
    request.log.debug(
      {
        requestId: request.id,
        method: request.method,
        path: SIGNED_PATHS.find((path) => request.url.startsWith(path)) ?? request.url.split("?", 1)[0],
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime),
      },
      "request",
    );
    done();
  });
}
