/** Registries of an organization: made, searched, linked to and read from TypeScript and from Python. */
import { Api, Artifact, ConflictError, ValueError } from "@steelyard/client";
import { startTestServer } from "@steelyard/testing";
import type { TestServer } from "@steelyard/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { PythonClient } from "../python/run-python.ts";

const ORGANIZATION = "Acme Works";

let server: TestServer;
let api: Api;

async function admin(path: string, body: unknown): Promise<void> {
  const response = await fetch(`${server.url}/api/admin/${path}`, {
    method: "PUT",
    headers: {
      authorization: `Basic ${Buffer.from(`api:${server.adminKey}`).toString("base64")}`,
      "content-type": "application/json",
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
}

beforeAll(async () => {
  server = await startTestServer();
  await admin("users/colleague", { email: "colleague@example.com" });
  const members = [
    { username: "tester", role: "admin" },
    { username: "colleague", role: "member" },
  ];
  await admin(`organizations/${encodeURIComponent(ORGANIZATION)}`, { members });
  await admin("teams/crew", { organization: ORGANIZATION, members });
  api = new Api({
    apiKey: server.apiKey,
    overrides: { baseUrl: server.url, project: "shop", entity: "crew" },
  });
});

afterAll(async () => {
  await server.stop();
});

describe("registries", () => {
  it("are made, and refused when they are there or misnamed", async () => {
    const organization = await api.organization();
    expect(organization.name).toBe(ORGANIZATION);
    expect(organization.orgEntity.entityType).toBe("organization");
    const registry = await api.createRegistry("typed", "organization", {
      description: "from TypeScript",
      artifactTypes: ["dataset"],
    });
    expect(registry.fullName).toBe("wandb-registry-typed");
    expect([...registry.artifactTypes]).toEqual(["dataset"]);
    await expect(api.createRegistry("typed", "organization")).rejects.toThrow(ConflictError);
    await expect(api.createRegistry("a/b", "organization")).rejects.toThrow(ValueError);
  });

  it("are changed: types can be added, never removed; the name can change", async () => {
    const registry = await api.registry("typed");
    registry.artifactTypes.append("model");
    registry.description = "changed";
    registry.name = "kept";
    await registry.save();
    expect(() => registry.artifactTypes.remove("model")).toThrow(ValueError);
    const fresh = await api.registry("kept", { organization: ORGANIZATION });
    expect([fresh.description, [...fresh.artifactTypes].toSorted()]).toEqual([
      "changed",
      ["dataset", "model"],
    ]);
  });

  it("take links, which are read and taken out again", async () => {
    const run = await api.createRun({ runId: "maker" });
    const artifact = new Artifact("rows", "dataset");
    await artifact.newFile("rows.txt", "1\n2\n");
    await run.logArtifact(artifact);
    const linked = await artifact.link("wandb-registry-kept/tables", { aliases: ["gold"] });
    expect(linked.isLink).toBe(true);
    expect(linked.qualifiedName).toBe(
      `${(await api.organization()).orgEntity.name}/wandb-registry-kept/tables:v0`,
    );
    expect(linked.sourceQualifiedName).toBe("crew/shop/rows:v0");
    expect(linked.aliases).toContain("gold");
    expect(await (await linked.getEntry("rows.txt")).text()).toBe("1\n2\n");
    const byPath = await api.artifact(`${ORGANIZATION}/wandb-registry-kept/tables:gold`);
    expect(byPath.id).toBe(artifact.id);
    expect((await artifact.linkedArtifacts()).map(({ qualifiedName }) => qualifiedName)).toEqual([
      linked.qualifiedName,
    ]);
    expect((await byPath.sourceArtifact()).qualifiedName).toBe("crew/shop/rows:v0");
    const second = await artifact.link("wandb-registry-kept/other");
    await second.unlink();
    expect((await artifact.linkedArtifacts()).map(({ name }) => name)).toEqual(["tables:v0"]);
    expect(await api.artifactExists("crew/shop/rows:v0")).toBe(true);
  });

  it("have members with roles", async () => {
    const registry = await api.registry("kept");
    const colleague = await api.user("colleague");
    if (colleague === null) throw new Error("Expected the colleague");
    await registry.addMembers(colleague);
    await registry.updateMember(colleague, "viewer");
    const roles = (): Promise<[string | null, string][]> =>
      registry.userMembers().then((members) => members.map(({ user, role }) => [user.username, role]));
    expect(await roles()).toContainEqual(["colleague", "viewer"]);
    const crew = await api.team("crew");
    expect(crew.members.map(({ username }) => username)).toEqual(
      expect.arrayContaining(["tester", "colleague"]),
    );
    await registry.addMembers(crew);
    expect((await registry.members()).some((member) => member.kind === "Entity")).toBe(true);
    await registry.removeMembers(colleague, crew);
    expect(await roles()).not.toContainEqual(["colleague", "viewer"]);
  });

  it("are searched with filters and orders, and Python sees the same", async () => {
    await using python = await PythonClient.create(server, { env: { WANDB_ENTITY: "crew" } });
    const { value } = await python.run("see_registries.py", {
      args: { organization: ORGANIZATION, create: true },
      expectQuiet: false,
    });
    expect(value).toMatchObject([
      {
        name: "kept",
        description: "changed",
        "all types": false,
        types: ["dataset", "model"],
        versions: ["tables:v0 gold,latest"],
      },
      { name: "python", visibility: "restricted", collections: ["nets"], versions: ["nets:v0 latest,prod"] },
    ]);
    const names = async (options: Parameters<Api["registries"]>[0]): Promise<string[]> =>
      (await api.registries(options).toArray()).map(({ name }) => name);
    expect(await names({ order: "-name" })).toEqual(["python", "kept"]);
    expect(await names({ filter: { name: "kept" } })).toEqual(["kept"]);
    expect(await names({ filter: { name: { $regex: "pyth" } } })).toEqual(["python"]);
    const collections = api
      .registries({ filter: { name: { $in: ["kept", "python"] } } })
      .collections({ order: "name" });
    expect((await collections.toArray()).map(({ name }) => name)).toEqual(
      expect.arrayContaining(["nets", "tables"]),
    );
    const versions = api.registries().versions({ filter: { alias: "prod" } });
    expect((await versions.toArray()).map(({ name }) => name)).toEqual(["nets:v0"]);
    const ordered = api.registries({ order: "-name" });
    expect((await ordered.versions().toArray()).map(({ name }) => name)).toEqual(["nets:v0", "tables:v0"]);
    const chained = ordered.collections({ filter: { name: { $in: ["nets", "tables"] } }, order: "name" });
    expect((await chained.toArray()).map(({ name }) => name)).toEqual(["nets", "tables"]);
    expect((await chained.versions().toArray()).map(({ name }) => name)).toEqual(["nets:v0", "tables:v0"]);
    expect(() => api.registries({ filter: { createdAt: "x" } })).toThrow(ValueError);
  });

  it("are deleted, and what was linked stays", async () => {
    await (await api.registry("kept")).delete();
    await expect(api.registry("kept")).rejects.toThrow(/no registry/);
    expect(await api.artifactExists("crew/shop/rows:v0")).toBe(true);
  });
});
