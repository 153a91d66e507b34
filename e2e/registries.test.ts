// Registries, portfolios, links, search and members with the real client: one script, read area by area.
import { startTestServer } from "@steelyard/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { PythonClient } from "./python/run-python.ts";

let answers: Readonly<Record<string, unknown>>;

beforeAll(async () => {
  await using server = await startTestServer();
  await using client = await PythonClient.create(server);
  await put("users/mona", { email: "mona@example.org" });
  const members = [
    { username: "mona", role: "member" },
    { username: "tester", role: "viewer" },
  ];
  await put("teams/vision", { organization: "steelyard", members });
  const args = { project: "training", organization: "steelyard", member: "mona", team: "vision" };
  const { value } = await client.run("use_registries.py", { args, expectQuiet: false });
  answers = z.record(z.string(), z.unknown()).parse(value);

  async function put(path: string, body: object): Promise<void> {
    const authorization = `Basic ${btoa(`api:${server.adminKey}`)}`;
    const headers = { authorization, "content-type": "application/json" };
    const answer = await fetch(`${server.url}/api/admin/${path}`, {
      method: "PUT",
      headers,
      body: JSON.stringify(body),
    });
    expect(answer.status).toBeLessThan(300);
  }
}, 180_000);

/** The registry of models when it was new. */
const created = {
  name: "models",
  fullName: "wandb-registry-models",
  entity: "steelyard-org",
  organization: "steelyard",
  description: "All models",
  visibility: "organization",
  allowsAll: false,
  types: ["model"],
  path: ["steelyard-org", "wandb-registry-models"],
};
const animals = "steelyard-org/wandb-registry-models/animals";

function linked(qualified: string, version: string, source: string, aliases: readonly string[]): object {
  const name = qualified.slice(qualified.lastIndexOf("/") + 1);
  return { name, qualified, version, source: `tester/training/${source}`, aliases, isLink: true };
}

function error(type: string, message: string): object {
  return { error: { type, message: expect.stringContaining(message) as string } };
}

describe("the real client", () => {
  it("creates, reads, saves and renames registries", () => {
    expect(answers).toMatchObject({
      created,
      read: created,
      "read by the only organization": "models",
      "created twice": error("ValueError", "already exists"),
      missing: error("ValueError", "Failed to load registry 'absent'"),
      saved: { ...created, description: "Models of all teams", types: ["model", "checkpoint"] },
      "type removed": error("ValueError", "Cannot remove artifact type"),
      "of any type": { name: "anything", visibility: "restricted", allowsAll: true, types: [] },
      renamed: { name: "everything", visibility: "restricted", allowsAll: true },
      organization: { name: "steelyard", entity: "steelyard-org", type: "organization" },
    });
  });

  it("links versions to registries and projects", () => {
    expect(answers).toMatchObject({
      "linked by a run": linked(`${animals}:v0`, "v0", "zoo:v0", ["best", "latest"]),
      "linked model": linked("tester/model-registry/registered:v0", "v0", "weights:v0", ["latest", "prod"]),
      linked: linked(`${animals}:v1`, "v1", "zoo:v1", ["latest", "staging"]),
      "linked again": linked(`${animals}:v0`, "v0", "zoo:v0", ["best", "staging"]),
      "linked to a project": linked("tester/training/favourites:v0", "v0", "zoo:v1", ["latest"]),
      "type refused": error("CommError", 'does not accept versions of the type "dataset"'),
      "type taken": linked("steelyard-org/wandb-registry-everything/rows:v0", "v0", "rows:v0", ["latest"]),
      "missing registry": error("CommError", "not found"),
    });
  });

  it("reads, downloads and uses what is linked", () => {
    expect(answers).toMatchObject({
      latest: linked(`${animals}:latest`, "v1", "zoo:v1", ["latest"]),
      "by the name of the entity": linked(`${animals}:v0`, "v0", "zoo:v0", ["best", "staging"]),
      exists: [true, true, false, true, false],
      "used types": ["model", "checkpoint"],
      downloaded: "two",
      "linked artifacts": [`${animals}:v1`, "tester/training/favourites:v0"],
      source: "tester/training/zoo:v1",
      used: linked(`${animals}:best`, "v0", "zoo:v0", ["best", "staging"]),
      "used by": ["reader"],
    });
  });

  it("changes aliases, names, descriptions and tags of a portfolio", () => {
    expect(answers).toMatchObject({
      "aliases changed": ["shipped", "staging"],
      "aliases of the source": [],
      collection: {
        name: "animals",
        sequence: false,
        aliases: ["latest", "shipped", "staging"],
        type: "model",
      },
      "collection saved": { description: "All animals", tags: ["public", "vision"] },
      "versions of the collection": ["v1", "v0"],
    });
  });

  it("searches registries and collections", () => {
    expect(answers).toMatchObject({
      "all registries": ["everything", "models"],
      ordered: ["everything", "models"],
      paged: ["models", "everything"],
      "by name": ["models"],
      "by pattern": ["everything"],
      "by description": ["models"],
      "by nothing": [],
      collections: ["beasts", "rows"],
      "collections ordered": ["rows", "beasts"],
      "collections by tag": ["beasts"],
      "collections counted": 1,
      "collections of one": ["rows"],
      "collections of each": ["beasts", "rows"],
    });
  });

  it("searches versions, the advanced way", () => {
    expect(answers).toMatchObject({
      versions: ["beasts:v0", "beasts:v1", "rows:v0"],
      "versions paged": ["beasts:v0", "beasts:v1", "rows:v0"],
      "versions in order": ["rows:v0", "beasts:v1", "beasts:v0"],
      "versions by alias": ["beasts:v0"],
      "versions by tag": ["beasts:v1"],
      "versions by metadata": ["beasts:v1"],
      "versions by size": ["rows:v0"],
      "versions by date": ["beasts:v1"],
      "versions of a collection": ["beasts:v1"],
      "unknown field": error("ValidationError", "colour"),
    });
  });

  it("reads and changes members", () => {
    const users = { tester: "admin" };
    expect(answers).toMatchObject({
      members: { users, teams: {} },
      "members added": { users: { ...users, mona: "viewer" }, teams: { vision: "viewer" } },
      "members changed": { users: { ...users, mona: "admin" }, teams: { vision: "restricted_viewer" } },
      "members removed": { users, teams: {} },
      "unknown role": error("WandbApiFailedError", "expected one of admin, member, viewer"),
      team: {
        name: "vision",
        members: [
          ["mona", false],
          ["tester", false],
        ],
      },
      users: ["mona"],
      "no such user": null,
    });
    expect(answers["members removed"]).toEqual({ users, teams: {} });
  });

  it("unlinks versions, and deletes portfolios and registries", () => {
    expect(answers).toMatchObject({
      "after unlink": ["beasts:v0"],
      "latest after unlink": { version: "v0", aliases: ["latest", "shipped", "staging"] },
      "unlink the source": error("ValueError", "is not a linked artifact"),
      "after delete of a link": [[], true],
      "after delete of a collection": [],
      "after delete": ["models"],
      deleted: error("ValueError", "Failed to load registry 'everything'"),
    });
  });
});
