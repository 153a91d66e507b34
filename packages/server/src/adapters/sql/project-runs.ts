// The runs of one project as documents, for questions that columns cannot answer: documents parsed once, and the answers to recent questions,
// brought up to date before each use from what changed since. Where the documents are too many to keep, only the
// answers are kept.
import type { Kysely } from "kysely";
import { nextTurn } from "../../modules/history/next-turn.ts";
import { readChangedRows, StoredRun, weightOf, type ProjectNames } from "./run-documents.ts";
import { loadCounters, loadDeletions, loadNames } from "./run-progress.ts";
import { RunView } from "./run-view.ts";
import type { RunQuestion } from "./run-question.ts";
import type { MetadataTables } from "./tables.ts";

const maxViews = 8;
/** Rows that are read and parsed before others get their turn; a few milliseconds of work. */
const rowsAtOnce = 500;
const documentsAtOnce = 5000;
/** About what a run takes in a view. */
const bytesAPosition = 150;

/** What a project's runs are read with. */
export interface ProjectRunsParts {
  readonly db: Kysely<MetadataTables>;
  readonly projectId: number;
  /** About how much memory the documents may take. */
  readonly maxBytes: number;
  /** Adds to documents what a question names and their rows do not hold. */
  readonly complete: (runs: readonly StoredRun[], question: RunQuestion) => Promise<void>;
}

interface KnownRun {
  readonly document: StoredRun;
  readonly bytes: number;
}

interface OpenView {
  readonly view: RunView;
  readonly question: RunQuestion;
}

/** The known runs of a project. Uses must follow one another. */
export class ProjectRuns {
  readonly #parts: ProjectRunsParts;
  /** In the order of use, the latest last. */
  readonly #views: Map<string, OpenView> = new Map();
  /** Undefined until all are read, and for good when they are too many. */
  #runs: Map<number, KnownRun> | undefined;
  #runBytes = 0;
  #isTooLarge = false;
  #seq = 0;
  #names: ProjectNames | undefined;

  constructor(parts: ProjectRunsParts) {
    this.#parts = parts;
  }

  /** About how much memory is in use. */
  get bytes(): number {
    let positions = 0;
    for (const { view } of this.#views.values()) positions += view.size;
    return this.#runBytes + positions * bytesAPosition;
  }

  /** The answer to a question as of now. */
  async view(question: RunQuestion): Promise<RunView> {
    await this.#catchUp();
    const known = this.#views.get(question.key);
    const view = known?.view ?? (await this.#open(question));
    this.#views.delete(question.key);
    this.#views.set(question.key, { view, question });
    for (const [key] of this.#views) {
      if (this.#views.size <= maxViews && (this.bytes <= this.#parts.maxBytes || this.#views.size === 1))
        break;
      this.#views.delete(key);
    }
    return view;
  }

  /** Brings everything that is kept up to the present. */
  async #catchUp(): Promise<void> {
    const names = await loadNames(this.#parts.db, this.#parts.projectId);
    if (names.entity !== this.#names?.entity || names.project !== this.#names.project) this.#forget();
    this.#names = names;
    const { lastSeq: seq } = await loadCounters(this.#parts.db, this.#parts.projectId);
    if (seq === this.#seq) return;
    if (this.#runs === undefined && this.#views.size === 0) {
      this.#seq = seq;
      return;
    }
    const after = this.#seq;
    for await (const documents of this.#read(after, after)) await this.#updateViews(documents, []);
    // Read last: a deletion that happens meanwhile may come twice but must not be missed.
    const gone = await loadDeletions(this.#parts.db, this.#parts.projectId, after);
    for (const runId of gone) this.#drop(runId);
    await this.#updateViews([], gone);
    this.#seq = Math.max(this.#seq, seq);
  }

  async #open(question: RunQuestion): Promise<RunView> {
    const view = new RunView(question);
    if (this.#runs !== undefined) {
      const documents = [...this.#runs.values()].map((run) => run.document);
      for (let start = 0; start < documents.length; start += documentsAtOnce) {
        if (start > 0) await nextTurn();
        await this.#update({ view, question }, documents.slice(start, start + documentsAtOnce), []);
      }
      return view;
    }
    const seq = this.#seq;
    if (!this.#isTooLarge) this.#runs = new Map();
    for await (const documents of this.#read(0, 0)) await this.#update({ view, question }, documents, []);
    // What was deleted while the runs were read is found again from where the reading began.
    this.#seq = seq;
    return view;
  }

  /** Reads the runs changed after a number, in portions, and keeps their documents if documents are kept. */
  async *#read(afterSeq: number, configAfterSeq: number): AsyncGenerator<readonly StoredRun[]> {
    const names = this.#names;
    if (names === undefined) throw new Error("the names of the project were not loaded");
    const { db, projectId } = this.#parts;
    let seq = afterSeq;
    for (;;) {
      // Kept documents may become too many at any row; those before them still have their configs.
      const known = this.#runs;
      const rows = await readChangedRows(db, {
        projectId,
        afterSeq: seq,
        configAfterSeq: known === undefined ? 0 : configAfterSeq,
        limit: rowsAtOnce,
      });
      yield rows.map((row) => {
        const before = known?.get(row.run_id);
        const document = new StoredRun(row, names, before?.document);
        const bytes = row.config === null ? Math.max(before?.bytes ?? 0, weightOf(row)) : weightOf(row);
        this.#keep({ document, bytes });
        return document;
      });
      seq = rows.at(-1)?.seq ?? seq;
      this.#seq = Math.max(this.#seq, seq);
      if (rows.length < rowsAtOnce) return;
      await nextTurn();
    }
  }

  #keep(run: KnownRun): void {
    if (this.#runs === undefined) return;
    this.#drop(run.document.id);
    this.#runs.set(run.document.id, run);
    this.#runBytes += run.bytes;
    if (this.#runBytes <= this.#parts.maxBytes) return;
    this.#runs = undefined;
    this.#runBytes = 0;
    this.#isTooLarge = true;
  }

  #drop(runId: number): void {
    this.#runBytes -= this.#runs?.get(runId)?.bytes ?? 0;
    this.#runs?.delete(runId);
  }

  #forget(): void {
    this.#views.clear();
    this.#runs = undefined;
    this.#runBytes = 0;
    this.#seq = 0;
  }

  async #updateViews(changed: readonly StoredRun[], goneIds: readonly number[]): Promise<void> {
    for (const open of this.#views.values()) await this.#update(open, changed, goneIds);
  }

  async #update(open: OpenView, changed: readonly StoredRun[], goneIds: readonly number[]): Promise<void> {
    await this.#parts.complete(changed, open.question);
    open.view.update(changed, goneIds);
  }
}
