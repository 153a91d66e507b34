/** `POST /graphql`: reads the request, answers 200 whatever the document did, but for errors that ask for a status. */
import { GRAPHQL_PATH } from "@steelyard/protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { ServerError } from "../../errors.ts";
import type { ContextOf } from "../context.ts";
import { toErrorAnswer } from "../error-answer.ts";
import { readJsonBody } from "../json-body.ts";
import type { GraphqlExecutor, GraphqlRequest } from "./executor.ts";

/** Without a key nothing large can be meant, and nothing large is read. */
const MAX_ANONYMOUS_BYTES = 1024 * 1024;

const graphqlBody = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
});

/** Adds the route. */
export function graphqlRoutes(
  app: FastifyInstance,
  parts: { readonly executor: GraphqlExecutor; readonly contextOf: ContextOf },
): void {
  app.route({
    method: "POST",
    url: GRAPHQL_PATH,
    onRequest: async (request) => {
      const { caller } = await parts.contextOf(request);
      if (caller.kind === "anonymous") requireSmallBody(request);
    },
    handler: async (request, reply) => {
      const graphql = parseRequest(await readJsonBody(request));
      const { status, body } = await parts.executor.execute(graphql, await parts.contextOf(request));
      return reply.code(status).type("application/json; charset=utf-8").send(JSON.stringify(body));
    },
    errorHandler: (error, request, reply) => {
      const { status, body, isDefect } = toErrorAnswer(error, request.id);
      if (isDefect) request.log.error({ err: error, requestId: request.id }, "request failed");
      const { message, ...extensions } = body.error;
      // Clients look for the reason where GraphQL has it, whatever the status.
      void reply.code(status).send({ ...body, errors: [{ message, extensions }] });
    },
  });
}

function requireSmallBody(request: FastifyRequest): void {
  const length = Number(request.headers["content-length"] ?? Number.NaN);
  if (length <= MAX_ANONYMOUS_BYTES) return;
  throw new ServerError("unauthenticated", `Sign in to send more than ${MAX_ANONYMOUS_BYTES} bytes`);
}

function parseRequest(body: unknown): GraphqlRequest {
  const parsed = graphqlBody.safeParse(body);
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join(".");
    throw new ServerError("invalid_argument", `Expected {"query", "variables", "operationName"} as JSON`, {
      field: field === "" ? undefined : field,
    });
  }
  const { query, variables, operationName } = parsed.data;
  return {
    query,
    variables: variables ?? {},
    operationName: operationName === null || operationName === "" ? undefined : operationName,
  };
}
