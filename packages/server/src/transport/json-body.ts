/** Bodies that arrive as bytes: unpacked, bounded and parsed, with the client's extended JSON understood. */
import { gunzip } from "node:zlib";
import { JsonSyntaxError, parseJson } from "@steelyard/protocol";
import type { FastifyRequest } from "fastify";
import { ServerError } from "../errors.ts";

/** The largest body that is read into memory, packed or unpacked. */
export const MAX_BODY_BYTES: number = 128 * 1024 * 1024;

/**
 * The JSON in a request's body; undefined when the body is empty.
 *
 * @throws {ServerError} `invalid_argument` when it is not JSON, `payload_too_large`, `unsupported_media_type` for an
 * encoding other than gzip.
 */
export async function readJsonBody(request: FastifyRequest): Promise<unknown> {
  if (!Buffer.isBuffer(request.body) || request.body.length === 0) return undefined;
  const text = (await unpack(request.body, request.headers["content-encoding"])).toString("utf8");
  return parse(text);
}

async function unpack(body: Buffer, encoding: string | undefined): Promise<Buffer> {
  if (encoding === undefined || encoding === "" || encoding === "identity") return body;
  if (encoding !== "gzip") {
    throw new ServerError("unsupported_media_type", `Content-Encoding "${encoding}" is not read; gzip is`);
  }
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  gunzip(body, { maxOutputLength: MAX_BODY_BYTES }, (error, unpacked) => {
    if (error === null) resolve(unpacked);
    else reject(toServerError(error));
  });
  return promise;
}

function toServerError(error: Error): ServerError {
  if (error instanceof RangeError) {
    return new ServerError("payload_too_large", `The unpacked body is larger than ${MAX_BODY_BYTES} bytes`, {
      cause: error,
    });
  }
  return new ServerError("invalid_argument", "The body is not sound gzip", { cause: error });
}

/** The engine's own parser first, because it is the faster one; bare NaN and the like need ours. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new ServerError("invalid_argument", `The body is not JSON: ${error.message}`, { cause: error });
  }
}
