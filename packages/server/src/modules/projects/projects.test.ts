import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { startTemporaryServer } from "../../presets/embedded/temporary.ts";
import type { TemporaryServer } from "../../presets/embedded/temporary.ts";

const upsertAnswer = z.object({
  data: z.object({ upsertModel: z.object({ project: z.object({ id: z.string() }) }) }),
});
const page = z.object({
  edges: z.array(z.object({ node: z.object({ name: z.string() }) })),
  pageInfo: z.object({ endCursor: z.string().nullable(), hasNextPage: z.boolean() }),
});
const pageAnswer = z.object({ data: z.object({ models: page }) });
type Page = z.output<typeof page>;

let server: TemporaryServer;
let ada: string;
let eve: string;

beforeAll(async () => {
  server = await startTemporaryServer();
  ada = await server.createUser("ada");
  eve = await server.createUser("eve");
  const team = { organization: "steelyard", members: [{ username: "ada", role: "admin" }] };
  const put = { method: "PUT", key: server.adminKey, body: JSON.stringify(team) };
  await server.request("/api/admin/teams/vision", put);
});
afterAll(() => server.close());

const UPSERT = `mutation ($input: UpsertModelInput!) {
  upsertModel(input: $input) { inserted project { id name entityName description access } }
}`;

function upsert(input: Readonly<Record<string, unknown>>, key = ada): Promise<unknown> {
  return server.graphql(UPSERT, { key, variables: { input } });
}

describe("projects over GraphQL", () => {
  it("are created on demand with what is given, and nulls leave fields alone", async () => {
    const first = await upsert({
      name: "my p",
      entityName: "vision",
      description: "one",
      access: "USER_READ",
    });
    expect(first).toMatchObject({
      data: {
        upsertModel: { inserted: true, project: { name: "my p", entityName: "vision", access: "USER_READ" } },
      },
    });
    const again = await upsert({ name: "my p", entityName: "vision", description: null, access: null });
    expect(again).toMatchObject({
      data: { upsertModel: { inserted: false, project: { description: "one", access: "USER_READ" } } },
    });
  });

  it("go to the caller's own entity and to uncategorized when nothing is named", async () => {
    expect(await upsert({})).toMatchObject({
      data: { upsertModel: { project: { name: "uncategorized", entityName: "ada" } } },
    });
    expect(await server.graphql("{ project { name readOnly user { username } } }", { key: ada })).toEqual({
      data: { project: { name: "uncategorized", readOnly: false, user: { username: "ada" } } },
    });
  });

  it("refuse names, kinds of access and entities that cannot be", async () => {
    for (const [input, code, field] of [
      [{ name: "a/b" }, "invalid_argument", "project"],
      [{ name: "x", access: "SECRET" }, "invalid_argument", "access"],
      [{ name: "x", entityName: "nothing" }, "not_found", "entityName"],
      [{ name: "x", entityName: "eve" }, "not_found", "entityName"],
      [{ id: "x" }, "invalid_argument", "id"],
    ] as const) {
      expect(await upsert(input)).toMatchObject({ errors: [{ extensions: { code, field } }] });
    }
  });

  it("are changed by id but not renamed", async () => {
    const created = await server.graphql(UPSERT, { key: ada, variables: { input: { name: "by-id" } } });
    const { id } = upsertAnswer.parse(created).data.upsertModel.project;
    expect(await upsert({ id, description: "changed" })).toMatchObject({
      data: { upsertModel: { inserted: false, project: { name: "by-id", description: "changed" } } },
    });
    expect(await upsert({ id, name: "other" })).toMatchObject({
      errors: [{ extensions: { code: "unsupported" } }],
    });
    expect(await upsert({ id, description: "theirs" }, eve)).toMatchObject({
      errors: [{ extensions: { code: "not_found" } }],
    });
  });

  it("are missing for those who may not see them", async () => {
    await upsert({ name: "secret" });
    const query =
      '{ project(name: "secret", entityName: "ada") { name } models(entityName: "ada") { edges { cursor } } }';
    expect(await server.graphql(query, { key: eve })).toEqual({ data: { project: null, models: null } });
    expect(await server.graphql(query)).toEqual({ data: { project: null, models: null } });
  });

  it("are listed newest first, page by page, as far as the caller may see them", async () => {
    for (const [name, access] of [
      ["a", "USER_READ"],
      ["b", "PRIVATE"],
      ["c", "USER_READ"],
    ]) {
      await upsert({ name: `list-${name ?? ""}`, access }, eve);
    }
    const query = `query ($after: String, $first: Int) {
      models(entityName: "eve", after: $after, first: $first) {
        edges { cursor node { name } } pageInfo { endCursor hasNextPage }
      }
    }`;
    const names = async (key: string): Promise<readonly string[]> => {
      const found: string[] = [];
      let after: string | null = null;
      for (;;) {
        const answer = await server.graphql(query, { key, variables: { after, first: 1 } });
        const models: Page = pageAnswer.parse(answer).data.models;
        found.push(...models.edges.map((edge) => edge.node.name));
        if (!models.pageInfo.hasNextPage) return found;
        after = models.pageInfo.endCursor;
      }
    };
    expect(await names(eve)).toEqual(["list-c", "list-b", "list-a"]);
    expect(await names(ada)).toEqual(["list-c", "list-a"]);
    for (const variables of [{ after: "nonsense" }, { first: -1 }]) {
      expect(await server.graphql(query, { key: eve, variables })).toMatchObject({
        errors: [{ extensions: { code: "invalid_argument" } }],
      });
    }
  });
});
