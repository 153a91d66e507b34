/** What the runs of one request share: their authors and projects are read once, and what they logged together. */
import type { HistoryKeys, LineCounts } from "../../history/history-reader.ts";
import type { Project } from "../../projects/project.ts";
import type { User } from "../../users/user.ts";
import type { RequestContext } from "../../../transport/context.ts";
import type { Run } from "../run.ts";

/** Reads for the fields of runs, for one request. */
export class RunLoaders {
  readonly #context: RequestContext;
  readonly #authors = new Map<number, Promise<User | undefined>>();
  readonly #projects = new Map<number, Promise<Project | undefined>>();
  readonly #readOnly = new Map<number, Promise<boolean>>();
  readonly #lineCounts: RunBatch<LineCounts>;
  readonly #historyKeys: RunBatch<HistoryKeys>;

  constructor(context: RequestContext) {
    this.#context = context;
    const { caller, services } = context;
    this.#lineCounts = new RunBatch((runs) => services.history.lineCounts(caller, runs));
    this.#historyKeys = new RunBatch((runs) => services.history.keysOf(caller, runs));
  }

  /** The account that made the run. Clients cannot do without one, so a deleted account is told by its name. */
  async author(run: Run): Promise<User> {
    const { caller, services } = this.#context;
    const user = await memo(this.#authors, run.userId, () => services.users.authorOf(caller, run));
    return user ?? formerUser(run);
  }

  /** The run's project; undefined when the caller may not see it. */
  project({ projectId }: Run): Promise<Project | undefined> {
    const { caller, services } = this.#context;
    return memo(this.#projects, projectId, () => services.projects.findById(caller, projectId));
  }

  /** Whether the caller may only read in the run's project. */
  async isReadOnly(run: Run): Promise<boolean> {
    const { caller, services } = this.#context;
    const project = await this.project(run);
    if (project === undefined) return true;
    return memo(this.#readOnly, project.id, () => services.projects.isReadOnly(caller, project));
  }

  /** The run's line counts, asked for together with those of the other runs of a page. */
  lineCounts(run: Run): Promise<LineCounts> {
    return this.#lineCounts.load(run);
  }

  /** What the run logged by key, asked for together with that of the other runs of a page. */
  historyKeys(run: Run): Promise<HistoryKeys> {
    return this.#historyKeys.load(run);
  }
}

/** Asks one question for all runs that are named in the same turn. */
class RunBatch<Answer> {
  readonly #ask: (runs: readonly Run[]) => Promise<readonly Answer[]>;
  #waiting: Waiting<Answer>[] = [];

  constructor(ask: (runs: readonly Run[]) => Promise<readonly Answer[]>) {
    this.#ask = ask;
  }

  load(run: Run): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#waiting.push({ run, resolve, reject });
    if (this.#waiting.length === 1) queueMicrotask(() => void this.#askAll());
    return promise;
  }

  async #askAll(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    try {
      const answers = await this.#ask(waiting.map(({ run }) => run));
      for (const [index, { resolve, reject }] of waiting.entries()) {
        const answer = answers[index];
        if (answer === undefined) reject(new Error("The history reader left a run out"));
        else resolve(answer);
      }
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }
}

interface Waiting<Answer> {
  readonly run: Run;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: unknown) => void;
}

/** By request; an entry goes with its request. */
const loaders: WeakMap<RequestContext, RunLoaders> = new WeakMap();

/** The loaders of a request. */
export function loadersOf(context: RequestContext): RunLoaders {
  let found = loaders.get(context);
  if (found === undefined) {
    found = new RunLoaders(context);
    loaders.set(context, found);
  }
  return found;
}

async function memo<Key, Value>(
  known: Map<Key, Promise<Value>>,
  key: Key,
  load: () => Promise<Value>,
): Promise<Value> {
  let value = known.get(key);
  if (value === undefined) {
    value = load();
    known.set(key, value);
  }
  return value;
}

function formerUser(run: Run): User {
  return {
    id: run.userId,
    username: run.username,
    name: run.username,
    email: null,
    isAdmin: false,
    accountType: "USER",
    entityId: 0,
    defaultEntityId: 0,
    createdAt: run.createdAt,
    deletedAt: run.updatedAt,
  };
}
