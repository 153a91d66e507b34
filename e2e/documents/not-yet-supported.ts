// The operations of the client that the schema does not have yet, by the work they belong to. Whoever adds one
// takes its name off this list: the test says when a listed one validates.

const artifacts = [
  "AddArtifactCollectionTags",
  "ArtifactFileURLsByManifestEntries",
  "ArtifactOfType",
  "ArtifactTypeArtifactCollections",
  "CompleteMultipartUploadArtifact",
  "DeleteArtifact",
  "DeleteArtifactCollectionTags",
  "DeleteArtifactPortfolio",
  "DeleteArtifactSequence",
  "FetchArtifactDigestAlgorithm",
  "FetchLinkedArtifacts",
  "LinkArtifact",
  "ProjectArtifactCollections",
  "ProjectArtifactTypes",
  "ProjectArtifacts",
  "UnlinkArtifact",
  "UpdateArtifactManifest",
  "UpdateArtifactPortfolio",
  "UpdateArtifactSequence",
  "UpdateArtifactSequenceType",
  "XXHashDigestsEnabled",
] as const;

const registries = [
  "CreateRegistryMembers",
  "DeleteRegistry",
  "DeleteRegistryMembers",
  "FetchAdvancedRegistryFeatures",
  "FetchRegistries",
  "FetchRegistry",
  "RegistryCollections",
  "RegistryTeamMembers",
  "RegistryUserMembers",
  "RegistryVersions",
  "RenameRegistry",
  "UpdateTeamRegistryRole",
  "UpdateUserRegistryRole",
  "UpsertRegistry",
] as const;

const sweeps = [
  "CreateAgent",
  "EnqueueSweepRun",
  "GetAgentRuns",
  "GetSweep",
  "GetSweepAgent",
  "GetSweepAgents",
  "GetSweepLegacy",
  "GetSweepState",
  "GetSweeps",
  "Heartbeat",
  "SweepWithRuns",
  "UpsertSweep",
] as const;

const launch = [
  "CreateDefaultResourceConfig",
  "CreateRunQueue",
  "DeleteFromRunQueue",
  "DeleteRunQueue",
  "GetDefaultResourceConfig",
  "GetRunQueueItem",
  "GetRunQueueItems",
  "GetRunQueueMetadata",
  "LaunchAgent",
  "ProjectRunQueues",
  "UpsertRunQueue",
  "ackRunQueueItem",
  "failRunQueueItem",
  "fetchRunQueuesFromProject",
  "popFromRunQueue",
  "pushToRunQueueByName",
  "updateLaunchAgent",
  "updateRunQueueItemWarning",
] as const;

const automations = [
  "CreateAutomation",
  "CreateGenericWebhookIntegration",
  "DeleteAutomation",
  "GetAutomationsLegacy",
  "GetEntityAutomations",
  "GetEntityAutomationsLegacy",
  "GetOrgAutomations",
  "IntegrationsByEntity",
  "UpdateAutomation",
] as const;

const reportsAndCharts = ["CreateCustomChart", "ProjectViews"] as const;

const teamsAndUsers = [
  "CreateInvite",
  "CreateServiceAccount",
  "CreateTeam",
  "DeleteInvite",
  "SearchUsers",
] as const;

/** Names of operations that do not validate yet. */
export const notYetSupported: ReadonlySet<string> = new Set([
  ...artifacts,
  ...registries,
  ...sweeps,
  ...launch,
  ...automations,
  ...reportsAndCharts,
  ...teamsAndUsers,
]);

/** Files with documents that are put together from local variables, which the collector cannot evaluate. */
export const unreadable: readonly string[] = [
  "sdk/artifacts/_gqlutils.py",
  "sdk/launch/api.py",
  "sdk/launch/api.py",
  "sdk/launch/api.py",
];
