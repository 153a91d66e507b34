import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTemporaryServer } from "../../presets/embedded/temporary.ts";
import type { TemporaryServer } from "../../presets/embedded/temporary.ts";

let server: TemporaryServer;
let ada: string;
let eve: string;

beforeAll(async () => {
  server = await startTemporaryServer();
  ada = await server.createUser("ada");
  eve = await server.createUser("eve");
  const team = { organization: "steelyard", members: [{ username: "ada", role: "viewer" }] };
  await server.request("/api/admin/teams/vision", {
    method: "PUT",
    key: server.adminKey,
    body: JSON.stringify(team),
  });
});
afterAll(() => server.close());

describe("entities over GraphQL", () => {
  it("show the viewer with keys, teams and organizations", async () => {
    const query = `{ viewer {
      id entity username email admin flags deletedAt apiKeys { edges { node { id name description } } }
      teams { edges { node { name isTeam } } } organizations { name orgEntity { __typename name entityType } }
    } }`;
    expect(await server.graphql(query, { key: ada })).toEqual({
      data: {
        viewer: {
          id: "VXNlcjoy",
          entity: "ada",
          username: "ada",
          email: null,
          admin: false,
          flags: '{"code_saving_enabled":true}',
          deletedAt: null,
          apiKeys: {
            edges: [
              {
                node: {
                  id: expect.any(String) as string,
                  name: "0000...0001",
                  description: expect.any(String) as string,
                },
              },
            ],
          },
          teams: { edges: [{ node: { name: "vision", isTeam: true } }] },
          organizations: [
            {
              name: "steelyard",
              orgEntity: { __typename: "Entity", name: "steelyard-org", entityType: "organization" },
            },
          ],
        },
      },
    });
  });

  it("show a team to its members with all fields that clients ask for", async () => {
    const query = `{ entity(name: "vision") {
      id name available photoUrl readOnly readOnlyAdmin isTeam entityType privateOnly storageBytes codeSavingEnabled
      defaultAccess isPaid members { id admin pending email username name photoUrl accountType apiKey role }
      organization { name coreWeaveOrganizationId featureFlags(rampIDType: OrgName) { rampKey } } user { id }
    } }`;
    expect(await server.graphql(query, { key: ada })).toMatchObject({
      data: {
        entity: {
          name: "vision",
          readOnly: true,
          isTeam: true,
          entityType: "team",
          storageBytes: 0,
          members: [{ username: "ada", role: "viewer", admin: false, apiKey: null }],
          organization: { name: "steelyard", coreWeaveOrganizationId: null, featureFlags: [] },
          user: null,
        },
      },
    });
    expect(await server.graphql(query, { key: eve })).toEqual({ data: { entity: null } });
  });

  it("show the caller's own entity without a name, and nothing to strangers", async () => {
    const query = "{ entity { name entityType user { username } } }";
    expect(await server.graphql(query, { key: eve })).toEqual({
      data: { entity: { name: "eve", entityType: "user", user: { username: "eve" } } },
    });
    expect(await server.graphql(query)).toEqual({ data: { entity: null } });
    const other = '{ entity(name: "ada") { name } organization(name: "steelyard") { name } }';
    expect(await server.graphql(other, { key: eve })).toEqual({
      data: { entity: null, organization: { name: "steelyard" } },
    });
    expect(await server.graphql(other)).toEqual({ data: { entity: null, organization: null } });
  });

  it("hide e-mail addresses and keys of others, also behind what they may see", async () => {
    const input = { name: "open", access: "USER_READ" };
    const upsert = "mutation ($input: UpsertModelInput!) { upsertModel(input: $input) { inserted } }";
    await server.graphql(upsert, { key: server.adminKey, variables: { input } });
    const query = `{ project(name: "open", entityName: "admin") {
      entity { name storageBytes members { email } projects { edges { node { name } } } }
      user { username email apiKeys { edges { node { name } } } organizations { name } }
    } }`;
    expect(await server.graphql(query, { key: eve })).toEqual({
      data: {
        project: {
          entity: {
            name: "admin",
            storageBytes: 0,
            members: [],
            projects: { edges: [{ node: { name: "open" } }] },
          },
          user: { username: "admin", email: null, apiKeys: null, organizations: [] },
        },
      },
    });
  });
});
