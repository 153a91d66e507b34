/** Tables and media inside artifacts: what Python adds is read here, and what is added here Python reads. */
import { Api, Artifact, MediaFile, Table } from "@steelyard/client";
import { startTestServer } from "@steelyard/testing";
import type { TestServer } from "@steelyard/testing";
import { afterAll, beforeAll, expect, it } from "vitest";

import { PythonClient } from "../python/run-python.ts";

/** A picture of one red pixel. */
const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";

let server: TestServer;
let python: PythonClient;
let api: Api;

beforeAll(async () => {
  server = await startTestServer();
  python = await PythonClient.create(server);
  api = new Api({ apiKey: server.apiKey, overrides: { baseUrl: server.url, project: "media" } });
});

afterAll(async () => {
  await python[Symbol.asyncDispose]();
  await server.stop();
});

it("reads every kind that Python adds", async () => {
  await python.run("log_media.py", { args: { project: "media" }, expectQuiet: false });
  const artifact = await api.artifact("media:v0");
  const first = await artifact.get("first");
  if (!(first instanceof Table)) throw new Error("Expected a table");
  expect(first.columns).toEqual(["n", "text", "picture"]);
  expect(first.column("n")).toEqual([1, 2.5]);
  expect(first.column("text")).toEqual(["a", null]);
  const [picture] = first.column("picture");
  if (!(picture instanceof MediaFile)) throw new Error("Expected a picture");
  expect([picture.kind, picture.caption, picture.fields["width"]]).toEqual(["image-file", "red", 4]);
  expect(
    Buffer.from(await picture.bytes())
      .subarray(1, 4)
      .toString(),
  ).toBe("PNG");
  for (const [name, kind] of [
    ["pictures/red", "image-file"],
    ["sound", "audio-file"],
    ["film", "video-file"],
    ["page", "html-file"],
    ["cloud", "object3D-file"],
  ] as const) {
    const media = await artifact.get(name);
    if (!(media instanceof MediaFile)) throw new Error(`Expected media at ${name}`);
    expect([media.kind, (await media.bytes()).length > 0]).toEqual([kind, true]);
  }
  expect(await artifact.get("joined")).toMatchObject({ joinKey: "n", table2: { columns: ["n", "page"] } });
  const partitioned = await artifact.get("partitioned");
  if (partitioned === null || !("parts" in partitioned)) throw new Error("Expected a partitioned table");
  expect([...partitioned.parts.values()].map(({ rows }) => rows)).toEqual([[[1], [2]]]);
  expect(await artifact.get("nothing")).toBeNull();
});

it("adds what Python reads", async () => {
  const artifact = new Artifact("made", "dataset");
  const picture = await MediaFile.create("image-file", new Uint8Array(Buffer.from(PNG, "base64")), {
    format: "png",
    caption: "dot",
    width: 1,
    height: 1,
  });
  await artifact.add(picture, "picture");
  await artifact.add(await MediaFile.create("html-file", "<p>hello</p>", { format: "html" }), "page");
  const rows = [
    [1, "a", true, picture],
    [2.5, null, false, picture],
  ];
  await artifact.add(new Table(["n", "text", "flag", "picture"], rows), "rows");
  await (await api.createRun({ runId: "maker" })).logArtifact(artifact);
  const { value } = await python.run("read_media.py", {
    args: { path: "media/made:v0" },
    expectQuiet: false,
  });
  expect(value).toEqual({
    columns: ["n", "text", "flag", "picture"],
    rows: [
      [1, "a", true, "Image"],
      [2.5, null, false, "Image"],
    ],
    picture: ["Image", "png", "dot", 1],
    page: "Html",
  });
});
