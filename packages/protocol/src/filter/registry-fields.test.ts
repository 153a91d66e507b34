import { describe, expect, it } from "vitest";
import { compileFilter } from "./compile.ts";
import { parseOrder } from "./order.ts";
import { parseFilter } from "./parse.ts";
import { resolveCollectionField, resolveRegistryField, resolveVersionField } from "./registry-fields.ts";
import type { CollectionDocument, RegistryDocument, VersionDocument } from "./registry-fields.ts";
import { compileOrder } from "./run-order.ts";

const registry: RegistryDocument = {
  id: 7,
  name: "wandb-registry-model",
  entityId: 2,
  description: null,
  createdAt: "2026-01-02T00:00:00.000Z",
  updatedAt: "2026-01-03T00:00:00.000Z",
};

const collection: CollectionDocument = {
  id: 3,
  globalId: "QXJ0aWZhY3RQb3J0Zm9saW86Mw==",
  name: "zoo",
  description: "animals",
  type: "model",
  tags: ["prod", "vision"],
  createdAt: "2026-01-02T00:00:00.000Z",
  updatedAt: "2026-01-03T00:00:00.000Z",
};

const version: VersionDocument = {
  id: 11,
  artifactId: 5,
  globalId: "QXJ0aWZhY3Q6NQ==",
  versionIndex: 3,
  state: "COMMITTED",
  digest: "0f",
  tags: [],
  aliases: ["best", "latest"],
  metadata: { acc: 0.5, "a.b": 1, nested: { depth: 2 } },
  description: null,
  sizeBytes: 2048,
  createdAt: "2026-01-02T00:00:00.000Z",
  updatedAt: "2026-01-03T00:00:00.000Z",
  linkedAt: "2026-01-04T00:00:00.000Z",
};

const regex = (pattern: string) => (text: string) => new RegExp(pattern, "u").test(text);

describe("filters over registries, collections and versions", () => {
  it.each<[object, boolean]>([
    [{ id: 7 }, true],
    [{ project_id: { $in: [1, 2] } }, false],
    [{ name: "wandb-registry-model" }, true],
    [{ name: { $regex: "model$" } }, true],
    [{ entity_id: 2, description: null }, true],
    [{ created_at: { $lt: "2026-01-02T00:00:01Z" } }, true],
    [{ updated_at: { $gt: "2026-02-01" } }, false],
  ])("judge a registry by %j", (filter, expected) => {
    expect(compileFilter(parseFilter(filter), { regex, field: resolveRegistryField })(registry)).toBe(
      expected,
    );
  });

  it.each<[object, boolean]>([
    [{ artifact_collection_id: 3 }, true],
    [{ id: collection.globalId }, true],
    [{ name: { $contains: "oo" } }, true],
    [{ tag: "vision" }, true],
    [{ tags: { $nin: ["vision"] } }, false],
    [{ tag: { $in: ["other"] } }, false],
    [{ type: "dataset" }, false],
  ])("judge a collection by %j", (filter, expected) => {
    expect(compileFilter(parseFilter(filter), { regex, field: resolveCollectionField })(collection)).toBe(
      expected,
    );
  });

  it.each<[object, boolean]>([
    [{ version: "v3" }, true],
    [{ version_index: { $gte: 3 } }, true],
    [{ version: 4 }, false],
    [{ alias: "best" }, true],
    [{ aliases: { $all: ["best", "latest"] } }, true],
    [{ tag: { $exists: false } }, true],
    [{ "metadata.acc": { $gt: 0.4 } }, true],
    [{ "artifact_metadata.nested.depth": 2 }, true],
    [{ "metadata.a.b": 1 }, true],
    [{ "metadata.missing": null }, true],
    [{ artifact_size: { $lt: 1024 } }, false],
    [{ linked_at: { $gt: "2026-01-03" } }, true],
    [{ $not: { artifact_created_at: { $gt: "2026-01-03" } } }, true],
  ])("judge a version by %j", (filter, expected) => {
    expect(compileFilter(parseFilter(filter), { regex, field: resolveVersionField })(version)).toBe(expected);
  });

  it("name an unknown field", () => {
    expect(() => resolveRegistryField("tag")).toThrow(/Unknown registry field "tag"/u);
    expect(() => resolveVersionField("metadata.")).toThrow(/Unknown version field/u);
    expect(() => resolveVersionField(`metadata${".x".repeat(500)}`)).toThrow(/at most/u);
  });

  it("order by any field", () => {
    const order = compileOrder(parseOrder("-artifact_size,created_at", ""), resolveVersionField);
    const small = order.values({ ...version, sizeBytes: 1 });
    expect(order.compare(order.values(version), small)).toBeLessThan(0);
    expect(order.compare(small, small)).toBe(0);
  });
});
