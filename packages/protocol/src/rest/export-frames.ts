/**
 * Frames around the bytes of an export, so that its reader learns how far it is, which runs are whole, and whether it
 * ended or failed. A kind in one byte, the length of the payload in four (little-endian), the payload.
 */
import { parseJson } from "../json/parse.ts";
import type { JsonValue } from "../json/value.ts";
import type { ExportFailure, ExportProgress, ExportedRun } from "./exports.ts";

/** Asked for with `Accept`: frames instead of the bare file. */
export const EXPORT_FRAMES_MEDIA_TYPE = "application/vnd.steelyard.frames";

/** One frame. After `end` or `error` there is none. */
export type ExportFrame =
  | { readonly kind: "data"; readonly bytes: Uint8Array }
  | { readonly kind: "run"; readonly value: ExportedRun }
  | { readonly kind: "progress"; readonly value: ExportProgress }
  | { readonly kind: "end"; readonly value: ExportProgress }
  | { readonly kind: "error"; readonly value: ExportFailure };

/** By the byte that stands for them. */
const KINDS = ["data", "run", "progress", "end", "error"] as const;

const HEADER_BYTES = 5;
/** A frame that says it is longer is no frame. */
const MAX_PAYLOAD_BYTES = 256 * 1024 * 1024;

/** Bytes that are no frames, or end before an export does. */
export class ExportFrameError extends Error {
  override readonly name: string = "ExportFrameError";
}

/** The head of a frame; its payload follows. */
export function exportFrameHead(kind: ExportFrame["kind"], payloadBytes: number): Uint8Array {
  const head = new Uint8Array(HEADER_BYTES);
  head[0] = KINDS.indexOf(kind);
  new DataView(head.buffer).setUint32(1, payloadBytes, true);
  return head;
}

/** The payload of a frame. */
export function exportFramePayload(frame: ExportFrame): Uint8Array {
  return frame.kind === "data" ? frame.bytes : new TextEncoder().encode(JSON.stringify(frame.value));
}

/** A frame as it is read: what was written as JSON is parsed but not judged. */
export type ReceivedFrame =
  | { readonly kind: "data"; readonly bytes: Uint8Array }
  | { readonly kind: Exclude<ExportFrame["kind"], "data">; readonly value: JsonValue };

/** Takes bytes apart into frames, however they are cut. */
export class ExportFrameReader {
  #parts: Uint8Array[] = [];
  #size = 0;
  #isOver = false;

  /** The frames that are whole with these bytes. @throws {ExportFrameError} when they are no frames. */
  push(bytes: Uint8Array): readonly ReceivedFrame[] {
    this.#parts.push(bytes);
    this.#size += bytes.length;
    const frames: ReceivedFrame[] = [];
    while (this.#size >= HEADER_BYTES) {
      const head = this.#peek(HEADER_BYTES);
      const kind = KINDS[head[0] ?? KINDS.length];
      const length = new DataView(head.buffer, head.byteOffset).getUint32(1, true);
      if (kind === undefined || length > MAX_PAYLOAD_BYTES || this.#isOver) {
        throw new ExportFrameError("The answer is not made of the frames of an export");
      }
      if (this.#size < HEADER_BYTES + length) break;
      frames.push(this.#take(kind, length));
    }
    return frames;
  }

  /** Call when there are no more bytes. @throws {ExportFrameError} when the export is not over. */
  finish(): void {
    if (!this.#isOver) throw new ExportFrameError("The answer was cut off before the export was over");
  }

  #take(kind: ExportFrame["kind"], length: number): ReceivedFrame {
    this.#skip(HEADER_BYTES);
    const payload = this.#peek(length);
    this.#skip(length);
    if (kind === "data") return { kind, bytes: payload };
    this.#isOver = kind === "end" || kind === "error";
    try {
      return { kind, value: parseJson(new TextDecoder().decode(payload)) };
    } catch (cause) {
      throw new ExportFrameError("A frame of the export is not JSON", { cause });
    }
  }

  /** The next bytes in one piece. */
  #peek(count: number): Uint8Array {
    const [first = new Uint8Array()] = this.#parts;
    if (first.length >= count) return first.subarray(0, count);
    const joined = new Uint8Array(this.#size);
    let at = 0;
    for (const part of this.#parts) {
      joined.set(part, at);
      at += part.length;
    }
    this.#parts = [joined];
    return joined.subarray(0, count);
  }

  #skip(count: number): void {
    const [first = new Uint8Array()] = this.#parts;
    this.#size -= count;
    if (first.length > count) this.#parts[0] = first.subarray(count);
    else this.#parts.shift();
  }
}
