import { isJsonArray, isJsonObject } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";
import { describe, expect, it } from "vitest";

import type { SummaryContent, TensorboardEvent } from "../event-file/event.ts";
import { fitRow } from "./fit-row.ts";
import { histogramOfValues } from "./histogram.ts";
import { RowBuilder } from "./row-builder.ts";

const scalar = (value: number): SummaryContent => ({ kind: "scalar", value });

function event(
  step: number,
  values: Readonly<Record<string, SummaryContent>>,
  plugin = "",
): TensorboardEvent {
  return {
    wallTime: 100 + step,
    step,
    fileVersion: null,
    values: Object.entries(values).map(([tag, content]) => ({ tag, plugin, content })),
  };
}

async function rowsOf(
  events: readonly (readonly [namespace: string, event: TensorboardEvent])[],
): Promise<{ readonly rows: JsonObject[]; readonly builder: RowBuilder }> {
  const builder = new RowBuilder();
  const built = [];
  for (const [namespace, one] of events) built.push(await builder.add(one, namespace));
  built.push(builder.finish());
  return { builder, rows: built.flatMap((one) => (one === null ? [] : [one.row])) };
}

describe("RowBuilder", () => {
  it("puts the values of a step into one row, numbers the rows, and counts time from the first", async () => {
    const { rows } = await rowsOf([
      ["", event(0, { loss: scalar(1) })],
      ["", event(0, { acc: scalar(0.1) })],
      ["", event(10, { loss: scalar(0.5) })],
    ]);
    expect(rows).toEqual([
      { global_step: 0, loss: 1, acc: 0.1, _timestamp: 100, _runtime: 0, _step: 0 },
      { global_step: 10, loss: 0.5, _timestamp: 110, _runtime: 10, _step: 1 },
    ]);
  });

  it("lets namespaces share the rows of the steps that they share", async () => {
    const { rows } = await rowsOf([
      ["train", event(1, { loss: scalar(1) })],
      ["eval", event(1, { loss: scalar(2) })],
      ["train", event(2, { loss: scalar(3) })],
    ]);
    expect(rows).toMatchObject([
      { "train/global_step": 1, "train/loss": 1, "eval/global_step": 1, "eval/loss": 2, global_step: 1 },
      { "train/global_step": 2, "train/loss": 3, global_step: 2 },
    ]);
    expect(rows).toHaveLength(2);
  });

  it("makes nothing of events without values", async () => {
    const { rows } = await rowsOf([
      ["", { wallTime: 1, step: 5, fileVersion: "brain.Event:2", values: null }],
    ]);
    expect(rows).toEqual([]);
  });

  it("prints histograms of both generations alike, without empty intervals at the ends", async () => {
    const first: SummaryContent = {
      kind: "histogram",
      histogram: { min: -1, max: 3, limits: [-5, 0, 1, Number.MAX_VALUE], counts: [0, 2, 3, 1] },
    };
    const tensor = {
      kind: "numbers",
      shape: [3, 3],
      values: [-1, 0, 2, 0, 1, 3, 1, 3, 1],
      isBoolean: false,
    } as const;
    const second: SummaryContent = { kind: "tensor", tensor };
    const expected = { h: { _type: "histogram", values: [2, 3, 1], bins: [-1, 0, 1, 3] } };
    expect((await rowsOf([["", event(1, { h: first })]])).rows).toMatchObject([expected]);
    expect((await rowsOf([["", event(1, { h: second }, "histograms")]])).rows).toMatchObject([expected]);
  });

  it("puts intervals together where there are more than can be shown, and keeps the sum", async () => {
    const limits = Array.from({ length: 1_500 }, (_, index) => index + 1);
    const histogram = { min: 0, max: 1_500, limits, counts: limits.map(() => 1) };
    const { rows } = await rowsOf([["", event(1, { h: { kind: "histogram", histogram } })]]);
    const found = rows[0]?.["h"];
    const { values, bins } = histogramParts(found);
    expect(values.length).toBeLessThanOrEqual(512);
    expect(bins).toHaveLength(values.length + 1);
    expect(values.reduce((sum, count) => sum + count, 0)).toBe(1_500);
    expect([bins[0], bins.at(-1)]).toEqual([0, 1_500]);
  });

  it("logs pictures as media, those of numbered tags as one list, and a GIF as a video", async () => {
    const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 1);
    const gif = Uint8Array.of(0x47, 0x49, 0x46, 2);
    const picture = (content: Uint8Array): SummaryContent => ({
      kind: "image",
      image: { width: 3, height: 2, content },
    });
    const builder = new RowBuilder();
    await builder.add(
      event(4, { "a/b/0": picture(png), "a/b/1": picture(png), clip: picture(gif) }),
      "train",
    );
    const built = builder.finish();
    expect(built?.uploads.map(({ name }) => name.replace(/_[0-9a-f]{20}\./u, "_HASH."))).toEqual([
      "media/images/train/a_b_0_HASH.png",
      "media/images/train/a_b_0_HASH.png",
      "media/videos/train/clip_0_HASH.gif",
    ]);
    expect(built?.row).toMatchObject({
      "train/a_b": { _type: "images/separated", width: 3, height: 2, format: "png", count: 2 },
      "train/clip": {
        _type: "videos",
        count: 1,
        captions: false,
        videos: [{ _type: "video-file", size: 4 }],
      },
    });
  });

  it("keeps hyperparameters for the config, and counts what has no place", async () => {
    const { builder, rows } = await rowsOf([
      ["", event(0, { h: { kind: "hparams", hparams: { lr: 0.1 } }, sound: { kind: "audio" } })],
    ]);
    expect(builder.hparams).toEqual({ lr: 0.1 });
    expect(builder.leftOut).toEqual(new Map([["audio", 1]]));
    expect(rows).toEqual([{ global_step: 0, _timestamp: 100, _runtime: 0, _step: 0 }]);
  });
});

function histogramParts(value: JsonValue | undefined): {
  readonly values: number[];
  readonly bins: number[];
} {
  if (!isJsonObject(value)) throw new TypeError("expected a histogram");
  const numbers = (list: JsonValue | undefined): number[] => (isJsonArray(list) ? list.map(Number) : []);
  return { values: numbers(value["values"]), bins: numbers(value["bins"]) };
}

describe("histogramOfValues", () => {
  it("counts the finite values in 32 intervals", () => {
    const { values, bins } = histogramOfValues([0, 1, 31.5, 32, NaN, Infinity]);
    expect(bins).toEqual(Array.from({ length: 33 }, (_, index) => index));
    expect(values).toEqual([1, 1, ...Array<number>(29).fill(0), 2]);
  });
});

describe("fitRow", () => {
  it("leaves out the largest values of a row that is too long, and counts them", () => {
    const leftOut = new Map<string, number>();
    const row = { _step: 1, text: "x".repeat(500), more: "y".repeat(300), small: "z" };
    expect(fitRow(row, 400, leftOut)).toEqual({ _step: 1, more: row.more, small: "z" });
    expect(leftOut).toEqual(new Map([["too large", 1]]));
    expect(fitRow(row, 10_000, leftOut)).toBe(row);
  });
});
