/**
 * What the machine offers beyond the web's own interfaces: environment, settings files, netrc, disk. Node, Bun and
 * Deno get `src/node`; browsers and edge workers get {@link PORTABLE_PLATFORM}, by the package's `#platform` import.
 */

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
}

/** Nothing beyond the web: no environment, no files. */
export const PORTABLE_PLATFORM: Platform = {
  environment: () => ({}),
  settingsFiles: () => Promise.resolve([]),
  netrc: () => Promise.resolve({ password: null, problem: null }),
  disk: null,
};
