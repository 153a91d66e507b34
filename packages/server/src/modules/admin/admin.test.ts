import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTemporaryServer } from "../../presets/embedded/temporary.ts";
import type { TemporaryServer } from "../../presets/embedded/temporary.ts";

let server: TemporaryServer;

beforeAll(async () => {
  server = await startTemporaryServer();
});
afterAll(() => server.close());

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function call(method: string, path: string, body?: unknown, key = server.adminKey): Promise<Answer> {
  const response = await server.request(`/api/admin${path}`, {
    method,
    key,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
}

const BROUGHT = `abc-${"d".repeat(40)}`;

describe("the operator's interface", () => {
  it("makes a user and answers the same when it is asked again", async () => {
    const body = { email: "ada@example.com", admin: false, password: "correct horse", apiKey: BROUGHT };
    const ada = { username: "ada", email: "ada@example.com", admin: false };
    expect(await call("PUT", "/users/ada", body)).toEqual({ status: 201, body: ada });
    expect(await call("PUT", "/users/ada", body)).toEqual({ status: 200, body: ada });
    expect(await call("PUT", "/users/ada")).toEqual({ status: 200, body: ada });
    expect(await call("GET", "/users/ADA")).toEqual({ status: 200, body: ada });
    expect(await server.graphql("{ viewer { username email } }", { key: BROUGHT })).toEqual({
      data: { viewer: { username: "ada", email: "ada@example.com" } },
    });
    const all = await call("GET", "/users");
    expect(all.body).toEqual({ users: [ada, { username: "admin", email: null, admin: true }] });
    expect(JSON.stringify(all.body)).not.toContain("d".repeat(4));
  });

  it("says how long artifacts live in an entity, and what was given back", async () => {
    expect(await call("GET", "/artifacts/ttl/admin")).toEqual({ status: 200, body: { seconds: null } });
    expect(await call("PUT", "/artifacts/ttl/admin", { seconds: 3600 })).toMatchObject({ status: 200 });
    expect((await call("GET", "/artifacts/ttl/admin")).body).toEqual({ seconds: 3600 });
    expect(await call("PUT", "/artifacts/ttl/admin", { seconds: 0 })).toMatchObject({ status: 400 });
    expect(await call("GET", "/artifacts/ttl/nobody")).toMatchObject({ status: 404 });
    expect(await call("PUT", "/artifacts/ttl/admin", { seconds: null })).toMatchObject({ status: 200 });
    const removals = await call("GET", "/artifacts/removals?since=2026-01-01");
    expect(removals).toEqual({ status: 200, body: { removals: [] } });
    expect(await call("GET", "/artifacts/removals?since=soon")).toMatchObject({ status: 400 });
    const ada = await call("GET", "/artifacts/removals", undefined, BROUGHT);
    expect([401, 403, 404]).toContain(ada.status);
  });

  it("makes organizations and teams with their members as a whole", async () => {
    await call("PUT", "/users/bob", {});
    const members = [
      { username: "ada", role: "admin" },
      { username: "bob", role: "viewer" },
    ];
    expect(await call("PUT", "/organizations/acme", { members })).toEqual({
      status: 201,
      body: { name: "acme", members },
    });
    const team = { organization: "acme", members };
    expect(await call("PUT", "/teams/vision", team)).toEqual({
      status: 201,
      body: { name: "vision", ...team },
    });
    const fewer = { organization: "acme", members: members.slice(1) };
    expect(await call("PUT", "/teams/vision", fewer)).toEqual({
      status: 200,
      body: { name: "vision", ...fewer },
    });
    expect(await call("GET", "/teams/vision")).toEqual({ status: 200, body: { name: "vision", ...fewer } });
    expect((await call("GET", "/teams")).body).toEqual({ teams: [{ name: "vision", ...fewer }] });
    expect((await call("GET", "/organizations/acme")).status).toBe(200);
    expect((await call("GET", "/organizations")).body).toMatchObject({
      organizations: [{ name: "acme" }, { name: "steelyard" }],
    });
    expect(await call("DELETE", "/organizations/acme")).toMatchObject({
      status: 409,
      body: { error: { code: "conflict" } },
    });
    expect((await call("DELETE", "/teams/vision")).status).toBe(204);
    expect((await call("DELETE", "/organizations/acme")).status).toBe(204);
  });

  it("deletes a user, whose key stops working, and may be asked again", async () => {
    const key = await server.createUser("leaver");
    expect(await server.graphql("{ viewer { username } }", { key })).toHaveProperty("data.viewer.username");
    expect((await call("DELETE", "/users/leaver")).status).toBe(204);
    expect((await call("DELETE", "/users/leaver")).status).toBe(204);
    expect((await call("GET", "/users/leaver")).status).toBe(404);
    const response = await server.request("/graphql", { method: "POST", key, body: "{}" });
    expect(response.status).toBe(401);
  });

  it("names the field that is at fault", async () => {
    for (const [path, body, status, field] of [
      ["/users/eve", { apiKey: "short" }, 400, "apiKey"],
      ["/users/eve", { email: 1 }, 400, "email"],
      ["/users/eve", { emial: "x@y.z" }, 400, "emial"],
      ["/users/eve", { password: "x" }, 400, "password"],
      ["/users/api", {}, 400, "entity"],
      ["/organizations/o", {}, 400, "members"],
      ["/organizations/o", { members: [{ username: "ada", role: "owner" }] }, 400, "members.0.role"],
      ["/organizations/o", { members: [{ username: "nobody", role: "admin" }] }, 404, "members[0].username"],
      ["/teams/t", { members: [] }, 400, "organization"],
      ["/teams/t", { organization: "nothing", members: [] }, 404, "organization"],
      ["/teams/admin", { organization: "steelyard", members: [] }, 409, "name"],
    ] as const) {
      expect(await call("PUT", path, body)).toMatchObject({ status, body: { error: { field } } });
    }
    expect((await call("GET", "/users/eve")).status).toBe(404);
  });

  it("refuses bodies that are not JSON objects", async () => {
    for (const body of ["{", "[]", "1", '"x"']) {
      const response = await server.request("/api/admin/users/eve", {
        method: "PUT",
        key: server.adminKey,
        body,
      });
      expect(response.status).toBe(400);
    }
  });

  it("is closed to everybody else before anything is looked at", async () => {
    const key = await server.createUser("mallory");
    for (const [method, path] of [
      ["PUT", "/users/mallory"],
      ["DELETE", "/users/ada"],
      ["GET", "/users"],
      ["PUT", "/teams/t"],
      ["GET", "/organizations"],
    ] as const) {
      expect((await call(method, path, undefined, key)).status).toBe(403);
      const anonymous = await server.request(`/api/admin${path}`, { method });
      expect(anonymous.status).toBe(401);
    }
  });
});
