/** Reads ranges of a history file over HTTP. */
import type { RangeSource } from "@steelyard/protocol";

import { CommError } from "../../core/errors.ts";
import type { Answer } from "../../core/answer.ts";
import type { Service } from "../../core/service.ts";

const WHAT = "Read of a history file";

/** A file at a signed address. */
export function openRanges(
  service: Service,
  url: string,
  size: number,
  signal: AbortSignal | undefined,
): RangeSource {
  return {
    size,
    read: (start, end) =>
      service.http.send(
        {
          method: "GET",
          url: new URL(url, `${service.settings.baseUrl}/`).href,
          what: WHAT,
          headers: { range: `bytes=${start}-${end - 1}` },
          isIdempotent: true,
          limit: "silence",
          signal,
        },
        // A server that knows no ranges sends the whole file.
        (answer) => readBytes(answer, answer.status === 206 ? 0 : start, end - start),
      ),
  };
}

/** So many bytes of a body, after skipping some. */
async function readBytes(answer: Answer, skip: number, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let position = -skip;
  for await (const chunk of answer.chunks()) {
    const from = Math.max(0, -position);
    const part = chunk.subarray(from, Math.max(from, size - position));
    if (part.length > 0) bytes.set(part, position + from);
    position += chunk.length;
  }
  if (position >= size) return bytes;
  throw new CommError(`${WHAT}: ${Math.max(0, position)} bytes instead of ${size}`, {
    code: "invalid_response",
  });
}
