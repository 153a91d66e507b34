import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTemporaryServer } from "../../presets/embedded/temporary.ts";
import type { TemporaryServer } from "../../presets/embedded/temporary.ts";

let server: TemporaryServer;
let ada: string;
let vera: string;

beforeAll(async () => {
  server = await startTemporaryServer();
  ada = await server.createUser("ada");
  vera = await server.createUser("vera");
  const members = [
    { username: "ada", role: "member" },
    { username: "vera", role: "viewer" },
  ];
  await put("organizations/acme", { members });
  await put("teams/vision", { organization: "acme", members: [{ username: "vera", role: "admin" }] });
});
afterAll(() => server.close());

async function put(path: string, body: object): Promise<void> {
  const request = { method: "PUT", key: server.adminKey, body: JSON.stringify(body) };
  await server.request(`/api/admin/${path}`, request);
}

const UPSERT = `mutation ($input: UpsertModelInput!) {
  upsertModel(input: $input) { inserted project {
    name access description allowAllArtifactTypesInRegistry artifactTypes(includeAll: true) { edges { node { name } } }
    members { username role { name } }
  } }
}`;

function upsert(input: Readonly<Record<string, unknown>>, key = ada): Promise<unknown> {
  return server.graphql(UPSERT, { key, variables: { input: { entityName: "acme-org", ...input } } });
}

function refused(code: string): object {
  return { errors: [{ extensions: { code } }] };
}

function types(...names: readonly string[]): object {
  return { edges: names.map((name) => ({ node: { name } })) };
}

describe("registries over GraphQL", () => {
  it("accept every type unless types are stated, and make their maker an admin", async () => {
    expect(await upsert({ name: "wandb-registry-any" })).toEqual({
      data: {
        upsertModel: {
          inserted: true,
          project: {
            name: "wandb-registry-any",
            access: "PRIVATE",
            description: null,
            allowAllArtifactTypesInRegistry: true,
            artifactTypes: types(),
            members: [{ username: "ada", role: { name: "admin" } }],
          },
        },
      },
    });
    const some = { name: "wandb-registry-some", artifactTypes: [{ name: "model" }, { name: "model" }] };
    expect(await upsert(some)).toMatchObject({
      data: {
        upsertModel: {
          project: { allowAllArtifactTypesInRegistry: false, artifactTypes: types("model") },
        },
      },
    });
  });

  it("gain types and never lose one, and can be opened to all types and closed again", async () => {
    const name = "wandb-registry-types";
    const project = (fields: object) => ({ data: { upsertModel: { project: fields } } });
    await upsert({ name, artifactTypes: [{ name: "model" }] });
    expect(await upsert({ name, artifactTypes: [{ name: "dataset" }] })).toMatchObject(
      project({ artifactTypes: types("model", "dataset") }),
    );
    const all = { name, allowAllArtifactTypesInRegistry: true };
    expect(await upsert({ ...all, artifactTypes: [{ name: "x" }] })).toMatchObject(
      refused("invalid_argument"),
    );
    expect(await upsert(all)).toMatchObject(project({ allowAllArtifactTypesInRegistry: true }));
    expect(await upsert({ name, artifactTypes: [{ name: "x" }] })).toMatchObject(refused("invalid_argument"));
    expect(await upsert({ name, allowAllArtifactTypesInRegistry: false })).toMatchObject(
      project({ allowAllArtifactTypesInRegistry: false, artifactTypes: types("model", "dataset") }),
    );
  });

  it("live in an organization's entity under their prefix, and nothing else does", async () => {
    expect(await upsert({ name: "ordinary" })).toMatchObject(refused("invalid_argument"));
    expect(await upsert({ name: "wandb-registry-" })).toMatchObject(refused("invalid_argument"));
    expect(await upsert({ name: `wandb-registry-${"x".repeat(114)}` })).toMatchObject(
      refused("invalid_argument"),
    );
    expect(await upsert({ name: "wandb-registry-mine", entityName: "ada" })).toMatchObject(
      refused("invalid_argument"),
    );
    expect(await upsert({ name: "wandb-registry-open", access: "USER_READ" })).toMatchObject(
      refused("invalid_argument"),
    );
    const typed = { name: "p", entityName: "ada", artifactTypes: [{ name: "model" }] };
    expect(await upsert(typed)).toMatchObject(refused("invalid_argument"));
    const run = `mutation { upsertBucket(input: { entityName: "acme-org", modelName: "wandb-registry-new", name: "r" }) {
      inserted } }`;
    expect(await server.graphql(run, { key: ada })).toMatchObject(refused("not_found"));
  });

  it("are made by members of the organization and not by viewers", async () => {
    expect(await upsert({ name: "wandb-registry-no" }, vera)).toMatchObject(refused("permission_denied"));
    const stranger = await server.createUser("stranger");
    expect(await upsert({ name: "wandb-registry-no" }, stranger)).toMatchObject(refused("not_found"));
  });

  it("are renamed, keeping what they are, unless the name is taken", async () => {
    await upsert({ name: "wandb-registry-old", description: "d" });
    const rename = `mutation ($input: RenameProjectInput!) { renameProject(input: $input) {
      inserted project { name description } } }`;
    const input = { entityName: "acme-org", oldProjectName: "wandb-registry-old" };
    const to = (newProjectName: string) =>
      server.graphql(rename, { key: ada, variables: { input: { ...input, newProjectName } } });
    expect(await to("wandb-registry-any")).toMatchObject(refused("already_exists"));
    expect(await to("plain")).toMatchObject(refused("invalid_argument"));
    expect(await to("wandb-registry-fresh")).toEqual({
      data: {
        renameProject: { inserted: false, project: { name: "wandb-registry-fresh", description: "d" } },
      },
    });
    expect(await to("wandb-registry-other")).toMatchObject(refused("not_found"));
  });

  it("keep their members to the organization", async () => {
    const query = '{ project(name: "wandb-registry-any", entityName: "acme-org") { id } }';
    const found = await server.graphql(query, { key: ada });
    const [, projectId = ""] = /"id":"([^"]+)"/u.exec(JSON.stringify(found)) ?? [];
    const add = `mutation ($input: CreateProjectMembersInput!) { createProjectMembers(input: $input) { success } }`;
    const addUser = (id: number) =>
      server.graphql(add, {
        key: ada,
        variables: { input: { projectId, userIds: [btoa(`User:${id}`)] } },
      });
    const search = '{ users(query: "admin") { edges { node { id } } } }';
    const admin = JSON.stringify(await server.graphql(search, { key: server.adminKey }));
    const adminId = Number(/User:(\d+)/u.exec(atob(/"id":"([^"]+)"/u.exec(admin)?.[1] ?? ""))?.[1]);
    expect(await addUser(adminId)).toMatchObject(refused("invalid_argument"));
    expect(await addUser(999)).toMatchObject(refused("not_found"));
  });
});

describe("projects", () => {
  it("are not deleted while runs are logged to them", async () => {
    await upsert({ name: "busy", entityName: "ada" });
    const run = `mutation { upsertBucket(input: { entityName: "ada", modelName: "busy", name: "r" }) {
      bucket { project { id } } } }`;
    const answer = await server.graphql(run, { key: ada });
    const [, id = ""] = /"id":"([^"]+)"/u.exec(JSON.stringify(answer)) ?? [];
    const remove = `mutation { deleteModel(input: { id: "${id}" }) { success } }`;
    expect(await server.graphql(remove, { key: ada })).toMatchObject(refused("conflict"));
    expect(await server.graphql(remove, { key: vera })).toMatchObject(refused("not_found"));
  });
});

describe("users over GraphQL", () => {
  const search = async (key: string, query: string): Promise<readonly string[]> => {
    const document = "query ($query: String) { users(query: $query) { edges { node { username } } } }";
    const answer = await server.graphql(document, { key, variables: { query } });
    return [...JSON.stringify(answer).matchAll(/"username":"([^"]+)"/gu)].map(([, name = ""]) => name);
  };

  it("are found by name and address, the exact match first", async () => {
    await put("users/ada2", { email: "other@example.org" });
    expect(await search(server.adminKey, "ada")).toEqual(["ada", "ada2"]);
    expect(await search(server.adminKey, "OTHER@example.org")).toEqual(["ada2"]);
    expect(await search(server.adminKey, "example.org")).toEqual([]);
    expect(await search(server.adminKey, "nobody of this name")).toEqual([]);
  });

  it("join their team's organization, and see who shares one with them", async () => {
    await put("organizations/apart", { members: [] });
    for (const name of ["hermit", "neighbour"]) {
      await server.createUser(name);
    }
    await put("organizations/steelyard", { members: [] });
    await put("teams/den", {
      organization: "apart",
      members: [
        { username: "hermit", role: "viewer" },
        { username: "neighbour", role: "admin" },
      ],
    });
    const organizations = await server.graphql(
      '{ organization(name: "apart") { orgEntity { members { username role } } } }',
      { key: server.adminKey },
    );
    expect(organizations).toMatchObject({
      data: {
        organization: {
          orgEntity: {
            members: [
              { username: "hermit", role: "viewer" },
              { username: "neighbour", role: "member" },
            ],
          },
        },
      },
    });
    expect(await search(ada, "vera")).toEqual(["vera"]);
    expect(await search(ada, "hermit")).toEqual([]);
    expect(await search(ada, "ada")).toEqual(["ada"]);
  });

  it("are not shown to strangers", async () => {
    const answer = await server.graphql('{ users(query: "ada") { edges { node { username } } } }');
    expect(answer).toMatchObject(refused("unauthenticated"));
  });
});
