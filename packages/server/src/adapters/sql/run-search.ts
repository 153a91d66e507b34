// Answers questions about runs: filters and orders over any key, with the exact total, page by page. Columns answer
// them, except what columns do not hold, which is asked of the documents.
import {
  checkAggregateRequest,
  type JsonObject,
  type RegexCompiler,
  type RunAggregateRequest,
  type RunGroup,
} from "@steelyard/protocol";
import type { Kysely } from "kysely";
import { ServerError } from "../../errors.ts";
import type { RunKey } from "../../modules/history/history-log.ts";
import type { RunQuery } from "../../modules/runs/run-store.ts";
import { compileRe2 } from "../re2/regex.ts";
import { ProjectRuns } from "./project-runs.ts";
import { readArtifactNames } from "./run-artifact-names.ts";
import { RunColumnIndex } from "./run-column-index.ts";
import type { StoredRun } from "./run-documents.ts";
import { decodeCursor, encodeCursor, type RunPosition } from "./run-cursor.ts";
import { groupPositions, toGroupQuestion } from "./run-aggregation.ts";
import { DEFAULT_ORDER, parseQuestion, type RunQuestion } from "./run-question.ts";
import { countRuns, readTimeline } from "./run-timeline.ts";
import type { RunView, RunViewPage } from "./run-view.ts";
import type { SegmentStore } from "./segment-store.ts";
import type { MetadataTables } from "./tables.ts";

/** What a search may be given. */
export interface RunSearchOptions {
  /**
   * About how much memory questions leave in use, over all projects: columns, and parsed runs with their recent answers,
   * kept for questions that columns cannot answer. Those unused for longest go first. A project whose parsed runs take
   * more by themselves is read again for each new question of that kind.
   *
   * @default 512 MiB
   */
  readonly maxBytes?: number;
  /**
   * How much of `maxBytes` is for columns. A question whose columns take more by themselves is answered from parsed runs.
   *
   * @default three quarters
   */
  readonly maxColumnBytes?: number;
  /** Where columns are kept from one start to the next. @default nowhere */
  readonly segments?: SegmentStore | undefined;
  /** @default RE2 */
  readonly regex?: RegexCompiler;
  /**
   * The `historyKeys` of runs in their order, for filters over `keys_info`. A run's answer may change only when the run
   * itself changes.
   *
   * @default none; such filters are `unsupported`
   */
  readonly historyKeys?: (runs: readonly RunKey[]) => Promise<readonly JsonObject[]>;
}

/** A page by ids. */
export interface RunSearchPage {
  readonly entries: readonly { readonly runId: number; readonly cursor: string }[];
  readonly hasNextPage: boolean;
  readonly totalCount: number;
}

/** Searches the runs of all projects. */
export class RunSearch {
  readonly #db: Kysely<MetadataTables>;
  readonly #maxDocumentBytes: number;
  readonly #columns: RunColumnIndex;
  readonly #regex: RegexCompiler;
  readonly #historyKeys: RunSearchOptions["historyKeys"];
  /** In the order of use, the latest last. */
  readonly #projects: Map<number, ProjectRuns> = new Map();
  readonly #turns: Map<number, Promise<unknown>> = new Map();

  constructor(parts: RunSearchOptions & { readonly db: Kysely<MetadataTables> }) {
    this.#db = parts.db;
    this.#regex = parts.regex ?? compileRe2;
    const { maxBytes = 512 * 1024 * 1024, maxColumnBytes = (3 * maxBytes) / 4 } = parts;
    this.#maxDocumentBytes = maxBytes - maxColumnBytes;
    const { db, segments } = parts;
    this.#columns = new RunColumnIndex({ db, regex: this.#regex, maxBytes: maxColumnBytes, segments });
    this.#historyKeys = parts.historyKeys;
  }

  /** One page of runs. Throws as `RunStore.query` does. */
  async query(request: RunQuery): Promise<RunSearchPage> {
    const order = request.order ?? DEFAULT_ORDER;
    const question = this.#parse(request.filter ?? "{}", order);
    const after = request.after === null ? undefined : decodeCursor(order, request.after);
    const { projectId, limit } = request;
    const { timeline } = question;
    const page =
      timeline === undefined
        ? await this.#inTurn(projectId, () => this.#page(projectId, question, { after, limit }))
        : await readTimeline(this.#db, { projectId, after, limit, ...timeline });
    return {
      entries: page.positions.map((position) => ({
        runId: position.runId,
        cursor: encodeCursor(order, position),
      })),
      hasNextPage: page.hasNextPage,
      totalCount: page.totalCount,
    };
  }

  /** How many runs match. Throws as `RunStore.count` does. */
  async count(projectId: number, filter: string): Promise<number> {
    const question = this.#parse(filter, DEFAULT_ORDER);
    if (question.timeline !== undefined) return countRuns(this.#db, projectId);
    return this.#inTurn(projectId, async () => {
      const count = await this.#columns.count({ projectId, ...question });
      return count ?? (await this.#view(projectId, question)).size;
    });
  }

  /** All groups, in the order of their keys; the best runs by their ids. Throws as `RunStore.aggregate` does. */
  async aggregate(
    projectId: number,
    filter: string,
    aggregate: RunAggregateRequest,
  ): Promise<readonly RunGroup<number>[]> {
    checkAggregateRequest(aggregate);
    const question = this.#check(
      toGroupQuestion(parseQuestion(filter, DEFAULT_ORDER, this.#regex), aggregate),
    );
    return this.#inTurn(projectId, async () => {
      const groups = await this.#columns.aggregate({ projectId, ...question, aggregate });
      if (groups !== undefined) return groups;
      const view = await this.#view(projectId, question);
      return groupPositions(view.page(undefined, view.size).positions, aggregate);
    });
  }

  #parse(filter: string, order: string): RunQuestion {
    return this.#check(parseQuestion(filter, order, this.#regex));
  }

  #check(question: RunQuestion): RunQuestion {
    for (const field of question.fields) {
      if (isKeysField(field) && this.#historyKeys === undefined) throw unsupported(field);
    }
    return question;
  }

  async #page(
    projectId: number,
    question: RunQuestion,
    part: { readonly after: RunPosition | undefined; readonly limit: number },
  ): Promise<RunViewPage & { readonly totalCount: number }> {
    const { filter, filterFields, orderKeys } = question;
    const page = await this.#columns.page({ projectId, filter, filterFields, order: orderKeys, ...part });
    if (page !== undefined) return page;
    const view = await this.#view(projectId, question);
    return { ...view.page(part.after, part.limit), totalCount: view.size };
  }

  /** Questions about one project wait for each other, because they share what is kept of it. */
  async #inTurn<T>(projectId: number, answer: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(projectId);
    const turn = (async () => {
      // A failure of the question before is told to its own asker.
      await before?.catch(() => undefined);
      return answer();
    })();
    this.#turns.set(projectId, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(projectId) === turn) this.#turns.delete(projectId);
    }
  }

  async #view(projectId: number, question: RunQuestion): Promise<RunView> {
    const runs = this.#projects.get(projectId) ?? this.#newProject(projectId);
    this.#projects.delete(projectId);
    // What is kept of a project may be half done when something fails, and is then read anew.
    const view = await runs.view(question);
    this.#projects.set(projectId, runs);
    this.#evict();
    return view;
  }

  #newProject(projectId: number): ProjectRuns {
    return new ProjectRuns({
      db: this.#db,
      projectId,
      maxBytes: this.#maxDocumentBytes,
      complete: (runs, question) => this.#complete(projectId, runs, question),
    });
  }

  async #complete(projectId: number, runs: readonly StoredRun[], question: RunQuestion): Promise<void> {
    const historyKeys = this.#historyKeys;
    if (historyKeys !== undefined && question.fields.some(isKeysField)) {
      const incomplete = runs.filter((run) => run.historyKeys === undefined);
      const found = await historyKeys(incomplete.map((run) => ({ projectId, runId: run.id })));
      for (const [index, run] of incomplete.entries()) run.historyKeys = found[index];
    }
    for (const [member, direction] of artifactMembers) {
      if (!question.fields.some((field) => artifactFields.get(field) === member)) continue;
      const incomplete = runs.filter((run) => run[member] === undefined);
      const runIds = incomplete.map((run) => run.id);
      const names = await readArtifactNames(this.#db, { direction, projectId, runIds });
      for (const run of incomplete) run[member] = names.get(run.id) ?? noNames;
    }
  }

  /** Lets go of the projects unused for longest, never of the latest. */
  #evict(): void {
    let bytes = 0;
    for (const runs of this.#projects.values()) bytes += runs.bytes;
    for (const [projectId, runs] of this.#projects) {
      if (bytes <= this.#maxDocumentBytes || this.#projects.size === 1) return;
      bytes -= runs.bytes;
      this.#projects.delete(projectId);
    }
  }
}

const artifactMembers = [
  ["inputArtifacts", "input"],
  ["outputArtifacts", "output"],
] as const;

/** Both spellings of the fields, and where documents have them. */
const artifactFields: ReadonlyMap<string, "inputArtifacts" | "outputArtifacts"> = new Map([
  ["inputArtifacts", "inputArtifacts"],
  ["input_artifacts", "inputArtifacts"],
  ["outputArtifacts", "outputArtifacts"],
  ["output_artifacts", "outputArtifacts"],
]);

const noNames: readonly string[] = [];

function isKeysField(field: string): boolean {
  return field.startsWith("keys_info.");
}

function unsupported(field: string): ServerError {
  return new ServerError("unsupported", `This server cannot filter or order runs by ${field}`, { field });
}
