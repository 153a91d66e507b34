/** The address to which a run's process sends what it logs. */
import { HEADERS } from "@steelyard/protocol";
import type { FileStreamResponse } from "@steelyard/protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { ServerError } from "../../errors.ts";
import type { RouteParts } from "../../transport/context.ts";
import { StreamIntake } from "./stream-intake.ts";
import type { StreamProblem, StreamReply } from "./stream-ingest.ts";

/** The answer, with what could not be understood; clients pass over what they do not know. */
interface StreamAnswer extends FileStreamResponse {
  readonly problems?: readonly StreamProblem[];
}

interface StreamParams {
  readonly entity: string;
  readonly project: string;
  readonly run: string;
}

/** Adds the route. */
export function historyRoutes(app: FastifyInstance, { services, authenticate }: RouteParts): void {
  const intake = new StreamIntake();
  app.post<{ Params: StreamParams }>(
    "/files/:entity/:project/:run/file_stream",
    {
      preParsing: (request, _reply, _payload, done) => {
        if (intake.isOpen) done();
        else admit(intake, request).then(() => done(), done);
      },
    },
    async (request): Promise<StreamAnswer> => {
      const { entity, project: projectName, run: runName } = request.params;
      const caller = await authenticate(request);
      services.access.requireUser(caller);
      const project = await services.projects.require(caller, { entityName: entity, projectName });
      const writer = request.headers[HEADERS.asyncClientId];
      const body = readBody(request);
      const encoding = readEncoding(request);
      const stream = { body, encoding, writer: typeof writer === "string" ? writer : "" };
      const reply = await intake.hold({ body, isPacked: encoding === "gzip" }, () =>
        services.history.append(caller, { project, runName }, stream),
      );
      return toAnswer(reply);
    },
  );
}

/** Waits until the request's body may be read, or its peer has gone. */
async function admit(intake: StreamIntake, { raw: { socket } }: FastifyRequest): Promise<void> {
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  socket.once("close", leave);
  if (socket.destroyed) leave();
  await intake.admit(gone.signal);
  socket.off("close", leave);
}

function toAnswer({ isStopRequested, problems }: StreamReply): StreamAnswer {
  return {
    exitcode: null,
    limits: {},
    ...(isStopRequested && { stopped: true }),
    ...(problems.length > 0 && { problems }),
  };
}

function readBody({ body }: FastifyRequest): Uint8Array {
  if (Buffer.isBuffer(body) && body.length > 0) return body;
  throw new ServerError("invalid_argument", "Expected a JSON body", { field: "body" });
}

/** Another encoding is a bad request and not 415, which clients would repeat for days. */
function readEncoding(request: FastifyRequest): "identity" | "gzip" {
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding === "gzip" || encoding === "identity") return encoding;
  throw new ServerError("invalid_argument", `Content-Encoding "${encoding}" is not read; gzip is`, {
    field: "Content-Encoding",
  });
}
