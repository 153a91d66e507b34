/**
 * Puts what events say together into rows as W&B's client does: a row ends when a namespace goes on to a later step that
 * no other namespace has reached, so that `train` and `eval` share the rows of the steps they share.
 */
import { setOwn } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";

import type { TensorboardEvent } from "../event-file/event.ts";
import { pictureValue } from "./pictures.ts";
import type { MediaUpload } from "./pictures.ts";
import { readEventValues } from "./summary-row.ts";

/** A finished row, with the files it refers to. */
export interface BuiltRow {
  readonly row: JsonObject;
  readonly uploads: readonly MediaUpload[];
}

/** Makes rows of events in the order of their times. */
export class RowBuilder {
  /** Hyperparameters met so far; they belong into the run's config. */
  readonly hparams: Record<string, JsonValue> = {};
  /** How many values had no place in a row, by the plugin that shows them or their kind. */
  readonly leftOut: Map<string, number> = new Map<string, number>();
  readonly #steps = new Map<string, number>();
  #globalStep = 0;
  #nextStep = 0;
  #firstTime: number | undefined;
  #values: Record<string, JsonValue> = {};
  #uploads: MediaUpload[] = [];

  /** Takes an event of a namespace; returns the row that it ends, if it ends one. */
  async add(event: TensorboardEvent, namespace: string): Promise<BuiltRow | null> {
    const found = readEventValues(event, namespace);
    if (found === null) return null;
    const { step } = event;
    const isLater = (this.#steps.get(namespace) ?? 0) < step && step !== this.#globalStep;
    this.#globalStep = Math.max(this.#globalStep, step);
    this.#steps.set(namespace, step);
    const ended = isLater ? this.finish() : null;
    if (namespace !== "") setOwn(found.values, "global_step", this.#globalStep);
    for (const [key, value] of Object.entries(found.values)) setOwn(this.#values, key, value);
    for (const [key, pictures] of found.pictures) {
      const media = await pictureValue(key, this.#nextStep, pictures);
      if (media === null) continue;
      setOwn(this.#values, key, media.value);
      this.#uploads.push(...media.uploads);
    }
    for (const [key, value] of Object.entries(found.hparams)) setOwn(this.hparams, key, value);
    for (const kind of found.leftOut) this.leftOut.set(kind, (this.leftOut.get(kind) ?? 0) + 1);
    return ended;
  }

  /** Ends the row under way; null when there is none. */
  finish(): BuiltRow | null {
    const time = this.#values["_timestamp"];
    if (typeof time !== "number") return null;
    this.#firstTime ??= time;
    const row = { ...this.#values, _runtime: time - this.#firstTime, _step: this.#nextStep };
    const ended = { row, uploads: this.#uploads };
    this.#nextStep += 1;
    this.#values = {};
    this.#uploads = [];
    return ended;
  }
}
