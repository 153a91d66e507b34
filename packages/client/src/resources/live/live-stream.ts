/** A server's live events, whatever happens to the connection: it is made anew and goes on where it ended. */
import { ERROR_CODES, LAST_EVENT_ID_HEADER, isErrorCode, isJsonObject, parseJson } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";

import { errorFromStatus } from "../../core/error-from-response.ts";
import { CommError, isConnectionError, isTimeout } from "../../core/errors.ts";
import { readEventStream } from "../../core/event-stream.ts";
import type { ServerEvent } from "../../core/event-stream.ts";
import type { Service } from "../../core/service.ts";
import { readAnswer } from "../../core/unexpected-answer.ts";

/** An event with its data. */
export interface LiveEvent {
  readonly event: string;
  readonly data: JsonObject;
}

/** Which stream. */
export interface LiveRequest {
  /** Path and query under the base URL. */
  readonly path: string;
  readonly what: string;
  /** Events after which nothing comes. */
  readonly lastEvents: readonly string[];
  readonly signal: AbortSignal | undefined;
}

/** Connections in a row that brought nothing, each of them tried several times, before it is given up. */
const MAX_FAILURES = 4;
const PAUSE_MS = 1_000;

/**
 * The events, each once, until one of the last.
 *
 * @throws {CommError} when the server refuses, or cannot be reached for long.
 */
export async function* readLiveEvents(
  service: Service,
  { path, what, lastEvents, signal }: LiveRequest,
): AsyncGenerator<LiveEvent, void, undefined> {
  let lastId = "";
  for (let failures = 0; failures < MAX_FAILURES; failures += 1) {
    try {
      const stream = await service.http.open({
        method: "GET",
        url: `${service.settings.baseUrl}${path}`,
        what,
        headers: { accept: "text/event-stream", ...(lastId !== "" && { [LAST_EVENT_ID_HEADER]: lastId }) },
        isIdempotent: true,
        signal,
      });
      for await (const event of readEventStream(stream)) {
        const data = readData(what, event);
        if (event.event === "error") throw failureOf(what, data);
        failures = 0;
        if (event.id !== "") lastId = event.id;
        yield { event: event.event, data };
        if (lastEvents.includes(event.event)) return;
      }
    } catch (error) {
      const isLast = failures === MAX_FAILURES - 1;
      if (signal?.aborted || isLast || !mayPass(error)) throw error;
    }
    await service.clock.sleep(PAUSE_MS, signal);
  }
  throw new CommError(`${what}: the server ends every connection at once`, { code: "unavailable" });
}

function readData(what: string, { data }: ServerEvent): JsonObject {
  const value: JsonValue = readAnswer(what, () => parseJson(data));
  return isJsonObject(value) ? value : {};
}

function failureOf(what: string, data: JsonObject): CommError {
  const code = typeof data["code"] === "string" && isErrorCode(data["code"]) ? data["code"] : "internal";
  const requestId = typeof data["requestId"] === "string" ? data["requestId"] : null;
  const answer = { status: ERROR_CODES[code].httpStatus, requestId, retryAfterMs: null, what };
  return errorFromStatus(answer, JSON.stringify({ error: { code, message: data["message"] } }));
}

/** Whether another connection may help. */
function mayPass(error: unknown): boolean {
  if (isConnectionError(error) || isTimeout(error)) return true;
  return error instanceof CommError && isErrorCode(error.code) && ERROR_CODES[error.code].retryable;
}
