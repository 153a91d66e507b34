/** What the runs of one request share: their authors and projects are read once, their line counts together. */
import type { LineCounts } from "../../history/history-reader.ts";
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
  #waiting: WaitingCount[] = [];

  constructor(context: RequestContext) {
    this.#context = context;
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
    const { promise, resolve, reject } = Promise.withResolvers<LineCounts>();
    this.#waiting.push({ run, resolve, reject });
    if (this.#waiting.length === 1) queueMicrotask(() => void this.#readCounts());
    return promise;
  }

  async #readCounts(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    const { caller, services } = this.#context;
    try {
      const counts = await services.history.lineCounts(
        caller,
        waiting.map(({ run }) => run),
      );
      for (const [index, { resolve, reject }] of waiting.entries()) {
        const count = counts[index];
        if (count === undefined) reject(new Error("The history reader left a run out"));
        else resolve(count);
      }
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }
}

interface WaitingCount {
  readonly run: Run;
  readonly resolve: (counts: LineCounts) => void;
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
    createdAt: run.createdAt,
    deletedAt: run.updatedAt,
  };
}
