/** Everything that a filter or order over runs may look at. */
import type { JsonObject } from "../json/value.ts";

/** One run as filters see it. `null` means that the run has no such thing, and counts as absent. */
export interface RunDocument {
  /** The internal id; breaks ties. */
  readonly id: number;
  /** The run id, the last part of its URL. */
  readonly name: string;
  readonly displayName: string | null;
  readonly state: string;
  /** As received: `{"key": {"value": …}}`. */
  readonly config: JsonObject;
  readonly summary: JsonObject;
  readonly tags: readonly string[];
  readonly group: string | null;
  readonly jobType: string | null;
  readonly host: string | null;
  readonly username: string | null;
  readonly entity: string;
  readonly project: string;
  readonly sweep: string | null;
  /** ISO 8601, UTC, milliseconds, like the other two. */
  readonly createdAt: string;
  readonly updatedAt: string | null;
  readonly heartbeatAt: string | null;
  readonly durationSeconds: number | null;
  readonly notes: string | null;
  readonly description: string | null;
  readonly commit: string | null;
  /** `{"keys": {"loss": {…}}, "lastStep": …}` as the schema's `historyKeys`. */
  readonly historyKeys?: JsonObject | undefined;
  /**
   * The artifacts that the run used, under every name: version (`rows:v3`), each alias that the version has now
   * (`rows:latest`), collection (`rows`).
   */
  readonly inputArtifacts?: readonly string[] | undefined;
  /** The artifacts that the run logged, named alike. */
  readonly outputArtifacts?: readonly string[] | undefined;
}
