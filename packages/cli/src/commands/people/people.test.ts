// The commands about people, against a real server in this process.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedServer } from "@steelyard/server";
import type { EmbeddedServer } from "@steelyard/server";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { main } from "../../main.ts";
import { readKeyFlags } from "./key-flags.ts";

const KEY = `local-${"0a".repeat(24)}`;

let folder: string;
let server: EmbeddedServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "steelyard-people-"));
  server = await startEmbeddedServer({ dataFolder: folder, port: 0, adminApiKey: KEY });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = undefined;
});

/** What a command printed; `key` is whose it is. */
async function run(
  args: readonly string[],
  key = KEY,
): Promise<{ output: string; error: string; code: number }> {
  const print = vi.spyOn(console, "log").mockImplementation(() => undefined);
  const complain = vi.spyOn(console, "error").mockImplementation(() => undefined);
  vi.stubEnv("WANDB_BASE_URL", server.urls.at(-1) ?? "");
  vi.stubEnv("WANDB_API_KEY", key);
  print.mockClear();
  complain.mockClear();
  process.exitCode = undefined;
  await main(["node", "steelyard", ...args], process.env);
  const textOf = (calls: readonly (readonly unknown[])[]): string =>
    calls.map(([text]) => String(text)).join("\n");
  const result = {
    output: textOf(print.mock.calls),
    error: textOf(complain.mock.calls),
    code: exitCode(),
  };
  process.exitCode = undefined;
  return result;
}

function exitCode(): number {
  return typeof process.exitCode === "number" ? process.exitCode : 0;
}

async function json(args: readonly string[]): Promise<unknown> {
  const { output, error, code } = await run([...args, "--json"]);
  expect({ error, code }).toEqual({ error: "", code: 0 });
  return JSON.parse(output);
}

describe("the commands about people", () => {
  it("make, list, invite and delete users", async () => {
    expect((await run(["users", "create", "ada@example.org"])).output).toContain("ada is made");
    expect(await json(["users", "list", "ada"])).toMatchObject([
      { username: "ada", email: "ada@example.org" },
    ]);
    expect((await run(["users", "list"])).output).toMatch(/user +e-mail[^]*ada +ada@example\.org/);
    const invited = await run(["users", "invite", "ada"]);
    expect(invited.output).toMatch(/\/authorize\/invite\/[0-9a-f]{64}/);
    expect(invited.output).toContain("It was not mailed; hand it on.");
    expect(await json(["users", "create", "gone@example.org", "--admin"])).toMatchObject({ admin: true });
    expect(await json(["users", "delete", "gone"])).toEqual({ deleted: "gone" });
    const missing = await run(["users", "delete", "gone"]);
    expect(missing).toMatchObject({ error: 'There is no user "gone".', code: 1 });
  });

  it("make teams, say who is in them, and make service accounts", async () => {
    await run(["users", "create", "bob@example.org"]);
    expect((await run(["teams", "create", "vision"])).output).toBe("vision is made.");
    expect((await run(["teams", "invite", "vision", "bob", "--role", "viewer"])).output).toContain(
      "is in vision",
    );
    expect((await run(["teams", "role", "vision", "bob", "member"])).output).toContain(
      "bob is member of vision",
    );
    const account = await run(["teams", "service-account", "vision", "nightly", "--expires", "30d"]);
    expect(account.output).toMatch(/^local-[0-9a-f]{48}$/);
    expect(await json(["teams", "show", "vision"])).toMatchObject([
      { username: "admin", role: "admin" },
      { username: "bob", role: "member" },
      { name: "nightly", accountType: "SERVICE" },
    ]);
    expect((await run(["teams", "list"])).output).toMatch(/vision +steelyard +2 people/);
    expect((await run(["teams", "remove", "vision", "bob"])).output).toContain(
      "bob is not in vision any more",
    );
    expect(await run(["teams", "role", "vision", "bob", "owner"])).toMatchObject({ code: 1 });
    expect(await json(["teams", "delete", "vision"])).toEqual({ deleted: "vision" });
  });

  it("list, renew and withdraw invitations", async () => {
    await run(["teams", "create", "audio"]);
    expect(await json(["teams", "invite", "audio", "new@example.org"])).toMatchObject({ team: "audio" });
    const listed = await run(["invites", "list", "--team", "audio", "--json"]);
    const [, id = ""] = /"id": ?"([^"]+)"/.exec(listed.output) ?? [];
    expect(listed.output).toContain('"link":null');
    expect((await run(["invites", "renew", id])).output).toMatch(/\/authorize\/invite\//);
    expect((await run(["invites", "withdraw", id, "--team", "audio"])).output).toBe("It is withdrawn.");
    expect((await run(["invites", "list", "--team", "audio"])).output).toBe("No open invitations.");
    expect(await run(["invites", "withdraw", id])).toMatchObject({ code: 1 });
  });

  it("make, list and delete keys, and tell what a key may not do", async () => {
    const { output: key } = await run(["keys", "create", "--scope", "read", "--description", "a reader"]);
    expect(key).toMatch(/^local-[0-9a-f]{48}$/);
    expect((await run(["keys", "list"])).output).toMatch(/read +all projects +never ends +a reader/);
    const refused = await run(["keys", "create"], key);
    expect(refused.code).toBe(1);
    expect(refused.error).toContain('has the scope "read"; "write" is needed');
    const stranger = await run(["users", "create", "x@example.org"], key);
    expect(stranger.code).toBe(1);
    expect((await run(["keys", "delete", key])).output).toBe("It is deleted.");
    expect(await run(["keys", "delete", key])).toMatchObject({ code: 1 });
    const forAda = await run([
      "keys",
      "create",
      "--user",
      "ada",
      "--scope",
      "append",
      "--expires",
      "2090-01-31",
    ]);
    expect(forAda.output).toMatch(/^local-/);
    expect(await json(["keys", "list", "--user", "ada"])).toMatchObject([
      { scope: "append", expiresAt: "2090-01-31T00:00:00.000Z" },
    ]);
  });

  it("explain themselves", async () => {
    const write = vi.spyOn(process.stdout, "write").mockImplementation(() => true);
    for (const command of ["users", "teams", "keys", "invites"]) await run([command, "--help"]);
    const help = write.mock.calls.map(([text]) => String(text)).join("");
    for (const example of [
      "users invite",
      "teams service-account",
      "keys create --scope append",
      "invites renew",
    ])
      expect(help).toContain(`steelyard ${example}`);
  });
});

describe("the end of a key", () => {
  const now = Date.parse("2026-03-01T00:00:00Z");
  it.each([
    ["30d", "2026-03-31T00:00:00.000Z"],
    ["12h", "2026-03-01T12:00:00.000Z"],
    ["90m", "2026-03-01T01:30:00.000Z"],
    ["2027-01-31", "2027-01-31T00:00:00.000Z"],
  ])("%s", (expires, end) => {
    expect(readKeyFlags({ expires }, now).expiresAt?.toISOString()).toBe(end);
  });

  it("is refused when it is nonsense", () => {
    for (const expires of ["soon", "30", "d", "2027-13-45"])
      expect(() => readKeyFlags({ expires }, now)).toThrow(/--expires/);
    expect(() => readKeyFlags({ scope: "all" }, now)).toThrow(/scope/);
  });
});
