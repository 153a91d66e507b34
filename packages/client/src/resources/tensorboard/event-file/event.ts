/** The events of a TensorBoard file, as far as they say anything of a training: `Event`, `Summary` and what is in them. */
import type { JsonValue } from "@steelyard/protocol";
import type { PbfReader } from "pbf";

import { readBytes, readInner, readNumbers, readText, readWhole } from "./fields.ts";
import { HPARAMS_PLUGIN, SESSION_START_TAG, readHparams } from "./hparams.ts";
import { readTensor } from "./tensor.ts";
import type { Tensor } from "./tensor.ts";

/** Counts of values in intervals, as writers of the first generation give them. */
export interface HistogramProto {
  readonly min: number;
  readonly max: number;
  /** The right edge of each interval. */
  readonly limits: readonly number[];
  readonly counts: readonly number[];
}

/** A picture. */
export interface ImageProto {
  readonly width: number;
  readonly height: number;
  /** The encoded file: PNG, JPEG or GIF. */
  readonly content: Uint8Array;
}

/** One value of a summary, by the field that holds it. */
export type SummaryContent =
  | { readonly kind: "scalar"; readonly value: number }
  | { readonly kind: "image"; readonly image: ImageProto }
  | { readonly kind: "histogram"; readonly histogram: HistogramProto }
  | { readonly kind: "tensor"; readonly tensor: Tensor }
  | { readonly kind: "hparams"; readonly hparams: Readonly<Record<string, JsonValue>> }
  | { readonly kind: "audio" }
  | { readonly kind: "none" };

/** A tagged value. */
export interface SummaryValue {
  readonly tag: string;
  /** The plugin of TensorBoard that shows it; empty when the file does not say. */
  readonly plugin: string;
  readonly content: SummaryContent;
}

/** One event. */
export interface TensorboardEvent {
  /** Seconds since 1970. */
  readonly wallTime: number;
  /** The training's own step. */
  readonly step: number;
  /** The format's version; the first event of a file has it. */
  readonly fileVersion: string | null;
  /** The values; null for an event of another kind, such as a graph. */
  readonly values: readonly SummaryValue[] | null;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** What the plugin keeps beside the value is read once the tag is known. */
type OpenValue = Writable<SummaryValue> & { pluginContent: Uint8Array };

const NOTHING = new Uint8Array();

/**
 * Reads an `Event`.
 *
 * @throws {RangeError | Error} when the bytes are no such message.
 */
export function readEvent(bytes: Uint8Array): TensorboardEvent {
  return readWhole(bytes, readEventField, { wallTime: 0, step: 0, fileVersion: null, values: null });
}

function readEventField(field: number, event: Writable<TensorboardEvent>, reader: PbfReader): void {
  if (field === 1) event.wallTime = reader.readDouble();
  else if (field === 2) event.step = reader.readVarint(true);
  else if (field === 3) event.fileVersion = readText(reader);
  else if (field === 5) {
    const values: SummaryValue[] = [];
    readInner(reader, readSummaryField, values);
    event.values = [...(event.values ?? []), ...values];
  }
}

function readSummaryField(field: number, values: SummaryValue[], reader: PbfReader): void {
  if (field !== 1) return;
  const open: OpenValue = { tag: "", plugin: "", pluginContent: NOTHING, content: { kind: "none" } };
  const { tag, plugin, pluginContent, content } = readInner(reader, readValueField, open);
  const isSession = plugin === HPARAMS_PLUGIN && tag === SESSION_START_TAG;
  values.push({
    tag,
    plugin,
    content: isSession ? { kind: "hparams", hparams: readHparams(pluginContent) } : content,
  });
}

function readValueField(field: number, value: OpenValue, reader: PbfReader): void {
  switch (field) {
    case 1:
      value.tag = readText(reader);
      break;
    case 2:
      value.content = { kind: "scalar", value: reader.readFloat() };
      break;
    case 4: {
      const image = readInner(reader, readImageField, { width: 0, height: 0, content: NOTHING });
      value.content = { kind: "image", image };
      break;
    }
    case 5: {
      const empty = { min: 0, max: 0, limits: [], counts: [] };
      value.content = { kind: "histogram", histogram: readInner(reader, readHistogramField, empty) };
      break;
    }
    case 6:
      value.content = { kind: "audio" };
      break;
    case 8:
      value.content = { kind: "tensor", tensor: readTensor(reader) };
      break;
    case 9:
      readInner(reader, readMetadataField, value);
  }
}

function readImageField(field: number, image: Writable<ImageProto>, reader: PbfReader): void {
  if (field === 1) image.height = reader.readVarint(true);
  else if (field === 2) image.width = reader.readVarint(true);
  else if (field === 4) image.content = readBytes(reader);
}

interface OpenHistogram {
  min: number;
  max: number;
  limits: number[];
  counts: number[];
}

function readHistogramField(field: number, histogram: OpenHistogram, reader: PbfReader): void {
  if (field === 1) histogram.min = reader.readDouble();
  else if (field === 2) histogram.max = reader.readDouble();
  else if (field === 6) readNumbers(reader, histogram.limits, (one) => one.readDouble());
  else if (field === 7) readNumbers(reader, histogram.counts, (one) => one.readDouble());
}

function readMetadataField(field: number, value: OpenValue, reader: PbfReader): void {
  if (field === 1) readInner(reader, readPluginField, value);
}

function readPluginField(field: number, value: OpenValue, reader: PbfReader): void {
  if (field === 1) value.plugin = readText(reader);
  else if (field === 2) value.pluginContent = readBytes(reader);
}
