/** Turns changes of artifacts and collections into events that automations wait for. */
import { encodeGlobalId, isJsonObject, parseJson, printJson } from "@steelyard/protocol";
import { z } from "zod";
import type { ChangeEvent } from "../../../ports/change-feed.ts";
import type { ArtifactMembership } from "../../artifacts/artifact-collection.ts";
import type { Artifact } from "../../artifacts/artifact.ts";
import type { ArtifactStore } from "../../artifacts/artifact-store.ts";
import type { EventVariables } from "../../executions/execution.ts";
import type { PortfolioStore } from "../../portfolios/portfolio-store.ts";
import type { UserStore } from "../../users/user-store.ts";
import type { ArtifactEventType, Automation } from "../automation.ts";
import type { ArtifactNames } from "../event-filter.ts";
import type { AutomationIndex } from "./automation-index.ts";
import type { ProjectPlace, ProjectPlaces } from "./project-places.ts";
import type { Recorder } from "./recorder.ts";

/** What events are looked up with. */
export interface ArtifactEventsParts {
  readonly artifacts: Pick<ArtifactStore, "find" | "findCollection">;
  readonly portfolios: Pick<PortfolioStore, "listMemberships">;
  readonly users: Pick<UserStore, "find">;
}

const payloads = z.object({
  artifactId: z.number().optional(),
  collectionId: z.number().optional(),
  aliases: z.array(z.string()).default([]),
  added: z.array(z.string()).default([]),
  removed: z.array(z.string()).default([]),
  userId: z.number().nullable().default(null),
});

/** One event: an alias or tag each is one of its own. */
interface ArtifactEvent {
  readonly type: ArtifactEventType;
  readonly name: string;
  readonly aliases: readonly string[];
  /** Undefined for those that the version has. */
  readonly tags: readonly string[] | undefined;
}

/** A version or collection in one of the collections that it belongs to. */
interface PlacedSubject {
  readonly place: ProjectPlace;
  readonly collectionId: number;
  readonly collectionName: string;
  readonly versionIndex: number | null;
}

const METADATA_VARIABLE = /\$\{artifact_metadata\.([^${}]+)\}/g;

/** Judges events of artifacts. */
export class ArtifactEvents {
  readonly #parts: ArtifactEventsParts;

  constructor(parts: ArtifactEventsParts) {
    this.#parts = parts;
  }

  /** Fires the automations that wait for what a change comes to. */
  async judge(
    change: ChangeEvent,
    {
      index,
      places,
      recorder,
    }: {
      readonly index: AutomationIndex;
      readonly places: ProjectPlaces;
      readonly recorder: Recorder;
    },
  ): Promise<void> {
    const events = readEvents(change).filter(({ type }) => index.hasArtifactEvent(type));
    if (events.length === 0) return;
    const { artifactId, collectionId, userId } = payloads.parse(JSON.parse(change.payload));
    const artifact = artifactId === undefined ? undefined : await this.#parts.artifacts.find({ artifactId });
    if (artifactId !== undefined && artifact === undefined) return;
    const everywhere = change.kind === "artifact.tagged";
    const subjects = await this.#subjects(
      { artifact, collectionId: everywhere ? undefined : collectionId },
      places,
      change,
    );
    const author = await this.#authorOf(userId);
    for (const event of events) {
      const fired = new Set<number>();
      for (const subject of subjects) {
        const { project, entityIds } = subject.place;
        const where = { projectId: project.id, collectionId: subject.collectionId, entityIds };
        const names = namesOf(event, artifact);
        for (const { automation, matches } of index.forArtifact(event.type, where, change.seq)) {
          recorder.note(automation);
          if (fired.has(automation.id) || !matches(names)) continue;
          fired.add(automation.id);
          recorder.fire({
            automation,
            eventKey: `change/${change.seq}/${event.type}/${event.name}`,
            eventType: event.type,
            projectId: project.id,
            variables: variablesOf({ event, subject, artifact, author, automation }),
          });
        }
      }
    }
  }

  /** Where a subject is: in one collection, or in all that hold the version. */
  async #subjects(
    {
      artifact,
      collectionId,
    }: { readonly artifact: Artifact | undefined; readonly collectionId: number | undefined },
    places: ProjectPlaces,
    change: ChangeEvent,
  ): Promise<readonly PlacedSubject[]> {
    const members: readonly ArtifactMembership[] =
      artifact === undefined ? [] : await this.#parts.portfolios.listMemberships({ artifactId: artifact.id });
    const wanted = members.filter(
      ({ collection }) => collectionId === undefined || collection.id === collectionId,
    );
    const found: PlacedSubject[] = [];
    for (const { collection, versionIndex } of wanted) {
      const place = await places.find(collection.projectId);
      if (place === undefined) continue;
      found.push({ place, collectionId: collection.id, collectionName: collection.name, versionIndex });
    }
    if (found.length > 0 || collectionId === undefined) return found;
    // A collection itself, or one that no longer holds the version.
    const collection = await this.#parts.artifacts.findCollection({ collectionId });
    const place = await places.find(change.projectId);
    if (collection === undefined || place === undefined) return [];
    return [{ place, collectionId, collectionName: collection.name, versionIndex: null }];
  }

  async #authorOf(userId: number | null): Promise<string> {
    if (userId === null) return "";
    return (await this.#parts.users.find({ userId }))?.username ?? "";
  }
}

function readEvents({ kind, payload }: ChangeEvent): readonly ArtifactEvent[] {
  const read = (): z.output<typeof payloads> => payloads.parse(JSON.parse(payload));
  const one = (type: ArtifactEventType): readonly ArtifactEvent[] => [
    { type, name: "", aliases: read().aliases, tags: undefined },
  ];
  const tagged = (added: ArtifactEventType, removed: ArtifactEventType): readonly ArtifactEvent[] => {
    const change = read();
    const toEvent = (type: ArtifactEventType) => (name: string) => ({
      type,
      name,
      aliases: [],
      tags: [name],
    });
    return [...change.added.map(toEvent(added)), ...change.removed.map(toEvent(removed))];
  };
  switch (kind) {
    case "artifact.committed":
      return one("CREATE_ARTIFACT");
    case "artifact.linked":
      return one("LINK_MODEL");
    case "artifact.unlinked":
      return one("UNLINK_ARTIFACT");
    case "artifact.aliased":
      return read().aliases.map((name) => ({
        type: "ADD_ARTIFACT_ALIAS",
        name,
        aliases: [name],
        tags: undefined,
      }));
    case "artifact.tagged":
      return tagged("ADD_ARTIFACT_TAG", "REMOVE_ARTIFACT_TAG");
    case "collection.tagged":
      return tagged("ADD_COLLECTION_TAG", "REMOVE_COLLECTION_TAG");
    case "run.created":
    case "run.updated":
    case "run.state":
    case "run.history":
    case "run.deleted":
    case "file.deleted":
      return [];
  }
}

/** What filters see: the names that the event is about, and the others that the version has. */
function namesOf(event: ArtifactEvent, artifact: Artifact | undefined): ArtifactNames {
  const isAboutTags = event.tags !== undefined;
  return {
    aliases: isAboutTags ? (artifact?.aliases ?? []).map(({ alias }) => alias) : event.aliases,
    tags: event.tags ?? (artifact?.tags ?? []).map(({ name }) => name),
  };
}

function variablesOf(of: {
  readonly event: ArtifactEvent;
  readonly subject: PlacedSubject;
  readonly artifact: Artifact | undefined;
  readonly author: string;
  readonly automation: Automation;
}): EventVariables {
  const { event, subject, artifact, author, automation } = of;
  const { project } = subject.place;
  const common = {
    event_type: event.type === "LINK_MODEL" ? "LINK_ARTIFACT" : event.type,
    event_author: author,
    entity_name: project.entityName,
    project_name: project.name,
    artifact_collection_name: subject.collectionName,
    alias: event.type === "ADD_ARTIFACT_ALIAS" ? event.name : "",
    tag: event.tags === undefined ? "" : event.name,
  };
  if (artifact === undefined) return common;
  const index = subject.versionIndex ?? artifact.versionIndex ?? 0;
  const version = event.type === "ADD_ARTIFACT_ALIAS" ? event.name : `v${index}`;
  return {
    ...common,
    artifact_version: `wandb-artifact://_id/${encodeGlobalId("Artifact", artifact.id)}`,
    artifact_version_string: `${project.entityName}/${project.name}/${subject.collectionName}:${version}`,
    artifact_version_index: `v${index}`,
    ...metadataOf(artifact, automation),
  };
}

/** Only the keys that the message names: metadata may be large. */
function metadataOf({ metadata }: Artifact, { action }: Automation): EventVariables {
  const text =
    action.type === "GENERIC_WEBHOOK"
      ? (action.payload ?? "")
      : action.type === "NOTIFICATION"
        ? `${action.title} ${action.message}`
        : "";
  const keys = [...text.matchAll(METADATA_VARIABLE)].flatMap(([, key]) => key ?? []);
  if (keys.length === 0 || metadata === null) return {};
  const values = parseJson(metadata);
  if (!isJsonObject(values)) return {};
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = Object.hasOwn(values, key) ? values[key] : undefined;
      if (value === undefined) return [];
      return [[`artifact_metadata.${key}`, typeof value === "string" ? value : printJson(value)]];
    }),
  );
}
