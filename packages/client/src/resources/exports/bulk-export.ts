/** The one request for the histories of many runs: its frames as they come, and its failures as errors of the tree. */
import {
  ERROR_CODES,
  EXPORT_FRAMES_MEDIA_TYPE,
  ExportFrameError,
  ExportFrameReader,
  historyExportPath,
  isErrorCode,
  isJsonObject,
  printJson,
} from "@steelyard/protocol";
import type { ExportFrame, HistoryExportBody, JsonValue, ReceivedFrame } from "@steelyard/protocol";

import { field, integer, nullable, text } from "../../core/decode.ts";
import { errorFromStatus } from "../../core/error-from-response.ts";
import { CommError } from "../../core/errors.ts";
import type { Service } from "../../core/service.ts";
import { readAnswer } from "../../core/unexpected-answer.ts";

const WHAT = "Export of histories";

/** Which project. */
export interface ProjectAddress {
  readonly entity: string;
  readonly project: string;
}

/** A frame of an export that has not failed. */
export type BulkFrame = Exclude<ExportFrame, { readonly kind: "error" }>;

/**
 * The frames of an export; the last one is `end`, unless this throws.
 *
 * @throws {CommError} when the server refuses, the export fails half way, or the answer is cut off.
 */
export async function* readBulkExport(
  service: Service,
  place: ProjectAddress,
  body: HistoryExportBody,
  signal: AbortSignal | undefined,
): AsyncGenerator<BulkFrame, void, undefined> {
  const text = JSON.stringify(body);
  const stream = await service.http.open({
    method: "POST",
    url: `${service.settings.baseUrl}${historyExportPath(place)}`,
    what: WHAT,
    headers: { "content-type": "application/json", accept: EXPORT_FRAMES_MEDIA_TYPE },
    body: () => text,
    isIdempotent: true,
    signal,
  });
  const frames = new ExportFrameReader();
  const reader = stream.getReader();
  let isOver = false;
  try {
    for (;;) {
      const part = await reader.read();
      if (part.done) break;
      for (const frame of understood(() => frames.push(part.value))) yield decodeFrame(frame);
    }
    understood(() => frames.finish());
    isOver = true;
  } finally {
    // Leaving early closes the connection, and the server stops its work.
    if (!isOver) await reader.cancel();
  }
}

function understood<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof ExportFrameError)) throw cause;
    throw new CommError(`${WHAT}: ${cause.message}`, { code: "invalid_response", cause });
  }
}

function decodeFrame(frame: ReceivedFrame): BulkFrame {
  if (frame.kind === "data") return frame;
  const { kind, value } = frame;
  if (kind === "error") throw failureOf(value);
  return readAnswer(WHAT, () => {
    const object = isJsonObject(value) ? value : {};
    if (kind === "run") {
      return {
        kind,
        value: {
          id: field(object, "id", text),
          rows: field(object, "rows", integer),
          totalRows: field(object, "totalRows", nullable(integer)),
        },
      };
    }
    return {
      kind,
      value: {
        runsDone: field(object, "runsDone", integer),
        runsTotal: field(object, "runsTotal", nullable(integer)),
        rows: field(object, "rows", integer),
        bytes: field(object, "bytes", integer),
      },
    };
  });
}

/** As if the answer had had the error's status from the start. */
function failureOf(value: JsonValue): CommError {
  const error = isJsonObject(value) ? value : {};
  const code = typeof error["code"] === "string" && isErrorCode(error["code"]) ? error["code"] : "internal";
  const requestId = typeof error["requestId"] === "string" ? error["requestId"] : null;
  const answer = { status: ERROR_CODES[code].httpStatus, requestId, retryAfterMs: null, what: WHAT };
  return errorFromStatus(answer, printJson({ error: value }));
}
