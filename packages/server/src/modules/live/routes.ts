/** The addresses of live changes: server-sent events, with a place to go on from in each. */
import { Readable } from "node:stream";
import { LAST_EVENT_ID_HEADER } from "@steelyard/protocol";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { ServerError } from "../../errors.ts";
import type { RouteParts } from "../../transport/context.ts";
import { toErrorAnswer } from "../../transport/error-answer.ts";
import type { LiveStream } from "./live-service.ts";

interface ProjectParams {
  readonly entity: string;
  readonly project: string;
}

interface RunParams extends ProjectParams {
  readonly run: string;
}

type Query = Readonly<Record<string, unknown>>;

/** How long a browser's own reader waits before it comes again. */
const RETRY_MS = 1_000;

const keyList = z.array(z.string()).max(1_000);

/** Adds the routes. */
export function liveRoutes(app: FastifyInstance, { services, authenticate }: RouteParts): void {
  app.get<{ Params: ProjectParams; Querystring: Query }>(
    "/api/live/:entity/:project/runs",
    async (request, reply) => {
      const { entity: entityName, project: projectName } = request.params;
      const stream = await services.live.watchRuns(
        () => authenticate(request),
        { entityName, projectName },
        { cursor: cursorOf(request) },
      );
      return send(request, reply, stream);
    },
  );
  app.get<{ Params: RunParams; Querystring: Query }>(
    "/api/live/:entity/:project/runs/:run",
    async (request, reply) => {
      const { entity: entityName, project: projectName, run: runName } = request.params;
      const stream = await services.live.watchRun(
        () => authenticate(request),
        { entityName, projectName, runName },
        {
          cursor: cursorOf(request),
          minStep: readStep(request.query["fromStep"]),
          keys: readKeys(request.query["keys"]),
        },
      );
      return send(request, reply, stream);
    },
  );

  function send(request: FastifyRequest, reply: FastifyReply, stream: LiveStream): FastifyReply {
    void reply
      .header("content-type", "text/event-stream; charset=utf-8")
      .header("cache-control", "no-store")
      // Proxies that gather answers would hold events back.
      .header("x-accel-buffering", "no");
    return reply.send(Readable.from(print(request, stream), { objectMode: false, highWaterMark: 16 * 1024 }));
  }

  async function* print(
    request: FastifyRequest,
    stream: LiveStream,
  ): AsyncGenerator<string, void, undefined> {
    yield `retry: ${RETRY_MS}\n\n`;
    try {
      for await (const message of stream) {
        yield message.event === null
          ? ":\n\n"
          : `id: ${message.id}\nevent: ${message.event}\ndata: ${message.data}\n\n`;
      }
    } catch (error) {
      const { body, isDefect } = toErrorAnswer(error, request.id);
      if (isDefect) request.log.error({ err: error, requestId: request.id }, "watching failed");
      yield `event: error\ndata: ${JSON.stringify(body.error)}\n\n`;
    }
  }
}

function cursorOf(request: FastifyRequest): string | undefined {
  const id = request.headers[LAST_EVENT_ID_HEADER];
  return typeof id === "string" && id !== "" ? id : undefined;
}

function readStep(text: unknown): number | null {
  if (text === undefined) return null;
  const step = typeof text === "string" && /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
  if (step !== undefined) return step;
  throw new ServerError("invalid_argument", "fromStep is not an integer", { field: "fromStep" });
}

function readKeys(text: unknown): readonly string[] {
  if (text === undefined) return [];
  const parsed = keyList.safeParse(typeof text === "string" ? parseJsonText(text) : undefined);
  if (parsed.success) return parsed.data;
  throw new ServerError("invalid_argument", "keys is not a JSON list of texts", { field: "keys" });
}

function parseJsonText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON is no list either, and is refused as such.
    return undefined;
  }
}
