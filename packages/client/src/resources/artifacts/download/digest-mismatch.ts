/** The error for content that is not what the manifest says. */
import { ValueError } from "../../../core/errors.ts";
import type { ArtifactManifestEntry } from "../manifest/artifact-manifest-entry.ts";

/** Says which file, what was expected and what was found. */
export function digestMismatch(entry: ArtifactManifestEntry, found: string, where: string): ValueError {
  return new ValueError(
    `${where} of ${JSON.stringify(entry.path)} is damaged: its ${entry.digestAlgorithm} digest should be ` +
      `${entry.digest} but is ${found}`,
  );
}
