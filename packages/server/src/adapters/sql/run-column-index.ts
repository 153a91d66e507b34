// Answers questions about runs from columns in memory: of all projects, those asked for last, within one budget.
import type { Filter, OrderKey, RegexCompiler, RunAggregateRequest, RunGroup } from "@steelyard/protocol";
import type { Kysely } from "kysely";
import { groupRows } from "../columns/column-groups.ts";
import { pageOfRows, selectRows, type ColumnTable } from "../columns/column-question.ts";
import { ProjectColumns } from "./project-columns.ts";
import type { RunPosition } from "./run-cursor.ts";
import { findFieldSource, type RunFieldSource } from "./run-field-source.ts";
import type { RunViewPage } from "./run-view.ts";
import type { SegmentStore } from "./segment-store.ts";
import type { MetadataTables } from "./tables.ts";

/** What the index is built from. */
export interface RunColumnIndexParts {
  readonly db: Kysely<MetadataTables>;
  readonly regex: RegexCompiler;
  /**
   * About how much memory columns take, over all projects: 9 bytes a run that the project ever had, and the distinct
   * values that are not numbers. Those of the questions being answered may exceed it, each question by its own.
   */
  readonly maxBytes: number;
  /** Where columns are kept from one start to the next. @default nowhere */
  readonly segments?: SegmentStore | undefined;
}

/** Which runs. */
export interface ColumnRequest {
  readonly projectId: number;
  readonly filter: Filter;
  /** The fields that the filter names. */
  readonly filterFields: readonly string[];
}

/** The columns of all projects. Questions about one project must follow one another. */
export class RunColumnIndex {
  readonly #parts: RunColumnIndexParts;
  readonly #projects: Map<number, ProjectColumns> = new Map();
  readonly #busy: Set<number> = new Set();
  #uses = 0;

  constructor(parts: RunColumnIndexParts) {
    this.#parts = parts;
  }

  /** A page; undefined when columns cannot answer. Throws `FilterError`, and `not_found` for no project. */
  async page(
    request: ColumnRequest & {
      readonly order: readonly OrderKey[];
      readonly after: RunPosition | undefined;
      readonly limit: number;
    },
  ): Promise<(RunViewPage & { readonly totalCount: number }) | undefined> {
    const { filter, order, after, limit } = request;
    const fields = [...request.filterFields, ...order.map((key) => key.field)];
    return this.#ask(request.projectId, fields, async (table) => {
      const rows = await selectRows(table, { filter, regex: this.#parts.regex });
      const place = after && { row: after.runId, values: after.values };
      const page = pageOfRows(rows, { columnOf: table.columnOf, order, after: place, limit });
      return {
        positions: page.places.map(({ row, values }) => ({ runId: row, values })),
        hasNextPage: page.hasNextPage,
        totalCount: rows.length,
      };
    });
  }

  /** How many runs match; undefined and throws as `page`. */
  async count({ projectId, filter, filterFields }: ColumnRequest): Promise<number | undefined> {
    return this.#ask(projectId, filterFields, async (table) => {
      return (await selectRows(table, { filter, regex: this.#parts.regex })).length;
    });
  }

  /** The runs in groups; undefined and throws as `page`, and `FilterError` when there are too many groups. */
  async aggregate(
    request: ColumnRequest & { readonly aggregate: RunAggregateRequest },
  ): Promise<readonly RunGroup<number>[] | undefined> {
    const { projectId, filter, filterFields, aggregate } = request;
    const metrics = aggregate.metrics.map((metric) => metric.field);
    return this.#ask(
      projectId,
      [...filterFields, ...aggregate.groupBy, ...metrics, "createdAt"],
      async (table) => {
        const rows = await selectRows(table, { filter, regex: this.#parts.regex });
        return groupRows(rows, table.columnOf, aggregate);
      },
    );
  }

  async #ask<T>(
    projectId: number,
    fields: readonly string[],
    answer: (table: ColumnTable) => Promise<T>,
  ): Promise<T | undefined> {
    const sources = sourcesOf(fields);
    if (sources === undefined) return undefined;
    const { db, segments } = this.#parts;
    const project = this.#projects.get(projectId) ?? new ProjectColumns({ db, projectId, segments });
    // Whatever fails may leave columns half up to date; they are read anew then.
    this.#projects.delete(projectId);
    this.#busy.add(projectId);
    try {
      this.#uses += 1;
      const table = await project.table(sources, { at: this.#uses, maxBytes: this.#parts.maxBytes });
      this.#projects.set(projectId, project);
      return table && (await answer(table));
    } finally {
      this.#busy.delete(projectId);
      this.#evict();
    }
  }

  /** Lets go of the columns unused for longest, except where a question is being answered. */
  #evict(): void {
    let bytes = 0;
    for (const project of this.#projects.values()) bytes += project.bytes;
    if (bytes <= this.#parts.maxBytes) return;
    const idle = [...this.#projects].filter(([projectId]) => !this.#busy.has(projectId));
    const candidates = idle.flatMap(([projectId, project]) =>
      [...project.columns].map((resident) => ({ projectId, project, resident })),
    );
    for (const { projectId, project, resident } of candidates.sort(
      (a, b) => a.resident.lastUse - b.resident.lastUse,
    )) {
      if (bytes <= this.#parts.maxBytes) return;
      const before = project.bytes;
      project.drop(resident.source.canonical);
      bytes -= before - project.bytes;
      if (project.isEmpty) this.#projects.delete(projectId);
    }
  }
}

function sourcesOf(fields: readonly string[]): readonly RunFieldSource[] | undefined {
  const sources: RunFieldSource[] = [];
  for (const field of new Set(fields)) {
    const source = findFieldSource(field);
    if (source === undefined) return undefined;
    sources.push(source);
  }
  return sources;
}
