/**
 * What this server announces. Clients change what they send by these names, so a name is on only when everything
 * that it promises is built.
 */
import { SERVER_FEATURES } from "@steelyard/protocol";
import type { ServerFeature } from "@steelyard/protocol";

/** Our own additions, under a prefix that other clients ignore. */
export const OWN_FEATURES = [
  "STEELYARD_HISTORY_UNION",
  "STEELYARD_HISTORY_BUCKETS",
  "STEELYARD_BULK_EXPORT",
  "STEELYARD_WATCH",
  "STEELYARD_HISTORY_FILES",
  "STEELYARD_RUN_AGGREGATES",
  "STEELYARD_ARTIFACT_LINEAGE",
  "STEELYARD_COLLECTION_TTL",
  "STEELYARD_LAUNCH_OUTCOMES",
  "STEELYARD_API_KEY_LIMITS",
  "STEELYARD_INVITE_LINKS",
  "STEELYARD_TEAM_ROLES",
  "STEELYARD_VIEW_VERSIONS",
  "STEELYARD_CUSTOM_CHARTS",
] as const;

const ENABLED: ReadonlySet<ServerFeature> = new Set<ServerFeature>([
  "ARTIFACT_TAGS",
  "CLIENT_IDS",
  "ARTIFACT_REGISTRY_SEARCH",
  "STRUCTURED_CONSOLE_LOGS",
  "ARTIFACT_COLLECTION_MEMBERSHIP_FILES",
  "ARTIFACT_COLLECTION_MEMBERSHIP_FILE_DOWNLOAD_HANDLER",
  "USE_ARTIFACT_WITH_ENTITY_AND_PROJECT_INFORMATION",
  "INCLUDE_ARTIFACT_TYPES_IN_REGISTRY_CREATION",
  "PROJECT_ARTIFACT_COLLECTION_MEMBERSHIP",
  "ARTIFACT_MEMBERSHIP_IN_LINK_ARTIFACT_RESPONSE",
  "TOTAL_COUNT_IN_FILE_CONNECTION",
  "ARTIFACT_COLLECTIONS_FILTERING_SORTING",
  "LARGE_FILENAMES",
  "ARTIFACT_V2_DOWNLOAD_HANDLER_SUPPORTS_ARTIFACT_ID",
  "MARK_RUN_FILES_UPLOADED",
  "FILESTREAM_GZIP",
  "ARTIFACT_DIGEST_ALGORITHM",
]);

/** Every feature known to clients, and whether it is on; our own after them. */
export function listFeatures(): readonly { readonly name: string; readonly isEnabled: boolean }[] {
  return [
    ...SERVER_FEATURES.map((name) => ({ name, isEnabled: ENABLED.has(name) })),
    ...OWN_FEATURES.map((name) => ({ name, isEnabled: true })),
  ];
}
