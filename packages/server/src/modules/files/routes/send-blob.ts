/**
 * Sends a stored file so that it can do no harm: users chose its bytes and its name, and it comes from the server's own
 * origin. Nothing is guessed from the bytes, and what could run scripts is saved and not shown.
 */
import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { ServerError } from "../../../errors.ts";
import type { OpenBlob } from "../blob-service.ts";
import { parseByteRange } from "../byte-range.ts";
import { isShown, mediaTypeOf } from "../media-type.ts";

/** Answers with the file, a range of it, or that the caller has it already. */
export async function sendBlob(
  request: FastifyRequest,
  reply: FastifyReply,
  blob: OpenBlob,
): Promise<FastifyReply> {
  const { sizeBytes, md5 } = blob.info;
  const etag = `"${Buffer.from(md5, "base64").toString("hex")}"`;
  describe(reply, blob.fileName, etag);
  if (request.headers["if-none-match"] === etag) return reply.code(304).send();
  const range = isRangeWanted(request, etag) ? readRange(request, reply, sizeBytes) : undefined;
  if (range !== undefined) {
    void reply.code(206).header("content-range", `bytes ${range.start}-${range.end - 1}/${sizeBytes}`);
  }
  void reply.header("content-length", range === undefined ? sizeBytes : range.end - range.start);
  if (request.method === "HEAD") return reply.send();
  const body = await blob.read(range);
  if (body === undefined) throw new ServerError("not_found", "The file is no longer there");
  return reply.send(body instanceof Readable ? body : Readable.from(body));
}

function describe(reply: FastifyReply, fileName: string, etag: string): void {
  const mediaType = mediaTypeOf(fileName);
  const disposition = isShown(mediaType) ? "inline" : "attachment";
  const name = encodeURIComponent(fileName.split("/").at(-1) ?? "file").replace(/['()*]/g, escapeCharacter);
  const charset = mediaType?.startsWith("text/") === true ? "; charset=utf-8" : "";
  void reply
    .header("content-type", `${mediaType ?? "application/octet-stream"}${charset}`)
    .header("content-disposition", `${disposition}; filename*=UTF-8''${name}`)
    .header(
      "content-security-policy",
      "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    )
    .header("x-content-type-options", "nosniff")
    .header("cross-origin-resource-policy", "cross-origin")
    .header("cache-control", "private, no-cache")
    .header("accept-ranges", "bytes")
    .header("etag", etag);
}

/** A range of a version that the caller does not have any more is no use. */
function isRangeWanted(request: FastifyRequest, etag: string): boolean {
  const condition = request.headers["if-range"];
  return condition === undefined || condition === etag;
}

function readRange(
  request: FastifyRequest,
  reply: FastifyReply,
  sizeBytes: number,
): ReturnType<typeof parseByteRange> {
  try {
    return parseByteRange(request.headers.range, sizeBytes);
  } catch (error) {
    void reply.header("content-range", `bytes */${sizeBytes}`);
    throw error;
  }
}

/** Letters that `encodeURIComponent` leaves and a header's extended value may not hold. */
function escapeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
