import type { Artifact } from "../artifacts/artifact.ts";

/** A stored file as the schema shows it, whether a run's or an artifact's. Addresses are made only when asked for. */
export interface FileView {
  /** Global id. */
  readonly id: string;
  /** Path inside the run or artifact. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly mimetype: string | null;
  /** MD5 in base64; null while the content is not there. */
  readonly md5: string | null;
  /** Digest as an artifact's manifest states it. */
  readonly digest: string | null;
  readonly updatedAt: string;
  readonly storagePath: string | null;
  readonly uploadHeaders: readonly string[];
  /** The artifact version that first brought the file. */
  readonly artifact: Artifact | null;
  /** Absolute address that asks for credentials. */
  url(): string;
  /** Absolute address that carries its own authority. */
  directUrl(): Promise<string | null>;
  /** Absolute address to upload to; null when the content is there already. */
  uploadUrl(): Promise<string | null>;
  /** Addresses to upload the file to in parts; null when it is to come in one piece. */
  uploadParts(): Promise<FileUploadParts | null>;
}

/** An upload in parts. */
export interface FileUploadParts {
  readonly uploadId: string;
  readonly parts: readonly { readonly partNumber: number; readonly uploadUrl: string }[];
}
