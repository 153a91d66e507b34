/**
 * Pages of any origin may call the server: authority is in a header that a page must be given, never in a cookie
 * that a browser adds by itself.
 */
import type { FastifyInstance } from "fastify";

const METHODS = "GET, HEAD, POST, PUT, DELETE, OPTIONS";
const EXPOSED = "Content-Disposition, Content-Length, Content-Range, ETag, Retry-After, X-Request-Id";
/** Seconds for which a browser may remember the answer to its preliminary question. */
const MAX_AGE = "7200";

/** Adds the headers to every answer and answers every OPTIONS request. */
export function registerCrossOrigin(app: FastifyInstance): void {
  app.addHook("onRequest", (_request, reply, done) => {
    void reply.header("access-control-allow-origin", "*").header("access-control-expose-headers", EXPOSED);
    done();
  });
  app.options("*", (request, reply) => {
    const asked = request.headers["access-control-request-headers"];
    void reply
      .header("access-control-allow-methods", METHODS)
      .header("access-control-allow-headers", asked ?? "Authorization, Content-Type")
      .header("access-control-max-age", MAX_AGE)
      .header("vary", "Access-Control-Request-Headers")
      .code(204)
      .send();
  });
}
