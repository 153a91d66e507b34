/** The address of bulk exports: frames for clients that ask for them, the bare file for everybody else. */
import { Readable } from "node:stream";
import {
  EXPORT_FRAMES_MEDIA_TYPE,
  EXPORT_MEDIA_TYPES,
  exportFrameHead,
  exportFramePayload,
} from "@steelyard/protocol";
import type { ExportFormat, ExportFrame } from "@steelyard/protocol";
import type { FastifyInstance } from "fastify";
import { toErrorAnswer } from "../../transport/error-answer.ts";
import type { RouteParts } from "../../transport/context.ts";
import { readJsonBody } from "../../transport/json-body.ts";
import { parseExportBody } from "./export-request.ts";

interface ExportParams {
  readonly entity: string;
  readonly project: string;
}

type Frames = AsyncGenerator<ExportFrame, void, undefined>;

/** Lists of ids and keys fit into it. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

const FILE_EXTENSIONS: Readonly<Record<ExportFormat, string>> = {
  parquet: "parquet",
  arrow: "arrows",
  ndjson: "ndjson",
};

/** Adds the route. */
export function exportRoutes(app: FastifyInstance, { services, contextOf }: RouteParts): void {
  app.post<{ Params: ExportParams }>(
    "/api/exports/:entity/:project/histories",
    { bodyLimit: MAX_BODY_BYTES },
    async (request, reply) => {
      const { caller } = await contextOf(request);
      const { entity, project: projectName } = request.params;
      const project = await services.projects.require(caller, { entityName: entity, projectName });
      const body = parseExportBody(await readJsonBody(request));
      const frames = await services.exports.histories(caller, project, body);
      void reply.header("cache-control", "no-store").header("x-content-type-options", "nosniff");
      if (request.headers.accept?.includes(EXPORT_FRAMES_MEDIA_TYPE) === true) {
        void reply.header("content-type", EXPORT_FRAMES_MEDIA_TYPE);
        return reply.send(stream(framed(frames, (error) => describe(error, request.id))));
      }
      const name = encodeURIComponent(`${project.name}.${FILE_EXTENSIONS[body.format]}`);
      void reply
        .header("content-type", EXPORT_MEDIA_TYPES[body.format])
        .header("content-disposition", `attachment; filename*=UTF-8''${name}`);
      return reply.send(stream(bare(frames)));
    },
  );

  function describe(error: unknown, requestId: string): ExportFrame {
    const { body, isDefect } = toErrorAnswer(error, requestId);
    if (isDefect) app.log.error({ err: error, requestId }, "export failed");
    return { kind: "error", value: body.error };
  }
}

/** A stream that is read from only as fast as the client takes it, and whose end, also an early one, ends the export. */
function stream(parts: AsyncGenerator<Uint8Array, void, undefined>): Readable {
  return Readable.from(parts, { objectMode: false, highWaterMark: 256 * 1024 });
}

/** Heads and payloads; a failure is a frame, because the answer's status is gone. */
async function* framed(
  frames: Frames,
  describe: (error: unknown) => ExportFrame,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const frame of frames) yield* bytesOf(frame);
  } catch (error) {
    yield* bytesOf(describe(error));
  }
}

function* bytesOf(frame: ExportFrame): Generator<Uint8Array, void, undefined> {
  const payload = exportFramePayload(frame);
  yield exportFrameHead(frame.kind, payload.length);
  if (payload.length > 0) yield payload;
}

/** The file alone. A failure breaks the connection off, so that half a file is never taken for a whole one. */
async function* bare(frames: Frames): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const frame of frames) if (frame.kind === "data") yield frame.bytes;
}
