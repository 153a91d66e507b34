/** The stores of everything but lines and bytes of files, a parts list: one SQLite file, and one of kept columns. */
import { join } from "node:path";
import { metadataMigrations } from "../../../migrations/metadata.ts";
import { changesPermissions } from "../../adapters/sql/permission-tables.ts";
import { SegmentBuilder } from "../../adapters/sql/segment-builder.ts";
import { SqlArtifactCollectionStore } from "../../adapters/sql/artifact-collections.ts";
import { SqlArtifactRemovalStore } from "../../adapters/sql/artifact-removals.ts";
import { SqlAlertStore } from "../../adapters/sql/sql-alert-store.ts";
import { SqlArtifactStore } from "../../adapters/sql/sql-artifact-store.ts";
import { SqlAutomationStore } from "../../adapters/sql/sql-automation-store.ts";
import { SqlChangeFeed } from "../../adapters/sql/sql-change-feed.ts";
import { SqlEntityStore } from "../../adapters/sql/sql-entity-store.ts";
import { SqlExecutionStore } from "../../adapters/sql/sql-execution-store.ts";
import { SqlInviteStore } from "../../adapters/sql/sql-invite-store.ts";
import { SqlFileStore } from "../../adapters/sql/sql-file-store.ts";
import { SqlIntegrationStore } from "../../adapters/sql/sql-integration-store.ts";
import { SqlRegistrySearchStore } from "../../adapters/sql/sql-registry-search-store.ts";
import { SqlLaunchAgentStore } from "../../adapters/sql/sql-launch-agent-store.ts";
import { SqlPortfolioStore } from "../../adapters/sql/sql-portfolio-store.ts";
import { SqlProjectMemberStore } from "../../adapters/sql/sql-project-member-store.ts";
import { SqlProjectStore } from "../../adapters/sql/sql-project-store.ts";
import { SqlRunQueueItemStore } from "../../adapters/sql/sql-run-queue-item-store.ts";
import { SqlRunQueueStore } from "../../adapters/sql/sql-run-queue-store.ts";
import { SqlRunStore } from "../../adapters/sql/sql-run-store.ts";
import { SqlSweepAgentStore } from "../../adapters/sql/sql-sweep-agent-store.ts";
import { SqlSweepRunStore } from "../../adapters/sql/sql-sweep-run-store.ts";
import { SqlSweepStore } from "../../adapters/sql/sql-sweep-store.ts";
import { SqlCustomChartStore } from "../../adapters/sql/sql-custom-chart-store.ts";
import { SqlViewStore } from "../../adapters/sql/sql-view-store.ts";
import { SqlSecretStore } from "../../adapters/sql/sql-secret-store.ts";
import { SqlTaskQueue } from "../../adapters/sql/sql-task-queue.ts";
import { SqlUserStore } from "../../adapters/sql/sql-user-store.ts";
import type { MetadataTables } from "../../adapters/sql/tables.ts";
import { openSqliteDatabase } from "../../adapters/sqlite/database.ts";
import { lockFolder } from "../../adapters/sqlite/folder-lock.ts";
import { migrate } from "../../adapters/sqlite/migrate.ts";
import type { AlertStore } from "../../modules/alerts/alert-store.ts";
import type { ArtifactCollectionStore } from "../../modules/artifacts/artifact-collection-store.ts";
import type { ArtifactRemovalStore } from "../../modules/artifacts/artifact-removal-store.ts";
import type { ArtifactStore } from "../../modules/artifacts/artifact-store.ts";
import type { AutomationStore } from "../../modules/automations/automation-store.ts";
import type { EntityStore } from "../../modules/entities/entity-store.ts";
import type { ExecutionStore } from "../../modules/executions/execution-store.ts";
import type { FileStore } from "../../modules/files/file-store.ts";
import type { HistoryReader } from "../../modules/history/history-reader.ts";
import type { IntegrationStore, SecretStore } from "../../modules/integrations/integration-store.ts";
import type { InviteStore } from "../../modules/invites/invite-store.ts";
import type { LaunchAgentStore } from "../../modules/launch/launch-agent-store.ts";
import type { RunQueueItemStore } from "../../modules/launch/run-queue-item-store.ts";
import type { RunQueueStore } from "../../modules/launch/run-queue-store.ts";
import type { RegistrySearchStore } from "../../modules/registries/registry-search-store.ts";
import type { PortfolioStore } from "../../modules/portfolios/portfolio-store.ts";
import type { ProjectMemberStore } from "../../modules/projects/project-member-store.ts";
import type { ProjectStore } from "../../modules/projects/project-store.ts";
import type { CustomChartStore } from "../../modules/charts/custom-chart-store.ts";
import type { ViewStore } from "../../modules/reports/view-store.ts";
import type { RunStore } from "../../modules/runs/run-store.ts";
import type { SweepAgentStore } from "../../modules/sweeps/sweep-agent-store.ts";
import type { SweepRunStore } from "../../modules/sweeps/sweep-run-store.ts";
import type { SweepStore } from "../../modules/sweeps/sweep-store.ts";
import type { UserStore } from "../../modules/users/user-store.ts";
import type { ChangeFeed } from "../../ports/change-feed.ts";
import type { TaskQueue } from "../../ports/task-queue.ts";
import type { KeptColumns } from "./column-upkeep.ts";
import { openIndexStorage } from "./index-storage.ts";

/** What these stores are, by name. */
export interface MetadataServices {
  readonly users: UserStore;
  readonly entities: EntityStore;
  readonly invites: InviteStore;
  readonly projects: ProjectStore;
  readonly members: ProjectMemberStore;
  readonly runs: RunStore;
  readonly sweeps: SweepStore;
  readonly sweepAgents: SweepAgentStore;
  readonly sweepRuns: SweepRunStore;
  readonly files: FileStore;
  readonly alerts: AlertStore;
  readonly artifacts: ArtifactStore;
  readonly portfolios: PortfolioStore;
  readonly registrySearch: RegistrySearchStore;
  readonly artifactCollections: ArtifactCollectionStore;
  readonly artifactRemovals: ArtifactRemovalStore;
  readonly runQueues: RunQueueStore;
  readonly runQueueItems: RunQueueItemStore;
  readonly launchAgents: LaunchAgentStore;
  readonly views: ViewStore;
  readonly customCharts: CustomChartStore;
  readonly automations: AutomationStore;
  readonly executions: ExecutionStore;
  readonly integrations: IntegrationStore;
  readonly secrets: SecretStore;
  readonly feed: ChangeFeed;
  readonly tasks: TaskQueue;
  readonly columns: KeptColumns;
}

/** What the stores are opened with. */
export interface MetadataParts {
  /** The data folder, which must exist. */
  readonly folder: string;
  /** Asked about keys of histories when runs are filtered by them. */
  readonly history: Pick<HistoryReader, "keysOf">;
  /** Called before each write that may change who may do what. */
  readonly onPermissionChange: () => void;
}

/** Open stores. */
export interface MetadataStorage {
  readonly services: MetadataServices;
  /** Finishes what runs, closes the file and lets another server have the folder. */
  close(): Promise<void>;
}

/**
 * Takes the lock of the data folder and opens the stores.
 *
 * @throws {ServerError} `conflict` when another server uses the folder, `unavailable` when it cannot be written or
 * was made by a newer version.
 */
export async function openMetadataStorage(parts: MetadataParts): Promise<MetadataStorage> {
  const { folder, history, onPermissionChange } = parts;
  await using cleanUp = new AsyncDisposableStack();
  const lock = lockFolder(folder);
  cleanUp.defer(() => lock.release());
  const onWrite = (table: string | undefined): void => {
    if (changesPermissions(table)) onPermissionChange();
  };
  const metadata = openSqliteDatabase<MetadataTables>(join(folder, "metadata.sqlite"), { onWrite });
  cleanUp.defer(() => metadata.close());
  await migrate(metadata.db, metadataMigrations);

  const index = await openIndexStorage(folder);
  cleanUp.defer(() => index.close());
  const builder = new SegmentBuilder({ ...metadata, ...index });

  const runs = new SqlRunStore({
    ...metadata,
    ...index,
    historyKeys: async (keys) => (await history.keysOf({ runs: keys })).map((each) => ({ ...each })),
  });
  const opened = cleanUp.move();
  return {
    services: {
      users: new SqlUserStore(metadata),
      entities: new SqlEntityStore(metadata),
      invites: new SqlInviteStore(metadata),
      projects: new SqlProjectStore(metadata),
      members: new SqlProjectMemberStore(metadata),
      runs,
      sweeps: new SqlSweepStore(metadata),
      sweepAgents: new SqlSweepAgentStore(metadata),
      sweepRuns: new SqlSweepRunStore(metadata),
      files: new SqlFileStore(metadata),
      alerts: new SqlAlertStore(metadata),
      artifacts: new SqlArtifactStore(metadata),
      portfolios: new SqlPortfolioStore(metadata),
      registrySearch: new SqlRegistrySearchStore(metadata),
      artifactCollections: new SqlArtifactCollectionStore(metadata),
      artifactRemovals: new SqlArtifactRemovalStore(metadata),
      runQueues: new SqlRunQueueStore(metadata),
      runQueueItems: new SqlRunQueueItemStore(metadata),
      launchAgents: new SqlLaunchAgentStore(metadata),
      views: new SqlViewStore(metadata),
      customCharts: new SqlCustomChartStore(metadata),
      automations: new SqlAutomationStore(metadata),
      executions: new SqlExecutionStore(metadata),
      integrations: new SqlIntegrationStore(metadata),
      secrets: new SqlSecretStore(metadata),
      feed: new SqlChangeFeed(metadata),
      tasks: new SqlTaskQueue(metadata),
      columns: {
        check: async () => ({
          isDue: (await builder.findDue()) !== undefined,
          discarded: index.takeDiscarded(),
        }),
      },
    },
    close: () => opened.disposeAsync(),
  };
}
