/** The files of a run. */
import { NotFoundError, ValueError } from "../../core/errors.ts";
import { Paginator } from "../../core/paginator.ts";
import type { Page, PageRequest, PaginatorOptions, ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { RunFilesDocument } from "../../generated/files-documents.ts";
import type { Run } from "../runs/run.ts";
import { File } from "./file.ts";

/** Options of `run.files`. */
export interface FilesOptions extends PaginatorOptions {
  /** Only files of exactly these names; an empty list means all. */
  readonly names?: readonly string[] | undefined;
  /** Only files whose names fit an SQL LIKE pattern: `%` for any text, `_` for any character. */
  readonly pattern?: string | undefined;
}

/** A run's files. Mirrors `wandb.apis.public.Files`. */
export class Files extends Paginator<File> {
  /** The run that has the files. */
  readonly run: Run;
  /** The names asked for; empty for all. */
  readonly names: readonly string[];
  /** The pattern asked for, or null. */
  readonly pattern: string | null;
  readonly #service: Service;

  /** @throws {ValueError} when there are both names and a pattern. */
  constructor(service: Service, run: Run, options: FilesOptions = {}) {
    super(options);
    this.#service = service;
    this.run = run;
    this.names = options.names ?? [];
    this.pattern = options.pattern ?? null;
    if (this.names.length > 0 && this.pattern !== null) {
      throw new ValueError("Files are chosen by names or by a pattern, not by both");
    }
  }

  /**
   * How many files the list has. Python's `len` counts all files of the run even when they are filtered; this counts
   * those of the list, and loads a filtered list for it.
   */
  override async length(options: ReadOptions = {}): Promise<number> {
    const total = await super.length(options);
    return total ?? (await this.toArray(options)).length;
  }

  protected override async loadPage({ cursor, perPage, signal }: PageRequest): Promise<Page<File>> {
    const { entity, project, id } = this.run;
    const filter = { fileNames: this.names, pattern: this.pattern };
    const variables = { entity, project, name: id, fileCursor: cursor, fileLimit: perPage, ...filter };
    const answer = await this.#service.graphql.execute(RunFilesDocument, variables, { signal });
    const run = answer.project?.run;
    if (run == null) throw new NotFoundError(`Run ${this.run.path.join("/")} not found`);
    const edges = run.files?.edges ?? [];
    const nodes = edges.map(({ node }) => node).filter((node) => node !== null);
    const isFiltered = this.names.length > 0 || this.pattern !== null;
    return {
      items: nodes.map((node) => new File(this.#service, this.run, node)),
      cursor: edges.at(-1)?.cursor ?? run.files?.pageInfo.endCursor ?? null,
      hasNextPage: run.files?.pageInfo.hasNextPage ?? false,
      total: isFiltered ? null : run.fileCount,
    };
  }
}
