/** The behaviour that every adapter of a port must have, one suite a port. */
export { describeArtifactStore, type ArtifactStoreUnderTest } from "./artifact-store.contract.ts";
export { describeHistoryLog, type HistoryLogUnderTest } from "./history-log.contract.ts";
