/** The behaviour that every adapter of a port must have, one suite a port. */
export { describeArtifactStore, type ArtifactStoreUnderTest } from "./artifact-store.contract.ts";
export { describeArtifactCollectionStore } from "./artifact-collection-store.contract.ts";
export { describeArtifactRemovalStore } from "./artifact-removal-store.contract.ts";
export type { ArtifactLivesUnderTest } from "./artifact-lives-under-test.ts";
export { describeHistoryLog, type HistoryLogUnderTest } from "./history-log.contract.ts";
export { describeEntityStore } from "./entity-store.contract.ts";
export { describeInviteStore } from "./invite-store.contract.ts";
export type { IdentityUnderTest } from "./identity-under-test.ts";
export { describeRegistrySearchStore } from "./registry-search-store.contract.ts";
export type { RegistrySearchUnderTest } from "./registry-search-store.contract.ts";
export { describeLaunchAgentStore } from "./launch-agent-store.contract.ts";
export type { LaunchUnderTest } from "./launch-under-test.ts";
export { describeRunQueueItemStore } from "./run-queue-item-store.contract.ts";
export { describeRunQueueStore } from "./run-queue-store.contract.ts";
export { describePortfolioStore } from "./portfolio-store.contract.ts";
export type { PortfoliosUnderTest } from "./portfolio-store.contract.ts";
export { describeProjectMemberStore } from "./project-member-store.contract.ts";
export { describeProjectStore } from "./project-store.contract.ts";
export { describeUserStore } from "./user-store.contract.ts";
export { describeRunStore } from "./run-store.contract.ts";
export { describeRunArtifactFilters, type RunArtifactsUnderTest } from "./run-artifact-filters.contract.ts";
export type { RunStoreUnderTest } from "./run-store-under-test.ts";
export {
  describeHistoryReader,
  expectBuckets,
  type HistoryReaderUnderTest,
} from "./history-reader.contract.ts";
export { describeChangeFeed, type ChangeFeedUnderTest } from "./change-feed.contract.ts";
export { describeTaskQueue, type TaskQueueUnderTest } from "./task-queue.contract.ts";
export { describeAlertStore, type AlertStoreUnderTest } from "./alert-store.contract.ts";
export { describeBlobStore, type BlobStoreUnderTest } from "./blob-store.contract.ts";
export { describeFileStore, type FileStoreUnderTest } from "./file-store.contract.ts";
export { HISTORY_KEYS, historyLine } from "../oracle/arbitrary-history.ts";
export { HistoryModel } from "../oracle/history-model.ts";
export { LineModel } from "../oracle/line-model.ts";
export { describeViewStore, type ViewStoreUnderTest } from "./view-store.contract.ts";
export { describeCustomChartStore, type CustomChartStoreUnderTest } from "./custom-chart-store.contract.ts";
export { describeSweepStores } from "./sweep-stores.contract.ts";
export type { SweepStoresUnderTest } from "./sweep-stores.contract.ts";
