// Python's `wandb.Api` and ours read the same registries; every value must be the same.
import { Api } from "@steelyard/client";
import type { Artifact, ArtifactCollection, Registry } from "@steelyard/client";
import { startTestServer } from "@steelyard/testing";
import { expect, it } from "vitest";
import { PythonClient } from "../python/run-python.ts";
import { compare } from "./compare.ts";

const names = { project: "training", organization: "steelyard", member: "mona", team: "vision" };

it("reads registries, collections, versions and members as Python does", async () => {
  await using server = await startTestServer();
  await using client = await PythonClient.create(server);
  await put("users/mona", { email: "mona@example.org" });
  const members = [
    { username: "mona", role: "member" },
    { username: "tester", role: "viewer" },
  ];
  await put("teams/vision", { organization: "steelyard", members });
  // The script provokes errors on purpose, hence not quiet.
  await client.run("use_registries.py", { args: { ...names, keep: true }, expectQuiet: false });
  const { exact } = await client.run("read_registries.py", { args: names, expectQuiet: false });
  const api = new Api({ apiKey: server.apiKey, overrides: { baseUrl: server.url } });
  expect(compare(exact, await read(api))).toEqual([]);

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

async function read(api: Api): Promise<Readonly<Record<string, unknown>>> {
  const { organization } = names;
  const found = api.registries({ organization });
  const models = await api.registry("models", { organization });
  const everything = await api.registry("everything", { organization });
  const { id, name, orgEntity } = await api.organization(organization);
  return {
    organization: [id, name, orgEntity.name],
    registry: registry(models),
    registries: (await api.registries({ organization, order: "+name" }).toArray()).map(registry),
    "registries by filter": await namesOf(
      api.registries({
        organization,
        filter: { $or: [{ name: "models" }, { description: { $exists: true } }] },
      }),
    ),
    collections: await Promise.all((await all(found.collections({ order: "+name" }))).map(collection)),
    "collections of each": await namesOf(api.registries({ organization, order: "-name" }).collections()),
    "collections by tag": await namesOf(found.collections({ filter: { tag: "vision" } })),
    "collections counted": (await all(found.collections())).length,
    versions: (await all(found.versions()))
      .map(version)
      .toSorted((a, b) => (a.qualifiedName < b.qualifiedName ? -1 : 1)),
    "versions by metadata": await namesOf(found.versions({ filter: { "metadata.acc": { $gt: 0.6 } } })),
    "versions by alias": await namesOf(
      models.versions({ filter: { alias: { $in: ["shipped", "staging"] } } }),
    ),
    "versions of a collection": await namesOf(
      models.collections({ filter: { name: "beasts" } }).versions({ perPage: 1 }),
    ),
    members: (await everything.userMembers()).map(({ user, role }) => [user.username, role]),
    teams: (await everything.teamMembers()).map(({ team }) => team.name),
    "by path": version(await api.artifact(`${organization}/wandb-registry-models/beasts:latest`)),
    linked: (await (await api.artifact(`${names.project}/zoo:v1`)).linkedArtifacts())
      .map((each) => each.qualifiedName)
      .toSorted(),
    team: (await api.team(names.team)).members.map((each) => [each.username, each.admin]),
    users: (await api.users(names.member)).map((each) => each.username),
  };
}

async function all<T>(each: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const one of each) found.push(one);
  return found;
}

async function namesOf(each: AsyncIterable<{ readonly name: string }>): Promise<readonly string[]> {
  return (await all(each)).map(({ name }) => name);
}

function registry(each: Registry): object {
  return {
    id: each.id,
    internalId: each.internalId,
    name: each.name,
    fullName: each.fullName,
    entity: each.entity,
    organization: each.organization,
    description: each.description,
    visibility: each.visibility,
    allowAllArtifactTypes: each.allowAllArtifactTypes,
    artifactTypes: [...each.artifactTypes],
    createdAt: each.createdAtText,
    updatedAt: each.updatedAtText,
    path: each.path,
  };
}

async function collection(each: ArtifactCollection): Promise<object> {
  return {
    id: each.id,
    name: each.name,
    entity: each.entity,
    project: each.project,
    type: each.type,
    description: each.description,
    tags: each.tags.toSorted(),
    createdAt: each.createdAtText,
    updatedAt: each.updatedAtText,
    isSequence: each.isSequence(),
    aliases: (await each.aliases()).toSorted(),
  };
}

function version(each: Artifact) {
  return {
    id: each.id,
    name: each.name,
    qualifiedName: each.qualifiedName,
    version: each.version,
    aliases: each.aliases.toSorted(),
    tags: each.tags.toSorted(),
    type: each.type,
    isLink: each.isLink,
    sourceQualifiedName: each.sourceQualifiedName,
    sourceVersion: each.sourceVersion,
    digest: each.digest,
    size: each.size,
    fileCount: each.fileCount,
    metadata: each.metadata,
  };
}
