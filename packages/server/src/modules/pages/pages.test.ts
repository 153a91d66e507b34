import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTemporaryServer } from "../../presets/embedded/temporary.ts";
import type { TemporaryServer } from "../../presets/embedded/temporary.ts";
import { html } from "./html.ts";
import { parseLink } from "./link.ts";

let server: TemporaryServer;

beforeAll(async () => {
  server = await startTemporaryServer();
  await server.request("/api/admin/users/ada", {
    method: "PUT",
    key: server.adminKey,
    body: JSON.stringify({ password: "correct horse" }),
  });
});
afterAll(() => server.close());

function signIn(username: string, password: string): Promise<Response> {
  return server.request("/authorize", { method: "POST", body: new URLSearchParams({ username, password }) });
}

describe("pages of printed links", () => {
  it("say what the link names and how to read it", async () => {
    for (const [path, title, code] of [
      ["/", "Steelyard", "api.viewer"],
      ["/ada", "ada", "api.projects(&quot;ada&quot;)"],
      ["/ada/my%20p", "Project ada/my p", "api.runs(&quot;ada/my p&quot;"],
      ["/ada/p/runs/r1", "Run r1 of ada/p", "api.run(&quot;ada/p/r1&quot;)"],
      ["/ada/p/runs/r1/overview", "Run r1 of ada/p", "scan_history"],
      ["/ada/p/sweeps/s1", "Sweep s1 of ada/p", "api.sweep(&quot;ada/p/s1&quot;)"],
      [
        "/ada/p/artifacts/dataset/iris/v3",
        "Artifact ada/p/iris:v3",
        "api.artifact(&quot;ada/p/iris:v3&quot;)",
      ],
      ["/ada/p/workspace", "Project ada/p", "api.runs("],
      ["/ada/p/reports/A-first-look--Vmlldzo5OQ", "Report A first look of ada/p", "api.reports("],
      ["/ada/p/reports/--Vmlldzo5OQ", "Reports of ada/p", "api.reports("],
      ["/ada/p/reports/nonsense--%C3%BC", "Reports of ada/p", "api.reports("],
    ] as const) {
      const response = await server.request(path);
      const text = await response.text();
      expect(response.status).toBe(200);
      expect(text).toContain(`<h1>${title}</h1>`);
      expect(text).toContain(code);
    }
  });

  it("are the same whether or not there is such a thing", async () => {
    const there = (await (await server.request("/ada")).text()).replaceAll("ada", "X");
    const missing = (await (await server.request("/nobody")).text()).replaceAll("nobody", "X");
    expect(there).toBe(missing);
  });

  it("escape what stands in the address, and allow nothing to run", async () => {
    const hostile = encodeURIComponent('"><script>alert(1)</script>');
    const response = await server.request(`/ada/${hostile}/runs/${hostile}`);
    expect(await response.text()).not.toContain("<script");
    const policy = response.headers.get("content-security-policy");
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe-inline");
  });

  it("leave the server's own addresses alone", async () => {
    for (const path of [
      "/api/x",
      "/graphql",
      "/GraphQL/x",
      "/login",
      "/favicon.ico",
      "/robots.txt",
      "/sdk/x",
    ]) {
      expect((await server.request(path)).status).toBe(404);
    }
  });
});

describe("the key page", () => {
  it("shows a new key once to whoever knows the password", async () => {
    expect((await server.request("/authorize?ref=models")).status).toBe(200);
    const response = await signIn("ada", "correct horse");
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    const [key] = /local-[0-9a-f]{48}/.exec(await response.text()) ?? [];
    expect(await server.graphql("{ viewer { username } }", { key })).toEqual({
      data: { viewer: { username: "ada" } },
    });
  });

  it("says the same of a wrong password and of an unknown user, and slows guessing down", async () => {
    const wrong = await signIn("ada", "wrong horse");
    const unknown = await signIn("nobody", "wrong horse");
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(await wrong.text()).toBe(await unknown.text());
    const statuses = [];
    for (let index = 0; index < 11; index += 1) statuses.push((await signIn("eve", `guess ${index}`)).status);
    expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 401));
    expect(statuses[10]).toBe(429);
  });
});

describe("html", () => {
  it("escapes values and keeps HTML", () => {
    expect(html`<p title="${'"'}">${"<&'>"}${[html`<b>${"x"}</b>`, html`y`]}</p>`.text).toBe(
      '<p title="&quot;">&lt;&amp;&#39;&gt;<b>x</b>y</p>',
    );
  });
});

describe("links", () => {
  it("are read from the path alone", () => {
    expect(parseLink("")).toEqual({ kind: "home" });
    expect(parseLink("ada/")).toEqual({ kind: "entity", entity: "ada" });
    expect(parseLink("ada/p/artifacts")).toMatchObject({ kind: "artifact", name: undefined });
  });
});

describe("the page of a report", () => {
  const UPSERT = `mutation ($project: String, $spec: String, $access: String) {
    upsertModel(input: { name: $project, entityName: "ada", access: $access }) { inserted }
    upsertView(input: { entityName: "ada", projectName: $project, displayName: "<Findings>", spec: $spec }) {
      view { id }
    }
  }`;
  const SHARE = `mutation ($id: ID!) {
    createAccessToken(input: { viewId: $id, projects: [] }) { accessToken { token } }
  }`;
  const spec = JSON.stringify({
    blocks: [
      { type: "heading", level: 1, children: [{ text: "Why" }] },
      { type: "paragraph", children: [{ text: "It <falls>" }] },
      { type: "panel-grid", metadata: { secretive: true } },
    ],
  });

  async function write(key: string, access: string): Promise<string> {
    const variables = { project: `p-${access.toLowerCase()}`, spec, access };
    return find(await server.graphql(UPSERT, { key, variables }), "data", "upsertView", "view", "id");
  }

  it("shows the texts of a report of a public project to anyone, and of a private one by its link only", async () => {
    const key = await server.createUser("rita");
    await server.request("/api/admin/users/ada", { method: "PUT", key: server.adminKey, body: "{}" });
    const publicId = await write(server.adminKey, "USER_READ");
    const id = await write(server.adminKey, "PRIVATE");
    const answer = await server.graphql(SHARE, { key: server.adminKey, variables: { id } });
    const token = find(answer, "data", "createAccessToken", "accessToken", "token");
    const read = async (path: string): Promise<string> => (await server.request(path)).text();

    const shown = await read(`/ada/p-user_read/reports/Findings--${publicId}`);
    expect(shown).toContain("<h1>&lt;Findings&gt;</h1>");
    expect(shown).toContain("It &lt;falls&gt;");
    expect(shown).not.toContain("secretive");
    const address = `/ada/p-private/reports/Findings--${id}`;
    expect(await read(`${address}?accessToken=${token}`)).toContain("It &lt;falls&gt;");
    // Without the token, with a wrong one, and with that of another report: as if there were none.
    const hidden = await read(address);
    expect(hidden).toContain("Report Findings of ada/p-private");
    expect(hidden).not.toContain("falls");
    expect(await read(`${address}?accessToken=${"0".repeat(64)}`)).toBe(hidden);
    const other = find(
      await server.graphql(SHARE, { key: server.adminKey, variables: { id: publicId } }),
      "data",
      "createAccessToken",
      "accessToken",
      "token",
    );
    expect(await read(`${address}?accessToken=${other}`)).toBe(hidden);
    expect(await server.graphql(`{ view(id: "${id}") { id } }`, { key })).toEqual({ data: { view: null } });
  });
});

/** The text at a place of an answer. */
function find(answer: unknown, ...path: readonly string[]): string {
  let value = answer;
  for (const step of path) {
    if (typeof value !== "object" || value === null) throw new Error(`no ${step}: ${JSON.stringify(answer)}`);
    value = Reflect.get(value, step);
  }
  if (typeof value !== "string") throw new Error(`no text: ${JSON.stringify(answer)}`);
  return value;
}
