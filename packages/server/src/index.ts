/** The doors of the server: how it is started, and the ports that an adapter implements, with their entities. */
export { startEmbeddedServer } from "./presets/embedded/embedded.ts";
export type { EmbeddedServer, EmbeddedServerOptions } from "./presets/embedded/embedded.ts";
export { verifyDataFolder } from "./presets/embedded/verify.ts";
export type { VerifyOptions, VerifyReport } from "./presets/embedded/verify.ts";
export type { CheckProgress, Finding } from "./modules/integrity/findings.ts";
export { ServerError } from "./errors.ts";
export { createLogger } from "./transport/logger.ts";
export type {
  HistoryLog,
  Line,
  LineChanges,
  LineRange,
  LineStream,
  LineWrite,
  RunKey,
  StepWindow,
} from "./modules/history/history-log.ts";
export type { Artifact } from "./modules/artifacts/artifact.ts";
export type { ArtifactCollectionStore, VersionPage } from "./modules/artifacts/artifact-collection-store.ts";
export type {
  ArtifactRemovalStore,
  Removal,
  RemovalReason,
} from "./modules/artifacts/artifact-removal-store.ts";
export type { ArtifactContent } from "./modules/artifacts/artifact-file.ts";
export type { FilePut } from "./modules/artifacts/artifact-file-store.ts";
export type { RunArtifactPage } from "./modules/artifacts/artifact-lineage-store.ts";
export type { ArtifactStore, NewArtifact, VersionSelector } from "./modules/artifacts/artifact-store.ts";
export type { Entity, MemberRole, Membership, Organization } from "./modules/entities/entity.ts";
export type { EntityStore, OrganizationPut, TeamPut } from "./modules/entities/entity-store.ts";
export type {
  LinkKey,
  NewLink,
  PortfolioChange,
  PortfolioStore,
} from "./modules/portfolios/portfolio-store.ts";
export type {
  CollectionSearch,
  ProjectSearch,
  ProjectSearchPage,
  RegistrySearchStore,
  VersionSearch,
} from "./modules/registries/registry-search-store.ts";
export type { LaunchAgent } from "./modules/launch/launch-agent.ts";
export type { LaunchAgentStore, NewLaunchAgent } from "./modules/launch/launch-agent-store.ts";
export type { RunQueue } from "./modules/launch/run-queue.ts";
export type { RunQueueItem } from "./modules/launch/run-queue-item.ts";
export type { ItemKey, NewRunQueueItem, RunQueueItemStore } from "./modules/launch/run-queue-item-store.ts";
export type { NewResourceConfig, NewRunQueue, RunQueueStore } from "./modules/launch/run-queue-store.ts";
export type { Project } from "./modules/projects/project.ts";
export type { ProjectMember, ProjectTeam } from "./modules/projects/project-member.ts";
export type {
  ProjectMemberChange,
  ProjectMemberStore,
  ProjectRoleChange,
} from "./modules/projects/project-member-store.ts";
export type { ProjectCursor, ProjectStore, ProjectUpsert } from "./modules/projects/project-store.ts";
export type { ApiKey } from "./modules/users/api-key.ts";
export type { User } from "./modules/users/user.ts";
export type { Invite } from "./modules/invites/invite.ts";
export type { InviteStore, NewInvite } from "./modules/invites/invite-store.ts";
export type { NewApiKey, NewUser, UserChange, UserStore } from "./modules/users/user-store.ts";
export type { Run } from "./modules/runs/run.ts";
export type {
  RunAggregateQuery,
  RunGroupPage,
  RunPage,
  RunQuery,
  RunSelector,
  RunStore,
  RunStreamChange,
  RunStreamResult,
  RunUpsert,
} from "./modules/runs/run-store.ts";
export type {
  HistoryKeys,
  HistoryReader,
  HistorySpec,
  HistoryTails,
  LineCounts,
  RowChanges,
  RowPage,
  RowPosition,
  RowRequest,
  RowSelection,
} from "./modules/history/history-reader.ts";
export type { BlobInfo, BlobPut, BlobRead, BlobSignature, BlobStore } from "./ports/blob-store.ts";
export type { ShareLink, View, ViewVersion } from "./modules/reports/view.ts";
export type { NewView, ViewChange, ViewQuery, ViewStore } from "./modules/reports/view-store.ts";
export type { ChartAccess, CustomChart } from "./modules/charts/custom-chart.ts";
export type { CustomChartStore, NewCustomChart } from "./modules/charts/custom-chart-store.ts";
export type { Alert } from "./modules/alerts/alert.ts";
export type { AlertStore, NewAlert } from "./modules/alerts/alert-store.ts";
export type { RunFile, RunFileContent } from "./modules/files/run-file.ts";
export type {
  FileCompletion,
  FileNames,
  FilePage,
  FileQuery,
  FileStore,
} from "./modules/files/file-store.ts";
export type { ChangeEvent, ChangeFeed, ChangeKind } from "./ports/change-feed.ts";
export type { NewTask, Task, TaskLease, TaskQueue } from "./ports/task-queue.ts";
export type { Sweep, SweepAgent } from "./modules/sweeps/sweep.ts";
export type { NewSweep, SweepStore } from "./modules/sweeps/sweep-store.ts";
export type { SweepAgentStore } from "./modules/sweeps/sweep-agent-store.ts";
export type { NewSweepRun, SweepRunStore } from "./modules/sweeps/sweep-run-store.ts";
