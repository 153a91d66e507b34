/** What is known of a run, and which of it was changed locally. The half of `Run` that never asks the server. */
import type { JsonObject, JsonValue } from "@steelyard/protocol";

import { parseInstant, parseInstantOrNull } from "../../core/dates.ts";
import { UsageError } from "../../core/errors.ts";
import { parseObjectText } from "../../core/json-text.ts";
import type { Service } from "../../core/service.ts";
import { encodePart } from "../../core/urls.ts";
import type {
  FullRunFragment,
  LightRunFragment,
  UpdateRunMutationVariables,
} from "../../generated/documents.ts";
import { renderFrame } from "../html.ts";
import type { HtmlOptions } from "../html.ts";
import { User } from "../users/user.ts";
import { RunConfig } from "./run-config.ts";
import type { ConfigValues } from "./run-config.ts";
import { Summary } from "./summary.ts";

/** A run as an answer gives it: with config and summary, or light. */
export type RunFields =
  | { readonly isFull: true; readonly fields: FullRunFragment }
  | { readonly isFull: false; readonly fields: LightRunFragment };

/** What is there only once a run is loaded in full. */
interface FullPart {
  readonly config: RunConfig;
  readonly summary: Summary;
  readonly summaryMetrics: JsonObject;
  readonly systemMetrics: JsonObject;
  readonly historyKeys: JsonValue | null;
}

/** The fields of a run. Those that are plain properties may be changed and are written by `run.update()`. */
export class RunRecord {
  /** Name of the owning entity. */
  readonly entity: string;
  /** Name of the project. */
  readonly project: string;
  /** The name that is shown. */
  name: string | null = null;
  /** Free text, long. */
  notes: string | null = null;
  /** Free text, short. */
  description: string | null = null;
  /** Tags. */
  tags: string[] = [];
  /** Group that the run belongs to. */
  group: string | null = null;
  /** What kind of work the run did. */
  jobType: string | null = null;
  /** The connected server. @internal */
  protected readonly service: Service;
  #light: LightRunFragment;
  #full: FullPart | null = null;
  #user: User | null = null;

  constructor(
    service: Service,
    place: { readonly entity: string; readonly project: string },
    run: RunFields,
  ) {
    this.service = service;
    this.entity = place.entity;
    this.project = place.project;
    this.#light = run.fields;
    this.apply(run);
  }

  /** The run's id, unique in its project: the last part of its path. */
  get id(): string {
    return this.#light.name;
  }

  /** The server's global id. */
  get storageId(): string {
    return this.#light.id;
  }

  /** The name that is shown; the same as `name`. */
  get displayName(): string | null {
    return this.name;
  }

  /** The project's number; null when the server does not tell it. */
  get projectId(): number | null {
    return this.#light.projectId;
  }

  /** The state when the run was loaded: running, finished, crashed, failed, killed, pending, preempting or preempted. */
  get state(): string {
    return this.#light.state ?? "";
  }

  /** The user who logged the run; null when the server tells none. */
  get user(): User | null {
    return this.#user;
  }

  /** Id of the sweep that made the run, or null. */
  get sweepName(): string | null {
    return this.#light.sweepName;
  }

  /** Commit of the source, or null. */
  get commit(): string | null {
    return this.#light.commit;
  }

  /** Whether the caller may only read the run. */
  get readOnly(): boolean | null {
    return this.#light.readOnly;
  }

  /** When the run was created. */
  get createdAt(): Date {
    return parseInstant(this.#light.createdAt, "run.createdAt");
  }

  /** The same instant as the server wrote it. */
  get createdAtText(): string {
    return this.#light.createdAt;
  }

  /** When the run was last heard of. */
  get heartbeatAt(): Date | null {
    return parseInstantOrNull(this.#light.heartbeatAt, "run.heartbeatAt");
  }

  /** The same instant as the server wrote it. */
  get heartbeatAtText(): string | null {
    return this.#light.heartbeatAt;
  }

  /** How many rows of history the run had when it was loaded. */
  get historyLineCount(): number | null {
    return this.#light.historyLineCount;
  }

  /** Whether config, summary and what else a lazy list leaves out are loaded. */
  get isFull(): boolean {
    return this.#full !== null;
  }

  /**
   * The user's config. Change it in place, then `await run.update()`.
   *
   * @throws {UsageError} when the run came from a lazy list: `await run.load()` first.
   */
  get config(): ConfigValues {
    return this.#loaded("config").config.values;
  }

  /** The config with the internal keys. Mirrors `rawconfig`. @throws {UsageError} as {@link config}. */
  get rawConfig(): JsonObject {
    return this.#loaded("rawConfig").config.raw;
  }

  /** The config as the server keeps it: JSON text of `{key: {value, desc}}`. @throws {UsageError} as {@link config}. */
  get jsonConfig(): string {
    return this.#loaded("jsonConfig").config.print();
  }

  /** The config as the server keeps it, without local changes. @internal */
  get receivedConfig(): JsonObject {
    return this.#loaded("receivedConfig").config.received;
  }

  /** The summary; change it, then `await run.summary.update()`. @throws {UsageError} as {@link config}. */
  get summary(): Summary {
    return this.#loaded("summary").summary;
  }

  /** The summary as it was loaded. @throws {UsageError} as {@link config}. */
  get summaryMetrics(): JsonObject {
    return this.#loaded("summaryMetrics").summaryMetrics;
  }

  /** The last metrics of the machine. @throws {UsageError} as {@link config}. */
  get systemMetrics(): JsonObject {
    return this.#loaded("systemMetrics").systemMetrics;
  }

  /** The last step, and for each key its types and last value. @throws {UsageError} as {@link config}. */
  get historyKeys(): JsonValue | null {
    return this.#loaded("historyKeys").historyKeys;
  }

  /** Entity, project and id, each percent-encoded. */
  get path(): readonly [entity: string, project: string, id: string] {
    return [encodePart(this.entity), encodePart(this.project), encodePart(this.id)];
  }

  /** The run's page. */
  get url(): string {
    const [entity, project, id] = this.path;
    return `${this.service.settings.appUrl}${entity}/${project}/runs/${id}`;
  }

  /** What is loaded, as `JSON.stringify` and people see it; big integers make `JSON.stringify` fail, as always. */
  toJSON(): Readonly<Record<string, unknown>> {
    const { id, storageId, name, entity, project, state, tags, group, jobType, notes, description, url } =
      this;
    const light = {
      id,
      storageId,
      name,
      entity,
      project,
      state,
      tags,
      group,
      jobType,
      notes,
      description,
      url,
    };
    const times = { createdAt: this.createdAtText, heartbeatAt: this.heartbeatAtText };
    const full = this.#full === null ? {} : { config: this.config, summary: this.summary.toJSON() };
    return { ...light, ...times, ...full };
  }

  /** An HTML frame with the run's page. Mirrors `to_html`. */
  toHtml(options: HtmlOptions = {}): string {
    return renderFrame(this.url, options);
  }

  /** Takes over what an answer says; local changes are dropped. */
  protected apply({ fields, isFull }: RunFields): void {
    this.#light = fields;
    this.name = fields.displayName;
    this.notes = fields.notes;
    this.description = fields.description;
    this.tags = [...(fields.tags ?? [])];
    this.group = fields.group;
    this.jobType = fields.jobType;
    this.#user = fields.user === null ? null : new User(this.service, fields.user);
    this.#full = isFull ? readFullPart(this.service, fields) : this.#full;
  }

  /** A new state that the server told or confirmed. */
  protected noteState(state: string | null): void {
    this.#light = { ...this.#light, state };
  }

  /** Whether the summary has local changes. */
  protected get isSummaryChanged(): boolean {
    return this.#full?.summary.isChanged ?? false;
  }

  /** The local changes besides those of the summary, in the words of the mutation: null leaves a field alone. */
  protected localChanges(): UpdateRunMutationVariables {
    const loaded = this.#light;
    return {
      id: this.storageId,
      description: changedText(loaded.description, this.description),
      displayName: changedText(loaded.displayName, this.name),
      notes: changedText(loaded.notes, this.notes),
      tags: isSameList(loaded.tags ?? [], this.tags) ? null : this.tags,
      config: this.#full?.config.isChanged === true ? this.#full.config.print() : null,
      groupName: changedText(loaded.group, this.group),
      jobType: changedText(loaded.jobType, this.jobType),
    };
  }

  #loaded(field: string): FullPart {
    if (this.#full !== null) return this.#full;
    throw new UsageError(`run.${field} is not loaded for runs of a lazy list: await run.load() first`);
  }
}

function readFullPart(service: Service, fields: FullRunFragment): FullPart {
  const summaryMetrics = parseObjectText(fields.summaryMetrics, "run.summaryMetrics");
  return {
    config: new RunConfig(fields.config),
    summary: new Summary(service, fields.id, summaryMetrics),
    summaryMetrics,
    systemMetrics: parseObjectText(fields.systemMetrics, "run.systemMetrics"),
    historyKeys: fields.historyKeys,
  };
}

/** What to send for a text: null leaves it alone, the empty text clears it. */
function changedText(loaded: string | null, current: string | null): string | null {
  return loaded === current ? null : (current ?? "");
}

function isSameList(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((item, index) => item === right[index]);
}
