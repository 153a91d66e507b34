// A store of runs needs projects and users to refer to, so its suites are given those stores as well.
import type { Project, ProjectStore, Run, RunStore, RunUpsert, UserStore } from "@steelyard/server";
import { NOW, createUser } from "./identity-under-test.ts";

/** Empty stores over one database. */
export interface RunStoreUnderTest {
  readonly runs: RunStore;
  readonly users: UserStore;
  readonly projects: ProjectStore;
  close(): Promise<void>;
}

/** A project with a user to put runs in. */
export class RunFixture {
  readonly runs: RunStore;
  readonly project: Project;
  readonly other: Project;
  readonly userId: number;

  private constructor(runs: RunStore, project: Project, other: Project, userId: number) {
    this.runs = runs;
    this.project = project;
    this.other = other;
    this.userId = userId;
  }

  /** Makes the user `ada` and two projects, `p` and `q`. */
  static async create(under: RunStoreUnderTest): Promise<RunFixture> {
    const ada = await createUser(under.users, "ada");
    const put = async (name: string): Promise<Project> =>
      (await under.projects.upsert({ entityId: ada.entityId, name, userId: ada.id, now: NOW })).project;
    return new RunFixture(under.runs, await put("p"), await put("q"), ada.id);
  }

  /** Puts a run. */
  async put(name: string, changes: Partial<RunUpsert> = {}): Promise<Run> {
    return (await this.runs.upsert(this.upsertOf(name, changes))).run;
  }

  /** What `put` sends. */
  upsertOf(name: string, changes: Partial<RunUpsert> = {}): RunUpsert {
    return {
      projectId: this.project.id,
      name,
      userId: this.userId,
      now: NOW,
      defaultDisplayName: `${name} shown`,
      ...changes,
    };
  }
}
