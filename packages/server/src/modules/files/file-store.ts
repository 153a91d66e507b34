import type { RunKey } from "../history/history-log.ts";
import type { RunFile, RunFileContent } from "./run-file.ts";

/**
 * The files of runs by name. A blob that no file holds any more is told by a `file.deleted` event of the same
 * transaction, whose payload is `{"blobKeys":[...]}`.
 */
export interface FileStore {
  /** The files of these names in their order, made without content where they are not there. Repeating it changes nothing. */
  announce(request: FileNames & { readonly now: string }): Promise<readonly RunFile[]>;
  /** Puts a file's content in place of the one before; undefined when the file is gone. */
  complete(request: FileCompletion): Promise<RunFile | undefined>;
  /** A file that has content. */
  find(request: RunKey & { readonly name: string }): Promise<RunFile | undefined>;
  /** Files that have content, in the order of their names as Unicode code points. */
  list(request: FileQuery): Promise<FilePage>;
  /** How many files of a run have content. */
  count(request: RunKey): Promise<number>;
  /** Removes files; those that are not there are passed over. Returns how many went. */
  delete(request: RunKey & { readonly fileIds: readonly number[]; readonly now: string }): Promise<number>;
  /** Removes all files of a run. */
  deleteRun(request: RunKey & { readonly now: string }): Promise<void>;
}

/** Files of a run by name. */
export interface FileNames extends RunKey {
  readonly names: readonly string[];
}

/** Content for a file. */
export interface FileCompletion extends RunKey {
  readonly fileId: number;
  readonly content: RunFileContent;
  readonly now: string;
}

/** Which files. */
export interface FileQuery extends RunKey {
  /** Only files of these names; null for all. */
  readonly names: readonly string[] | null;
  /** Only names like this, without regard to case in ASCII: `%` stands for any text, `_` for one character; null for all. */
  readonly pattern: string | null;
  /** Name after which the page begins. */
  readonly after: string | null;
  readonly limit: number;
}

/** A page of files. */
export interface FilePage {
  readonly files: readonly RunFile[];
  readonly hasNextPage: boolean;
  /** How many files match in all. */
  readonly totalCount: number;
}
