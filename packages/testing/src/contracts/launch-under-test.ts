// The stores of launch hang on accounts and projects, so each suite gets those too.
import type {
  EntityStore,
  LaunchAgentStore,
  Project,
  ProjectStore,
  RunQueue,
  RunQueueItemStore,
  RunQueueStore,
  User,
  UserStore,
} from "@steelyard/server";
import { NOW, createUser } from "./identity-under-test.ts";

/** Empty stores over one database. */
export interface LaunchUnderTest {
  readonly users: UserStore;
  readonly entities: EntityStore;
  readonly projects: ProjectStore;
  readonly runQueues: RunQueueStore;
  readonly runQueueItems: RunQueueItemStore;
  readonly launchAgents: LaunchAgentStore;
  close(): Promise<void>;
}

/** A user with a project for queues. */
export interface LaunchHome {
  readonly user: User;
  readonly project: Project;
  /** Makes a queue without a config. */
  createQueue(name?: string): Promise<RunQueue>;
}

/** Makes the user and the project. */
export async function createLaunchHome(under: LaunchUnderTest): Promise<LaunchHome> {
  const user = await createUser(under.users, "ada");
  const { project } = await under.projects.upsert({
    entityId: user.entityId,
    name: "model-registry",
    userId: user.id,
    now: NOW,
  });
  return {
    user,
    project,
    createQueue: (name = "gpu") =>
      under.runQueues.create({
        projectId: project.id,
        name,
        access: "PROJECT",
        prioritizationMode: null,
        configId: null,
        userId: user.id,
        now: NOW,
      }),
  };
}
