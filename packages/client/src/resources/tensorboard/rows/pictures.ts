/** Pictures of event files as media of a run: the file to upload, and what the row says of it. */
import { bytesToHex } from "../../../core/digests/encoding.ts";
import type { JsonObject } from "@steelyard/protocol";

/** A file that a row refers to. */
export interface MediaUpload {
  /** Its name in the run. */
  readonly name: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

/** Pictures that were logged under one key. */
export interface Pictures {
  readonly width: number;
  readonly height: number;
  /** The encoded files. */
  readonly contents: readonly Uint8Array[];
}

const HASH_LENGTH = 20;
const SIGNATURES: readonly { readonly format: string; readonly bytes: readonly number[] }[] = [
  { format: "png", bytes: [0x89, 0x50, 0x4e, 0x47] },
  { format: "jpg", bytes: [0xff, 0xd8, 0xff] },
  { format: "gif", bytes: [0x47, 0x49, 0x46] },
  { format: "bmp", bytes: [0x42, 0x4d] },
  { format: "webp", bytes: [0x52, 0x49, 0x46, 0x46] },
];

/** What the row of a step says of pictures, and their files; a moving picture is a video. Null without any. */
export async function pictureValue(
  key: string,
  step: number,
  { width, height, contents }: Pictures,
): Promise<{ readonly value: JsonObject; readonly uploads: readonly MediaUpload[] } | null> {
  const files = await Promise.all(contents.map(async (content) => describe(content)));
  const [first] = files;
  if (first === undefined) return null;
  const folder = first.format === "gif" ? "videos" : "images";
  const uploads = files.map(({ format, sha256, content }) => ({
    name: `media/${folder}/${key}_${step}_${sha256.slice(0, HASH_LENGTH)}.${format}`,
    content,
  }));
  if (folder === "videos") {
    const videos = files.map(({ sha256, content }, index) => ({
      _type: "video-file",
      sha256,
      size: content.length,
      path: uploads[index]?.name ?? "",
      ...(width > 0 && height > 0 && { width, height }),
    }));
    return { value: { _type: "videos", count: videos.length, videos, captions: false }, uploads };
  }
  const filenames = uploads.map(({ name }) => name);
  const { format } = first;
  const value = { _type: "images/separated", width, height, format, count: filenames.length, filenames };
  return { value, uploads };
}

async function describe(bytes: Uint8Array): Promise<{
  readonly format: string;
  readonly sha256: string;
  readonly content: Uint8Array<ArrayBuffer>;
}> {
  const content = new Uint8Array(bytes);
  const sha256 = bytesToHex(new Uint8Array(await crypto.subtle.digest("SHA-256", content)));
  const known = SIGNATURES.find((signature) =>
    signature.bytes.every((byte, index) => content[index] === byte),
  );
  return { format: known?.format ?? "png", sha256, content };
}
