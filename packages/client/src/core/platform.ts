/**
 * What the machine offers beyond the web's own interfaces: environment, settings files, netrc, disk. Node, Bun and
 * Deno get `src/node`; browsers and edge workers get {@link PORTABLE_PLATFORM}, by the package's `#platform` import.
 */
import type { SealedCodec } from "@steelyard/protocol";

import { createPortableHasher } from "./digests/digest.ts";
import type { HasherFactory } from "./digests/digest.ts";
import { createPortableCodec } from "./portable-codec.ts";

/** Where a text came from, for messages. */
export interface SourcedText {
  readonly value: string;
  readonly source: string;
}

/** The settings of one file: names as the file spells them. */
export interface SettingsFile {
  readonly path: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** What a search for credentials in netrc found. */
export interface NetrcAnswer {
  /** The password of the host, if there is one. */
  readonly password: SourcedText | null;
  /** Why the file could not be read, if that is so. */
  readonly problem: string | null;
}

/** A local file that is to be uploaded. */
export interface LocalFile {
  /** Its path relative to the root, with slashes; safe as a name in a run. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Opens the content; called once per attempt. */
  readonly open: () => ReadableStream<Uint8Array>;
}

/** A file or folder of the disk. */
export interface DiskEntry {
  readonly kind: "file" | "folder" | "other";
  readonly sizeBytes: number;
  /** When the content last changed, in milliseconds since 1970. */
  readonly modifiedMs: number;
}

/** A file below a folder. */
export interface FolderFile {
  /** Its path relative to the folder, with slashes. */
  readonly name: string;
  /** Its absolute path. */
  readonly path: string;
  readonly sizeBytes: number;
}

/** A file that is being written part by part; a broken transfer leaves it, and the next one goes on from there. */
export interface PartFile {
  /** How many bytes are there already. */
  readonly sizeBytes: number;
  /** Reads what is there already. */
  existing(): AsyncIterable<Uint8Array>;
  /** Writes bytes at an offset. */
  write(offset: number, bytes: Uint8Array): Promise<void>;
  /** Makes it the file that it is a part of, at once. */
  commit(): Promise<void>;
  /** Throws away what is there. */
  discard(): Promise<void>;
  /** Leaves it for later. */
  close(): Promise<void>;
}

/** Reading and writing local files. */
export interface Disk {
  /** The path that a name gets below a root. Throws a `ValueError` when it would lie outside. */
  resolve(root: string, name: string): Promise<string>;
  /** Whether something is at a path. */
  exists(path: string): Promise<boolean>;
  /** Writes a file as a whole or not at all, with its folders; replaces what is there. */
  write(path: string, content: AsyncIterable<Uint8Array>): Promise<void>;
  /** Prepares a file for an upload. Throws a `ValueError` when it cannot be read. */
  openForUpload(path: string, root: string): Promise<LocalFile>;
  /** Reads a small text file. */
  readText(path: string): Promise<string>;
  /** The absolute form of a path. */
  absolute(path: string): string;
  /** What is at a path, links followed; null when there is nothing. */
  entry(path: string): Promise<DiskEntry | null>;
  /**
   * All files below a folder, sorted by name. Links that lead out of the folder throw a `ValueError`, unless they are to
   * be followed; so do circles of links.
   */
  files(folder: string, options: { readonly followLinks: boolean }): AsyncIterable<FolderFile>;
  /** Reads a file, or the bytes of it from one offset up to, not including, another. */
  read(path: string, range?: { readonly start: number; readonly end: number }): ReadableStream<Uint8Array>;
  /** Reads a small file, or a small part of one, at once. */
  readBytes(
    path: string,
    range?: { readonly start: number; readonly end: number },
  ): Promise<Uint8Array<ArrayBuffer>>;
  /** Opens the part file of a file; the tag tells contents apart. */
  openPart(path: string, tag: string): Promise<PartFile>;
  /**
   * Copies a file as a whole or not at all, with its folders; shares the blocks where the file system can. False when
   * there is nothing to copy.
   */
  copy(from: string, to: string): Promise<boolean>;
  /** Deletes a file, or an empty folder; does nothing when there is none. */
  remove(path: string): Promise<void>;
  /** Tells a cache that a file was used. */
  touch(path: string): Promise<void>;
}

/** What a runtime offers. */
export interface Platform {
  /** The environment variables; empty where there are none. */
  environment(): Readonly<Record<string, string | undefined>>;
  /** The settings files that exist, the strongest first. */
  settingsFiles(): Promise<readonly SettingsFile[]>;
  /** The password that netrc has for a host (with its port). */
  netrc(host: string): Promise<NetrcAnswer>;
  /** The disk, or null where there is none. */
  readonly disk: Disk | null;
  /** The folder of the user that holds what may be thrown away; null where there is no disk. */
  cacheFolder(): string | null;
  /** Computes digests. */
  readonly createHasher: HasherFactory;
  /** Unpacks and checks what history files hold. */
  readonly sealedCodec: () => Promise<SealedCodec>;
}

/** Nothing beyond the web: no environment, no files. */
export const PORTABLE_PLATFORM: Platform = {
  environment: () => ({}),
  settingsFiles: () => Promise.resolve([]),
  netrc: () => Promise.resolve({ password: null, problem: null }),
  disk: null,
  cacheFolder: () => null,
  createHasher: createPortableHasher,
  sealedCodec: createPortableCodec,
};
