/**
 * The scope that a key needs for each mutation, whatever the services ask for besides: a new mutation needs "write"
 * unless it is listed, so that a key that may only read or append never reaches one by an oversight.
 */
import type { ApiKeyScope } from "../users/api-key.ts";

/** What logging programs do: runs with their files and artifacts, and working off a sweep. */
const APPENDING: ReadonlySet<string> = new Set([
  "upsertBucket",
  "rewindRun",
  "createRunFiles",
  "markRunFilesUploaded",
  "notifyScriptableRunAlert",
  "createArtifact",
  "createArtifactType",
  "createArtifactFiles",
  "createArtifactManifest",
  "updateArtifactManifest",
  "completeMultipartUploadArtifact",
  "commitArtifact",
  "updateArtifact",
  "addAliases",
  "useArtifact",
  "linkArtifact",
  "createAgent",
  "agentHeartbeat",
]);

/** The least scope of keys that a mutation is answered to. */
export function scopeOfMutation(name: string): ApiKeyScope {
  return APPENDING.has(name) ? "append" : "write";
}
