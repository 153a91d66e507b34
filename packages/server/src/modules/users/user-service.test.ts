import { encodeGlobalId } from "@steelyard/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CryptoIdSource } from "../../adapters/node/crypto-id-source.ts";
import { SqlEntityStore } from "../../adapters/sql/sql-entity-store.ts";
import { SqlProjectMemberStore } from "../../adapters/sql/sql-project-member-store.ts";
import { SqlProjectStore } from "../../adapters/sql/sql-project-store.ts";
import { SqlUserStore } from "../../adapters/sql/sql-user-store.ts";
import { openTemporaryMetadata } from "../../adapters/sqlite/temporary.ts";
import { Access } from "../access/access.ts";
import { ANONYMOUS } from "../access/caller.ts";
import type { UserCaller } from "../access/caller.ts";
import { ApiKeyIssuer } from "./api-key-issuer.ts";
import { ApiKeyService } from "./api-key-service.ts";
import { AuthenticationService } from "./authentication-service.ts";
import { ProjectService } from "../projects/project-service.ts";
import { SetupService } from "./setup-service.ts";
import { SignIn } from "./sign-in.ts";
import type { User } from "./user.ts";
import { UserService } from "./user-service.ts";

const BROUGHT = `local-${"b".repeat(40)}`;

class SettableClock {
  instant = "2026-03-01T10:00:00.000Z";
  now(): string {
    return this.instant;
  }
}

async function createServices() {
  const database = await openTemporaryMetadata();
  const stores = {
    users: new SqlUserStore(database),
    entities: new SqlEntityStore(database),
    projects: new SqlProjectStore(database),
    members: new SqlProjectMemberStore(database),
  };
  const clock = new SettableClock();
  const ids = new CryptoIdSource();
  const authentication = new AuthenticationService({ users: stores.users, clock });
  const access = new Access(stores);
  const setup = new SetupService({ ...stores, clock, ids });
  const issuer = new ApiKeyIssuer({ ...stores, clock, ids });
  const signIn = new SignIn({ ...stores, clock, ids });
  const projects = new ProjectService({ ...stores, access, clock });
  const users = new UserService({ ...stores, access, authentication, issuer, clock, ids });
  const keys = new ApiKeyService({ ...stores, access, projects, authentication, issuer, signIn, clock });
  return { database, stores, clock, authentication, setup, users, keys };
}

let under: Awaited<ReturnType<typeof createServices>>;
let admin: UserCaller;

beforeEach(async () => {
  under = await createServices();
  const { administrator } = await under.setup.prepare({});
  admin = callerOf(administrator);
});
afterEach(() => under.database.close());

function callerOf(user: User, limits: Partial<UserCaller> = {}): UserCaller {
  return { kind: "user", user, scope: "admin", onlyProjectId: null, ...limits };
}

async function createUser(username: string): Promise<UserCaller> {
  return callerOf((await under.users.put(admin, { username })).user);
}

describe("the first set-up", () => {
  it("makes an administrator with a key, and an organization with an entity", async () => {
    const fresh = await createServices();
    const { administrator, newApiKey } = await fresh.setup.prepare({});
    expect(administrator).toMatchObject({ username: "admin", isAdmin: true });
    expect(newApiKey).toMatch(/^local-[0-9a-f]{48}$/);
    expect(await fresh.authentication.authenticate(newApiKey)).toMatchObject({ user: { username: "admin" } });
    const [organization] = await fresh.stores.entities.organizationsOf({ userId: administrator.id });
    expect(organization).toMatchObject({ name: "steelyard" });
    expect(await fresh.setup.prepare({})).toEqual({ administrator, newApiKey: undefined });
    expect(await fresh.stores.entities.listOrganizations()).toHaveLength(1);
    await fresh.database.close();
  });

  it("adds a key that is given on a later start, once", async () => {
    await under.setup.prepare({ adminApiKey: BROUGHT });
    await under.setup.prepare({ adminApiKey: BROUGHT });
    expect(await under.keys.list(admin, admin.user)).toHaveLength(2);
    expect(await under.authentication.authenticate(BROUGHT)).toMatchObject({ user: { username: "admin" } });
  });

  it("does not make an administrator of somebody by name", async () => {
    await createUser("ada");
    await expect(under.setup.prepare({ adminUsername: "ada" })).rejects.toMatchObject({ code: "conflict" });
  });

  it("keeps another administrator when the first was renamed away", async () => {
    await under.users.put(admin, { username: "grace", admin: true });
    await under.users.delete(admin, "admin");
    const { administrator } = await under.setup.prepare({});
    expect(administrator.username).toBe("grace");
  });
});

describe("API keys", () => {
  it("are told once, and later only by a mask", async () => {
    const ada = await createUser("ada");
    const { key, text } = await under.keys.generate(ada, { description: "laptop" });
    expect(text).toMatch(/^local-[0-9a-f]{48}$/);
    expect(key).toMatchObject({ description: "laptop", mask: `${text.slice(6, 10)}...${text.slice(-4)}` });
    expect(await under.keys.list(ada, ada.user)).toEqual([key]);
    expect(JSON.stringify(await under.stores.users.listKeys({ userId: ada.user.id }))).not.toContain(text);
  });

  it("can do no more and live no longer than the key that made them", async () => {
    const ada = await createUser("ada");
    const expiresAt = "2026-03-02T10:00:00.000Z";
    const limits = { scope: "write", onlyProjectId: 7, expiresAt } as const;
    const { key } = await under.keys.generate({ ...ada, ...limits }, { description: null });
    expect(key).toMatchObject({ scope: "write", projectId: 7, expiresAt });
    for (const scope of ["read", "append"] as const) {
      const making = under.keys.generate({ ...ada, scope }, { description: null });
      await expect(making).rejects.toMatchObject({ code: "permission_denied" });
    }
    await expect(under.keys.generate(ANONYMOUS, { description: null })).rejects.toMatchObject({
      code: "unauthenticated",
    });
  });

  it("are deleted by id, mask or text, at once, and only one's own", async () => {
    const ada = await createUser("ada");
    const eve = await createUser("eve");
    for (const nameOf of [
      (made: { text: string }) => made.text,
      (made: { key: { mask: string } }) => made.key.mask,
      (made: { key: { id: number } }) => encodeGlobalId("ApiKey", made.key.id),
    ]) {
      const made = await under.keys.generate(ada, { description: null });
      expect(await under.authentication.authenticate(made.text)).toMatchObject({ user: { username: "ada" } });
      expect(await under.keys.delete(eve, nameOf(made))).toBe(false);
      expect(await under.keys.delete(ada, nameOf(made))).toBe(true);
      expect(await under.keys.delete(ada, nameOf(made))).toBe(false);
      await expect(under.authentication.authenticate(made.text)).rejects.toMatchObject({
        code: "unauthenticated",
      });
    }
  });

  it("of others are deleted by administrators, by text or id", async () => {
    const ada = await createUser("ada");
    const { text, key } = await under.keys.generate(ada, { description: null });
    expect(await under.keys.delete(admin, key.mask)).toBe(false);
    expect(await under.keys.delete(admin, text)).toBe(true);
  });

  it("stop working when they expire or their user is deleted", async () => {
    const ada = await createUser("ada");
    const expiresAt = "2026-03-01T11:00:00.000Z";
    const { text } = await under.keys.generate({ ...ada, expiresAt }, { description: null });
    await under.authentication.authenticate(text);
    under.clock.instant = expiresAt;
    await expect(under.authentication.authenticate(text)).rejects.toThrow("The API key has expired");

    const other = await under.keys.generate(ada, { description: null });
    await under.authentication.authenticate(other.text);
    await under.users.delete(admin, "ada");
    await expect(under.authentication.authenticate(other.text)).rejects.toThrow("The API key is not valid");
  });

  it("that were looked up while they were deleted are not remembered", async () => {
    const ada = await createUser("ada");
    const { text } = await under.keys.generate(ada, { description: null });
    under.authentication.forget();
    const [lookUp] = await Promise.allSettled([
      under.authentication.authenticate(text),
      under.keys.delete(ada, text),
    ]);
    expect(["fulfilled", "rejected"]).toContain(lookUp.status);
    await expect(under.authentication.authenticate(text)).rejects.toMatchObject({ code: "unauthenticated" });
  });
});

describe("accounts", () => {
  it("are made, changed and deleted by administrators only", async () => {
    const ada = await createUser("ada");
    const limited = { ...admin, scope: "write" } as const;
    for (const caller of [ANONYMOUS, ada, limited]) {
      await expect(under.users.put(caller, { username: "x" })).rejects.toHaveProperty("code");
      await expect(under.users.delete(caller, "ada")).rejects.toHaveProperty("code");
      await expect(under.users.list(caller)).rejects.toHaveProperty("code");
      await expect(under.users.create(caller, { email: "x@y.z", admin: false })).rejects.toHaveProperty(
        "code",
      );
    }
  });

  it("bring a key along, which is refused before anything is made when clients would refuse it", async () => {
    const { created } = await under.users.put(admin, { username: "ada", apiKey: BROUGHT });
    expect(created).toBe(true);
    expect(await under.authentication.authenticate(BROUGHT)).toMatchObject({ user: { username: "ada" } });
    for (const [apiKey, code] of [
      ["too-short", "invalid_argument"],
      [BROUGHT, "already_exists"],
    ] as const) {
      const put = under.users.put(admin, { username: "eve", apiKey });
      await expect(put).rejects.toMatchObject({ code, field: "apiKey" });
    }
    expect(await under.users.findByName(admin, "eve")).toBeUndefined();
  });

  it("are named by the e-mail address and join the only organization", async () => {
    const user = await under.users.create(admin, { email: "grace.hopper@example.com", admin: true });
    expect(user).toMatchObject({ username: "grace.hopper", isAdmin: true });
    expect(await under.stores.entities.organizationsOf({ userId: user.id })).toHaveLength(1);
    await expect(under.users.create(admin, { email: "nobody", admin: false })).rejects.toMatchObject({
      field: "email",
    });
  });

  it("cannot have names that are addresses of the server", async () => {
    for (const username of ["api", "GraphQL", "files", "a/b", ""]) {
      await expect(under.users.put(admin, { username })).rejects.toMatchObject({ code: "invalid_argument" });
    }
  });

  it("keep their last administrator", async () => {
    await expect(under.users.delete(admin, "admin")).rejects.toMatchObject({ code: "conflict" });
    await expect(under.users.put(admin, { username: "admin", admin: false })).rejects.toMatchObject({
      code: "conflict",
    });
    await under.users.put(admin, { username: "grace", admin: true });
    expect(await under.users.delete(admin, "admin")).toBe(true);
    expect(await under.users.delete(callerOf(admin.user), "admin")).toBe(false);
  });

  it("show private facts to themselves and to administrators", async () => {
    const ada = await createUser("ada");
    const eve = await createUser("eve");
    expect(under.users.canSeePrivate(ada, ada.user)).toBe(true);
    expect(under.users.canSeePrivate(admin, ada.user)).toBe(true);
    expect(under.users.canSeePrivate(eve, ada.user)).toBe(false);
    expect(await under.keys.list(eve, ada.user)).toBeUndefined();
  });
});

describe("signing in with a password", () => {
  const request = { username: "ada", password: "correct horse" };

  it("makes a key for whoever knows it", async () => {
    await under.users.put(admin, { ...request });
    const made = await under.keys.generateByPassword(request, "10.0.0.1");
    expect(await under.authentication.authenticate(made?.text ?? "")).toMatchObject({
      user: { username: "ada" },
    });
    for (const wrong of [
      { ...request, password: "wrong horse" },
      { ...request, username: "nobody" },
      { username: "admin", password: "" },
    ]) {
      expect(await under.keys.generateByPassword(wrong, "10.0.0.1")).toBeUndefined();
    }
  });

  it("refuses short passwords", async () => {
    await expect(under.users.put(admin, { username: "ada", password: "short" })).rejects.toMatchObject({
      field: "password",
    });
  });
});
