/** `Api` and everything that it hands out, for Node, Bun, Deno, browsers and edge runtimes. */
export { Api } from "./api.ts";
export type { RawClient } from "./api.ts";
export type { ApiOptions } from "./api-options.ts";
export type { Clock } from "./core/clock.ts";
export {
  AuthenticationError,
  CommError,
  ConflictError,
  ConnectionError,
  IncompleteRunHistoryError,
  NotFoundError,
  PermissionError,
  RateLimitError,
  SteelyardError,
  TimeoutError,
  UnsupportedError,
  UsageError,
  ValueError,
  isAuthenticationError,
  isConflict,
  isConnectionError,
  isNotFound,
  isPermissionError,
  isRateLimited,
  isSteelyardError,
  isTimeout,
  isUnsupported,
} from "./core/errors.ts";
export type { ClientErrorCode, CommErrorDetails, ErrorDetails } from "./core/errors.ts";
export type { ExecuteOptions, GraphqlVariables, VariableValue } from "./core/graphql.ts";
export type { DigestAlgorithm, Hasher, HasherFactory } from "./core/digests/digest.ts";
export type { Fetch } from "./core/http.ts";
export type { Logger } from "./core/logger.ts";
export { Paginator } from "./core/paginator.ts";
export type { Page, PageRequest, PaginatorOptions, ReadOptions } from "./core/paginator.ts";
export { PORTABLE_PLATFORM } from "./core/platform.ts";
export type {
  Disk,
  DiskEntry,
  FolderFile,
  LocalFile,
  NetrcAnswer,
  PartFile,
  Platform,
  SettingsFile,
  SourcedText,
} from "./core/platform.ts";
export type { Settings, SettingsOverrides } from "./core/settings.ts";
export { VERSION } from "./core/version.ts";
export { Job } from "./resources/launch/job.ts";
export type { JobCallOptions, JobConfig, JobOptions } from "./resources/launch/job.ts";
export { LaunchAgent } from "./resources/launch/launch-agent.ts";
export { LaunchError } from "./resources/launch/launch-error.ts";
export type { RunQueueResource } from "./resources/launch/launch-place.ts";
export type { ListedJob } from "./resources/launch/list-jobs.ts";
export { QueuedRun } from "./resources/launch/queued-run.ts";
export type { QueuedRunNotice, QueuedRunOutcome, WaitOptions } from "./resources/launch/queued-run.ts";
export { QueuedRuns } from "./resources/launch/queued-runs.ts";
export { RunQueue } from "./resources/launch/run-queue.ts";
export type { QueueTemplateVariable } from "./resources/launch/run-queue.ts";
export type {
  CreateRunQueueOptions,
  TemplateVariableSchemas,
  UpsertRunQueueOptions,
} from "./resources/launch/create-run-queue.ts";
export { ArtifactCollection } from "./resources/artifact-collections/artifact-collection.ts";
export { ArtifactCollections } from "./resources/artifact-collections/artifact-collections.ts";
export type { CollectionListOptions } from "./resources/artifact-collections/collection-list.ts";
export { ProjectArtifactCollections } from "./resources/artifact-collections/project-artifact-collections.ts";
export { DoNothing, SendNotification, SendWebhook } from "./resources/automations/actions.ts";
export type { ActionType, AutomationAction, NotificationSeverity } from "./resources/automations/actions.ts";
export { AutomationExecution } from "./resources/automations/automation-execution.ts";
export { AutomationExecutions } from "./resources/automations/automation-executions.ts";
export type { ExecutionsOptions } from "./resources/automations/automation-executions.ts";
export type { ExecutionState } from "./resources/automations/execution-state.ts";
export { Automation } from "./resources/automations/automation.ts";
export { Automations } from "./resources/automations/automations.ts";
export type { AutomationsOptions } from "./resources/automations/automations.ts";
export { ArtifactEvent, RunEvent } from "./resources/automations/event-fields.ts";
export {
  AutomationEvent,
  OnAddArtifactAlias,
  OnAddArtifactTag,
  OnAddCollectionTag,
  OnCreateArtifact,
  OnLinkArtifact,
  OnRemoveArtifactTag,
  OnRemoveCollectionTag,
  OnRunMetric,
  OnRunState,
  OnUnlinkArtifact,
} from "./resources/automations/events.ts";
export type { EventFilter, EventType } from "./resources/automations/events.ts";
export { FilterExpression, FilterField } from "./resources/automations/filters/filter-expression.ts";
export type { FilterScalar, RunEventFilter } from "./resources/automations/filters/filter-expression.ts";
export {
  MetricChangeFilter,
  MetricThresholdFilter,
  MetricZScoreFilter,
} from "./resources/automations/filters/metric-filters.ts";
export type {
  ChangeDirection,
  ChangeType,
  MetricAggregate,
  MetricComparison,
  MetricFilter,
} from "./resources/automations/filters/metric-filters.ts";
export { Metric, MetricZScore, WindowedMetric } from "./resources/automations/filters/metric.ts";
export type { ChangeAmount } from "./resources/automations/filters/metric.ts";
export { RunStateField, RunStateFilter } from "./resources/automations/filters/run-state-filter.ts";
export type { ReportedRunState } from "./resources/automations/filters/run-state-filter.ts";
export { NewAutomation } from "./resources/automations/new-automation.ts";
export type {
  AutomationFields,
  CreateAutomationOptions,
  UpdateAutomationOptions,
} from "./resources/automations/save-automation.ts";
export { SavedEvent } from "./resources/automations/saved-event.ts";
export type { AnyEvent } from "./resources/automations/saved-event.ts";
export {
  ArtifactCollectionScope,
  EntityScope,
  OrgScope,
  ProjectScope,
  RegistryScope,
  TeamScope,
} from "./resources/automations/scopes.ts";
export type { AutomationScope, ScopeLike, ScopeType } from "./resources/automations/scopes.ts";
export { SlackIntegration, WebhookIntegration } from "./resources/integrations/integration.ts";
export type {
  Integration,
  SlackFields,
  TestDelivery,
  WebhookFields,
} from "./resources/integrations/integration.ts";
export {
  Integrations,
  SlackIntegrations,
  WebhookIntegrations,
} from "./resources/integrations/integrations.ts";
export { Secrets } from "./resources/integrations/secrets.ts";
export type { Secret } from "./resources/integrations/secrets.ts";
export { ArtifactTypes } from "./resources/artifact-types/artifact-types.ts";
export { Artifacts } from "./resources/artifacts/artifacts.ts";
export type { ArtifactsOptions } from "./resources/artifacts/artifacts.ts";
export { ArtifactType } from "./resources/artifact-types/artifact-type.ts";
export { Artifact } from "./resources/artifacts/artifact.ts";
export type { ArtifactOptions, LogOptions, SaveOptions } from "./resources/artifacts/artifact.ts";
export type { AddReferenceOptions } from "./resources/artifacts/draft/add-reference.ts";
export type {
  AddFileOptions,
  AddFolderOptions,
  DraftContent,
} from "./resources/artifacts/draft/artifact-draft.ts";
export { ArtifactFile } from "./resources/artifacts/artifact-file.ts";
export { ArtifactFiles } from "./resources/artifacts/artifact-files.ts";
export type { ArtifactFilesOptions } from "./resources/artifacts/artifact-files.ts";
export type { ArtifactTtl, MetadataValues } from "./resources/artifacts/artifact-record.ts";
export type { ArtifactDownloadOptions } from "./resources/artifacts/download/download-artifact.ts";
export type { ProgressListener, TransferProgress } from "./resources/artifacts/download/transfer-progress.ts";
export { ArtifactManifest } from "./resources/artifacts/manifest/artifact-manifest.ts";
export type { ManifestOptions, StoragePolicy } from "./resources/artifacts/manifest/artifact-manifest.ts";
export { ArtifactManifestEntry } from "./resources/artifacts/manifest/artifact-manifest-entry.ts";
export type {
  EntryDownloadOptions,
  ManifestEntryFields,
} from "./resources/artifacts/manifest/artifact-manifest-entry.ts";
export { MediaFile } from "./resources/artifacts/media/media-file.ts";
export type { MediaKind, MediaOptions } from "./resources/artifacts/media/media-file.ts";
export type { ArtifactObject } from "./resources/artifacts/media/read-media.ts";
export { Table } from "./resources/artifacts/media/table.ts";
export type { JoinedTable, PartitionedTable, TableCell } from "./resources/artifacts/media/table.ts";
export { RunArtifacts } from "./resources/artifacts/run-artifacts.ts";
export type { RunArtifactMode } from "./resources/artifacts/run-artifacts.ts";
export { Organization } from "./resources/organizations/organization.ts";
export type { OrgEntity } from "./resources/organizations/organization.ts";
export { AddOnlyArtifactTypesList } from "./resources/registries/add-only-artifact-types-list.ts";
export { Collections, OrderedCollections } from "./resources/registries/collections.ts";
export { ChainedPaginator } from "./resources/registries/chained-paginator.ts";
export { Registries } from "./resources/registries/registries.ts";
export type { RegistriesOptions } from "./resources/registries/registries.ts";
export { REGISTRY_VISIBILITIES, Registry } from "./resources/registries/registry.ts";
export type { CreateRegistryOptions, RegistryVisibility } from "./resources/registries/registry.ts";
export { MEMBER_KINDS, MEMBER_ROLES, MemberId } from "./resources/registries/registry-members.ts";
export type {
  MemberKind,
  MemberOrId,
  MemberRole,
  TeamMember,
  UserMember,
} from "./resources/registries/registry-members.ts";
export { Versions } from "./resources/registries/versions.ts";
export { Invite } from "./resources/teams/invite.ts";
export type { InviteOptions, TeamRole } from "./resources/teams/invite.ts";
export { Member } from "./resources/teams/member.ts";
export type { ServiceAccountOptions } from "./resources/teams/service-account.ts";
export { Team } from "./resources/teams/team.ts";
export type { CreateTeamOptions } from "./resources/teams/team.ts";
export { ConsoleLogLine } from "./resources/console/console-log-line.ts";
export { ConsoleLogs } from "./resources/console/console-logs.ts";
export type { ConsoleLogsOptions } from "./resources/console/console-logs.ts";
export { File } from "./resources/files/file.ts";
export type { DownloadOptions, DownloadedFile } from "./resources/files/file.ts";
export { Files } from "./resources/files/files.ts";
export type { FilesOptions } from "./resources/files/files.ts";
export type { ExportOptions, ExportSummary } from "./resources/exports/history-export.ts";
export type { UploadContent } from "./resources/files/upload.ts";
export type {
  HistoryColumn,
  HistoryColumns,
  HistoryExtent,
  NumberColumn,
  ValueColumn,
} from "./resources/history/history-columns.ts";
export type { DownloadHistoryOptions, DownloadHistoryResult } from "./resources/history/history-exports.ts";
export type { HistoryRow, HistoryRowMode } from "./resources/history/history-row.ts";
export { HistoryScan } from "./resources/history/history-scan.ts";
export type { HistoryScanOptions } from "./resources/history/history-scan.ts";
export { PresenceBitmap } from "./resources/history/presence-bitmap.ts";
export type {
  HistoryBucketOptions,
  HistoryBucketSeries,
  HistoryBuckets,
} from "./resources/history/history-buckets.ts";
export type { HistoryFormat, HistoryOptions, HistoryRows } from "./resources/history/run-history.ts";
export type { HtmlOptions } from "./resources/html.ts";
export type { WatchedField } from "./resources/live/run-changes.ts";
export type { RunWatchEvent, RunWatchOptions } from "./resources/live/run-watch.ts";
export type { RunsWatchEvent, RunsWatchOptions } from "./resources/live/runs-watch.ts";
export { Project } from "./resources/projects/project.ts";
export type { ProjectDetails } from "./resources/projects/project.ts";
export { Projects } from "./resources/projects/projects.ts";
export { QueryGenerator } from "./resources/query/query-generator.ts";
export type {
  FilterKey,
  GroupFilter,
  IndividualFilter,
  OrderEntry,
  TableFilter,
} from "./resources/query/query-generator.ts";
export type { AggregateOptions, RunGroupFigures, RunMetricOptions } from "./resources/runs/run-aggregates.ts";
export type { CreateRunOptions } from "./resources/runs/create-run.ts";
export type { ConfigValues } from "./resources/runs/run-config.ts";
export type { FilterValue, RunFilter } from "./resources/runs/run-filter.ts";
export type { CreateCustomChartOptions } from "./resources/charts/custom-charts.ts";
export { BetaReport } from "./resources/reports/beta-report.ts";
export type { ReportRunsOptions, ReportUser } from "./resources/reports/beta-report.ts";
export type { NameMapping } from "./resources/reports/metric-names.ts";
export { PanelMetricsHelper } from "./resources/reports/panel-metrics-helper.ts";
export { PythonMongoishQueryGenerator } from "./resources/reports/python-mongoish-query-generator.ts";
export type { ReportRunSet } from "./resources/reports/python-mongoish-query-generator.ts";
export { Reports } from "./resources/reports/reports.ts";
export type { ReportsOptions } from "./resources/reports/reports.ts";
export { Run } from "./resources/runs/run.ts";
export { Runs } from "./resources/runs/runs.ts";
export type { RunsOptions } from "./resources/runs/runs.ts";
export { Summary } from "./resources/runs/summary.ts";
export { AgentRuns } from "./resources/sweeps/agent-runs.ts";
export { Agent } from "./resources/sweeps/agent.ts";
export { Sweep } from "./resources/sweeps/sweep.ts";
export type { SweepPlace } from "./resources/sweeps/sweep.ts";
export { Sweeps } from "./resources/sweeps/sweeps.ts";
export type { SweepsOptions } from "./resources/sweeps/sweeps.ts";
export type { SummaryKey } from "./resources/runs/summary.ts";
export type {
  HistogramProto,
  ImageProto,
  SummaryContent,
  SummaryValue,
  TensorboardEvent,
} from "./resources/tensorboard/event-file/event.ts";
export type { DamageListener } from "./resources/tensorboard/event-file/event-reader.ts";
export type { EventFileDamage } from "./resources/tensorboard/event-file/record-reader.ts";
export type { Tensor } from "./resources/tensorboard/event-file/tensor.ts";
export type { TensorboardFile } from "./resources/tensorboard/event-source.ts";
export { readTensorboardEvents } from "./resources/tensorboard/read-tensorboard-events.ts";
export type { TensorboardProgress } from "./resources/tensorboard/sync-progress.ts";
export type {
  FollowOptions,
  SyncTensorboardOptions,
  TensorboardDamage,
} from "./resources/tensorboard/sync-tensorboard.ts";
export { User } from "./resources/users/user.ts";
export type { ApiKey, ApiKeyOptions, ApiKeyScope } from "./resources/users/user-keys.ts";
export type { ExportFormat, ExportProgress, JsonObject, JsonValue } from "@steelyard/protocol";
