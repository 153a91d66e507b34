/** Writes event files for tests: records with their checksums, and the fields of events that a test needs. */
import { PbfWriter } from "pbf";

import { maskedChecksum } from "../src/resources/tensorboard/event-file/record-reader.ts";

/** A scalar of the first generation. */
export interface ScalarEvent {
  readonly tag: string;
  readonly value: number;
  readonly step: number;
  /** @default 1700000000 + step */
  readonly wallTime?: number;
}

/** A record around some bytes. */
export function record(content: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(content.length + 16);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length, true);
  view.setUint32(8, maskedChecksum(bytes.subarray(0, 8)), true);
  bytes.set(content, 12);
  view.setUint32(12 + content.length, maskedChecksum(content), true);
  return bytes;
}

/** An event with one scalar. */
export function scalarEvent({ tag, value, step, wallTime = 1_700_000_000 + step }: ScalarEvent): Uint8Array {
  const writer = eventAt(wallTime, step);
  writer.writeMessage(
    5,
    (_, summary) => {
      summary.writeMessage(
        1,
        (__, one) => {
          one.writeStringField(1, tag);
          one.writeFloatField(2, value);
        },
        null,
      );
    },
    null,
  );
  return writer.finish();
}

/** The first event of a file: it says when the file was made. */
export function versionEvent(wallTime: number): Uint8Array {
  const writer = eventAt(wallTime, 0);
  writer.writeStringField(3, "brain.Event:2");
  return writer.finish();
}

/** A file of scalars. */
export function scalarFile(scalars: readonly ScalarEvent[], madeAt = 1_800_000_000): Uint8Array<ArrayBuffer> {
  return joined([record(versionEvent(madeAt)), ...scalars.map((scalar) => record(scalarEvent(scalar)))]);
}

/** Bytes one after the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

function eventAt(wallTime: number, step: number): PbfWriter {
  const writer = new PbfWriter();
  writer.writeDoubleField(1, wallTime);
  writer.writeVarintField(2, step);
  return writer;
}
