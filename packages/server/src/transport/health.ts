/** For whoever watches the process: is it alive, and can it serve. */
import { HEALTH_PATH, READY_PATH } from "@steelyard/protocol";
import type { FastifyInstance } from "fastify";

/** Adds `/health`, which answers while the process lives, and `/ready`. */
export function healthRoutes(app: FastifyInstance, parts: { readonly isReady: () => boolean }): void {
  app.get(HEALTH_PATH, (_request, reply) => reply.send({ status: "ok" }));
  app.get(READY_PATH, (_request, reply) =>
    parts.isReady() ? reply.send({ status: "ready" }) : reply.code(503).send({ status: "not ready" }),
  );
}
