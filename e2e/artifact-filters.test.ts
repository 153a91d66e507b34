// Python's `api.runs(filters=…)` by the artifacts that runs used and logged.
import { startTestServer } from "@steelyard/testing";
import { expect, it } from "vitest";
import { PythonClient } from "./python/run-python.ts";

it("finds runs by the artifacts they used and logged, as of now", async () => {
  await using server = await startTestServer();
  await using client = await PythonClient.create(server);
  const { value } = await client.run("filter_by_artifact.py", { args: { project: "lineage" } });
  expect(value).toEqual({
    "first name": "rows:v0",
    "before the use": [],
    "used name": "rows:latest",
    "by version": ["reader"],
    "by alias": ["reader"],
    "by collection": ["reader"],
    "by the name in Python": ["reader"],
    logged: ["maker"],
    neither: [],
    "by alias that moved": [],
    "logged latest": ["second"],
    "logged any": ["maker", "second"],
  });
});
