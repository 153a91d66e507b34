/** The doors of the server: how it is started, and the ports that an adapter implements, with their entities. */
export { startEmbeddedServer } from "./presets/embedded/embedded.ts";
export type { EmbeddedServer, EmbeddedServerOptions } from "./presets/embedded/embedded.ts";
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
export type { ArtifactContent } from "./modules/artifacts/artifact-file.ts";
export type { FilePut } from "./modules/artifacts/artifact-file-store.ts";
export type { RunArtifactPage } from "./modules/artifacts/artifact-lineage-store.ts";
export type { ArtifactStore, NewArtifact, VersionSelector } from "./modules/artifacts/artifact-store.ts";
