/** What an event says, as the part of a row that it becomes: W&B's keys and value forms. */
import { setOwn } from "@steelyard/protocol";
import type { JsonValue } from "@steelyard/protocol";

import type { SummaryValue, TensorboardEvent } from "../event-file/event.ts";
import { HPARAMS_PLUGIN } from "../event-file/hparams.ts";
import type { Tensor } from "../event-file/tensor.ts";
import { histogramOfProto, histogramOfTensor } from "./histogram.ts";
import type { Pictures } from "./pictures.ts";
import { tensorValue } from "./tensor-value.ts";

/** What one event says. */
export interface EventValues {
  /** Values of the row, with the namespace in their keys. */
  readonly values: Record<string, JsonValue>;
  /** Pictures, which have yet to become media. */
  readonly pictures: Map<string, Pictures>;
  /** Hyperparameters, which belong into the run's config. */
  readonly hparams: Record<string, JsonValue>;
  /** What has no place in a row, as the plugin that shows it or the kind of the value. */
  readonly leftOut: readonly string[];
}

/** A tag in its namespace, which is the folder of its file. */
export function namespacedKey(tag: string, namespace: string): string {
  return namespace === "" ? tag : `${namespace}/${tag}`;
}

/** What an event says; null when it has no values. */
export function readEventValues(event: TensorboardEvent, namespace: string): EventValues | null {
  if (event.values === null || event.values.length === 0) return null;
  const leftOut: string[] = [];
  const row: EventValues = { values: {}, pictures: new Map(), hparams: {}, leftOut };
  setOwn(row.values, namespacedKey("global_step", namespace), event.step);
  setOwn(row.values, "_timestamp", event.wallTime);
  for (const value of event.values) {
    if (!addValue(row, value, namespace))
      leftOut.push(value.plugin === "" ? value.content.kind : value.plugin);
  }
  return row;
}

/** False when the value has no place in a row. */
function addValue(row: EventValues, value: SummaryValue, namespace: string): boolean {
  const { tag, plugin, content } = value;
  const set = (found: JsonValue | null | undefined): boolean => {
    if (found == null) return false;
    setOwn(row.values, namespacedKey(tag, namespace), found);
    return true;
  };
  switch (content.kind) {
    case "scalar":
      return set(content.value);
    case "histogram":
      return set(histogramOfProto(content.histogram));
    case "image": {
      const { width, height, content: bytes } = content.image;
      return addPictures(row, tag, namespace, { width, height, contents: [bytes] });
    }
    case "tensor":
      if (plugin === "" || plugin === "scalars" || plugin === "text") return set(tensorValue(content.tensor));
      if (plugin === "histograms") return set(histogramOfTensor(content.tensor));
      if (plugin === "images") return addPictures(row, tag, namespace, picturesOfTensor(content.tensor));
      return false;
    case "hparams":
      for (const [key, setting] of Object.entries(content.hparams)) setOwn(row.hparams, key, setting);
      return true;
    case "none":
      return plugin === HPARAMS_PLUGIN; // The plugin's other tags describe its table, and say when a session ended.
    case "audio":
      return false;
  }
}

/** Width and height as text, then the files. */
function picturesOfTensor(tensor: Tensor): Pictures {
  if (tensor.kind !== "bytes") return { width: 0, height: 0, contents: [] };
  const [width = 0, height = 0] = tensor.values
    .slice(0, 2)
    .map((bytes) => Number(new TextDecoder().decode(bytes)));
  return { width, height, contents: tensor.values.slice(2) };
}

/** Tags that end in a number are one list: `batch/0`, `batch/1`. Other slashes would be folders of media files. */
function addPictures(row: EventValues, tag: string, namespace: string, pictures: Pictures): boolean {
  if (pictures.contents.length === 0) return false;
  const list = /^(.*)\/\d+$/su.exec(tag)?.[1];
  const key = namespacedKey((list ?? tag).replace(/[/\\]/gu, "_"), namespace);
  const earlier = list === undefined ? undefined : row.pictures.get(key);
  const contents = [...(earlier?.contents ?? []), ...pictures.contents];
  row.pictures.set(key, { ...(earlier ?? pictures), contents });
  return true;
}
