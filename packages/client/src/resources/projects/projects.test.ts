import { describe, expect, it } from "vitest";

import { graphqlScript, startScriptedServer } from "../../../test/scripted-server.ts";
import { testApi } from "../../../test/test-api.ts";
import { CommError, NotFoundError, ValueError } from "../../index.ts";
import type { JsonObject } from "../../index.ts";

function projectData(name: string): Record<string, unknown> {
  return {
    id: `Project:${name}`,
    name,
    entityName: "team",
    createdAt: "2026-11-20T23:40:00",
    isBenchmark: false,
    user: {
      id: "User:1",
      name: "Ada",
      username: "ada",
      email: null,
      admin: null,
      flags: null,
      entity: null,
      deletedAt: null,
      apiKeys: null,
      teams: null,
    },
  };
}

describe("a project", () => {
  it("asks nothing until its details are wanted, and then once", async () => {
    await using server = await startScriptedServer(
      graphqlScript({ GetProject: { project: projectData("a b") } }),
    );
    const project = await testApi(server).project("a b");
    expect(project.path).toEqual(["team", "a b"]);
    expect(project.url).toBe(`${server.url}/team/a%20b/workspace`);
    expect(project.toHtml()).toContain("/workspace?jupyter=true");
    expect(server.requests).toHaveLength(0);
    expect(await project.id()).toBe("Project:a b");
    expect((await project.owner()).username).toBe("ada");
    const details = await project.load();
    expect(details).toMatchObject({
      entityName: "team",
      isBenchmark: false,
      createdAtText: "2026-11-20T23:40:00",
    });
    expect(details.createdAt.toISOString()).toBe("2026-11-20T23:40:00.000Z");
    expect(server.requests).toHaveLength(1);
    await project.load({ force: true });
    expect(server.requests).toHaveLength(2);
  });

  it("may not exist, or have no owner", async () => {
    let project: unknown = null;
    await using server = await startScriptedServer(graphqlScript({ GetProject: () => ({ project }) }));
    const found = await testApi(server).project("p", { entity: "other" });
    await expect(found.id()).rejects.toThrow(NotFoundError);
    project = { ...projectData("p"), user: null };
    await expect(found.owner()).rejects.toThrow(CommError);
    expect(server.requests[0]?.variables).toEqual({ name: "p", entity: "other" });
  });

  it("needs an entity, the project of a registry too", async () => {
    await using server = await startScriptedServer(graphqlScript({ GetDefaultEntity: { viewer: null } }));
    const api = testApi(server, { overrides: { entity: undefined } });
    await expect(api.project("p")).rejects.toThrow(ValueError);
    await expect(api.project("wandb-registry-models")).rejects.toThrow(ValueError);
  });

  it("is created, or found when it exists", async () => {
    const project = {
      id: "Project:1",
      name: "p",
      entityName: "team",
      description: null,
      access: null,
      views: null,
    };
    await using server = await startScriptedServer(
      graphqlScript({ CreateProject: { upsertModel: { project, inserted: false } } }),
    );
    expect((await testApi(server).createProject("p", "team")).path).toEqual(["team", "p"]);
    expect(server.requests[0]?.variables).toEqual({ input: { name: "p", entityName: "team" } });
  });
});

describe("projects", () => {
  it("come page after page with their details", async () => {
    await using server = await startScriptedServer(
      graphqlScript({
        GetProjects: ({ cursor }: JsonObject) => ({
          models: {
            edges: [{ node: projectData(cursor === null ? "one" : "two") }],
            pageInfo: { endCursor: cursor === null ? "c1" : "c2", hasNextPage: cursor === null },
          },
        }),
      }),
    );
    const projects = testApi(server).projects();
    expect(projects.perPage).toBe(200);
    const names: string[] = [];
    for await (const project of projects) names.push(`${project.name} ${await project.id()}`);
    expect(names).toEqual(["one Project:one", "two Project:two"]);
    expect(projects.entity).toBe("team");
    expect(await projects.length()).toBeNull();
    expect(server.operations).toEqual(["GetProjects", "GetProjects"]);
  });

  it("throw when the entity may not be seen", async () => {
    await using server = await startScriptedServer(graphqlScript({ GetProjects: { models: null } }));
    await expect(testApi(server).projects("other").toArray()).rejects.toThrow(NotFoundError);
  });
});
