/** The hyperparameters that TensorBoard's plugin of that name keeps beside a summary value. */
import type { JsonValue } from "@steelyard/protocol";
import { setOwn } from "@steelyard/protocol";
import type { PbfReader } from "pbf";

import { readInner, readText, readWhole } from "./fields.ts";

/** The plugin's name. */
export const HPARAMS_PLUGIN = "hparams";
/** The tag whose plugin content has a session's hyperparameters. */
export const SESSION_START_TAG = "_hparams_/session_start_info";

/**
 * Reads the hyperparameters of a session; empty when the content is about something else.
 *
 * @throws {RangeError | Error} when the bytes are no such message.
 */
export function readHparams(content: Uint8Array): Readonly<Record<string, JsonValue>> {
  return readWhole(content, readPluginData, {});
}

type Hparams = Record<string, JsonValue>;

function readPluginData(field: number, hparams: Hparams, reader: PbfReader): void {
  if (field === 3) readInner(reader, readSessionStart, hparams);
}

function readSessionStart(field: number, hparams: Hparams, reader: PbfReader): void {
  if (field !== 1) return;
  const entry = readInner<{ key: string; value: JsonValue }>(reader, readEntry, { key: "", value: null });
  setOwn(hparams, entry.key, entry.value);
}

function readEntry(field: number, entry: { key: string; value: JsonValue }, reader: PbfReader): void {
  if (field === 1) entry.key = readText(reader);
  else if (field === 2) entry.value = readInner(reader, readValue, { value: null }).value;
}

/** A `google.protobuf.Value`; the plugin allows numbers, texts and booleans only. */
function readValue(field: number, holder: { value: JsonValue }, reader: PbfReader): void {
  if (field === 2) holder.value = reader.readDouble();
  else if (field === 3) holder.value = readText(reader);
  else if (field === 4) holder.value = reader.readBoolean();
}
