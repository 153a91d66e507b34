import { readFileSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { joined, record, scalarEvent, scalarFile } from "../../../../test/event-file-writer.ts";
import { readTensorboardEvents } from "../../../index.ts";
import type { EventFileDamage, SummaryContent, TensorboardEvent } from "../../../index.ts";
import { readEvent } from "./event.ts";
import { RecordReader } from "./record-reader.ts";

/** Written by tensorboard's own writer: tensors of many types, a histogram, text, pictures, hyperparameters. */
const GOLDEN = readFileSync(
  join(import.meta.dirname, "../../../../test/event-files/second-generation.tfevents"),
);

async function readAll(
  ...parts: readonly Uint8Array[]
): Promise<{ readonly events: TensorboardEvent[]; readonly damages: EventFileDamage[] }> {
  const damages: EventFileDamage[] = [];
  const stream = new Blob(parts.map((part) => new Uint8Array(part))).stream();
  const events: TensorboardEvent[] = [];
  for await (const event of readTensorboardEvents(stream, (damage) => damages.push(damage)))
    events.push(event);
  return { events, damages };
}

function contentOf(
  events: readonly TensorboardEvent[],
  tag: string,
  step: number,
): SummaryContent | undefined {
  return events.find((event) => event.step === step && event.values?.[0]?.tag === tag)?.values?.[0]?.content;
}

describe("readTensorboardEvents", () => {
  it("reads scalars of the first generation with step and time", async () => {
    const { events, damages } = await readAll(
      scalarFile([{ tag: "loss", value: 0.5, step: 3, wallTime: 12.5 }]),
    );
    expect(damages).toEqual([]);
    expect(events).toEqual([
      { wallTime: 1_800_000_000, step: 0, fileVersion: "brain.Event:2", values: null },
      {
        wallTime: 12.5,
        step: 3,
        fileVersion: null,
        values: [{ tag: "loss", plugin: "", content: { kind: "scalar", value: 0.5 } }],
      },
    ]);
  });

  it("reads tensors of every type that TensorBoard's own writer gives them", async () => {
    const { events, damages } = await readAll(GOLDEN);
    expect(damages).toEqual([]);
    const numbers = (tag: string): unknown => {
      const content = contentOf(events, tag, 1);
      return content?.kind === "tensor" && content.tensor.kind === "numbers"
        ? [content.tensor.shape, content.tensor.values, content.tensor.isBoolean]
        : content;
    };
    expect(numbers("loss")).toEqual([[], [0.25], false]);
    expect(numbers("double")).toEqual([[], [0.1], false]);
    expect(numbers("int64")).toEqual([[], [2 ** 40 + 1], false]);
    expect(numbers("uint8")).toEqual([[3], [1, 2, 255], false]);
    expect(numbers("half")).toEqual([[3], [1.5, -2, 65504], false]);
    expect(numbers("bool")).toEqual([[2], [1, 0], true]);
    expect(numbers("matrix")).toEqual([[2, 3], [0, 1, 2, 3, 4, 5], false]);
    expect(numbers("filled")).toEqual([[3], [7, 7, 7], false]);
    expect(numbers("complex")).toEqual({ kind: "tensor", tensor: { kind: "other", type: 8 } });
    expect(contentOf(events, "negative", -1)).toEqual({ kind: "scalar", value: 3 });
    expect(contentOf(events, "v1 hist", 4)).toEqual({
      kind: "histogram",
      histogram: { min: -1, max: 3, limits: [-5, 0, 1, Number.MAX_VALUE], counts: [0, 2, 3, 1] },
    });
    expect(contentOf(events, "_hparams_/session_start_info", 3)).toEqual({
      kind: "hparams",
      hparams: { lr: 0.1, opt: "adam", flag: true },
    });
  });

  it("remembers the plugin of a tag, which writers name only once", async () => {
    const { events } = await readAll(GOLDEN);
    const plugins = events.flatMap(({ values }) => values ?? []).filter(({ tag }) => tag === "loss");
    expect(plugins.map(({ plugin }) => plugin)).toEqual(["scalars", "scalars"]);
  });

  it("reports a record that is no event and reads on", async () => {
    const after = record(scalarEvent({ tag: "a", value: 1, step: 1 }));
    const { events, damages } = await readAll(joined([record(Uint8Array.of(0x2a, 0x7f)), after]));
    expect(events.map(({ step }) => step)).toEqual([1]);
    expect(damages).toEqual([
      {
        kind: "record",
        offset: 0,
        message: expect.stringContaining("the record at byte 0 is no event") as unknown,
      },
    ]);
  });

  it("refuses a tensor that claims more values than it may have", () => {
    // Event{summary{value{tensor{dtype: float, shape: [2^31], float_val: [0]}}}}
    const shape = [0x12, 0x08, 0x12, 0x06, 0x08, 0x80, 0x80, 0x80, 0x80, 0x08];
    const tensor = [0x08, 0x01, ...shape, 0x2d, 0, 0, 0, 0];
    const value = [0x42, tensor.length, ...tensor];
    const summary = [0x0a, value.length, ...value];
    expect(() => readEvent(Uint8Array.of(0x2a, summary.length, ...summary))).toThrow(
      /claims to have 2147483648/u,
    );
  });

  it("survives any bytes in place of an event, and any changed bytes of a real one", () => {
    const survive = (bytes: Uint8Array): void => {
      try {
        readEvent(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    };
    const numRuns = process.env["STEELYARD_LONG"] === "1" ? 200_000 : 2_000;
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), survive), { numRuns });
    const change = fc.record({ place: fc.nat(), byte: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        const bytes = new Uint8Array(GOLDEN.subarray(60));
        for (const { place, byte } of changes) bytes[place % bytes.length] = byte;
        survive(bytes);
        survive(bytes.subarray(12, 12 + 80));
      }),
      { numRuns },
    );
  });

  it("gives every event that ends before a damaged byte, and no event that is not there", async () => {
    // Without plugins: these come from the first event of a tag, which may be the lost one.
    const printed = (event: TensorboardEvent): string =>
      JSON.stringify(event, (key, value: unknown) => (key === "plugin" ? undefined : value));
    const whole = (await readAll(GOLDEN)).events.map(printed);
    const ends = recordEnds(GOLDEN);
    for (let place = 0; place < GOLDEN.length; place += 13) {
      const damaged = new Uint8Array(GOLDEN);
      damaged[place] = (damaged[place] ?? 0) ^ 0x55;
      const { events, damages } = await readAll(damaged);
      const found = events.map(printed);
      const before = ends.filter((end) => end <= place).length;
      expect(damages).toHaveLength(1);
      expect(found.slice(0, before)).toEqual(whole.slice(0, before));
      expect(whole).toEqual(expect.arrayContaining(found));
    }
  });
});

function recordEnds(file: Uint8Array): readonly number[] {
  const reader = new RecordReader();
  reader.push(file);
  const ends: number[] = [];
  for (let found = reader.next(); found?.kind === "record"; found = reader.next())
    ends.push(found.offset + found.bytes.length + 16);
  return ends;
}
