// What every store of accounts and keys must do.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { NewApiKey, UserStore } from "@steelyard/server";
import { NOW, createUser } from "./identity-under-test.ts";
import type { IdentityUnderTest } from "./identity-under-test.ts";

const LATER = "2026-03-02T10:00:00.000Z";

function newKey(userId: number, hash: string, changes: Partial<NewApiKey> = {}): NewApiKey {
  return {
    userId,
    hash,
    mask: `${hash}...`,
    description: null,
    scope: "admin",
    projectId: null,
    expiresAt: null,
    createdAt: NOW,
    ...changes,
  };
}

/** Declares the suite; `create` is called before each test. */
export function describeUserStore(name: string, create: () => Promise<IdentityUnderTest>): void {
  describe(name, () => {
    let under: IdentityUnderTest;
    let users: UserStore;

    beforeEach(async () => {
      under = await create();
      users = under.users;
    });
    afterEach(() => under.close());

    it("creates a user with a personal entity of the same name", async () => {
      const ada = await createUser(users, "Ada", "Ada@Example.com");
      expect(ada).toMatchObject({
        username: "Ada",
        email: "Ada@Example.com",
        isAdmin: false,
        deletedAt: null,
      });
      expect(await under.entities.find({ entityId: ada.entityId })).toMatchObject({
        name: "Ada",
        kind: "user",
      });
    });

    it("finds a user by id, name or e-mail address without regard to case", async () => {
      const ada = await createUser(users, "Ada", "Ada@Example.com");
      expect(await users.find({ userId: ada.id })).toEqual(ada);
      expect(await users.find({ username: "aDA" })).toEqual(ada);
      expect(await users.find({ email: "ada@example.COM" })).toEqual(ada);
      expect(await users.find({ username: "bob" })).toBeUndefined();
    });

    it("compares names in any script and any composition of letters", async () => {
      await createUser(users, "J\u00fcRGEN");
      expect(await users.find({ username: "ju\u0308rgen" })).toMatchObject({ username: "J\u00fcRGEN" });
    });

    it("refuses a name that a user, a team or an organization's entity has", async () => {
      await createUser(users, "ada");
      await under.entities.putTeam({ name: "vision", organizationId: null, members: [], createdAt: NOW });
      await under.entities.putOrganization({ name: "acme", members: [], createdAt: NOW });
      for (const taken of ["ADA", "Vision", "acme-org"]) {
        await expect(createUser(users, taken)).rejects.toMatchObject({
          code: "already_exists",
          field: "username",
        });
      }
      expect(await users.list()).toHaveLength(1);
    });

    it("refuses an e-mail address that another user has, and keeps one's own", async () => {
      const ada = await createUser(users, "ada", "ada@example.com");
      const bob = await createUser(users, "bob", "bob@example.com");
      const taken = { code: "already_exists", field: "email" };
      await expect(createUser(users, "eve", "ADA@example.com")).rejects.toMatchObject(taken);
      await expect(users.update({ userId: bob.id, email: "ada@example.com" })).rejects.toMatchObject(taken);
      expect(await users.update({ userId: ada.id, email: "ADA@example.com" })).toMatchObject({
        email: "ADA@example.com",
      });
    });

    it("lets several users be without an e-mail address", async () => {
      await createUser(users, "ada");
      await createUser(users, "bob");
      expect((await users.list()).map((user) => user.username)).toEqual(["ada", "bob"]);
    });

    it("changes what is given and leaves the rest alone", async () => {
      const ada = await createUser(users, "ada", "ada@example.com");
      expect(await users.update({ userId: ada.id, isAdmin: true })).toEqual({ ...ada, isAdmin: true });
      expect(await users.update({ userId: ada.id })).toEqual({ ...ada, isAdmin: true });
      expect(await users.update({ userId: ada.id, email: null, name: "Ada L." })).toEqual({
        ...ada,
        isAdmin: true,
        email: null,
        name: "Ada L.",
      });
      await expect(users.update({ userId: 999, name: "x" })).rejects.toMatchObject({ code: "not_found" });
    });

    it("hides a deleted user and takes keys, password and memberships away", async () => {
      const ada = await createUser(users, "ada", "ada@example.com");
      const { entity } = await under.entities.putTeam({
        name: "vision",
        organizationId: null,
        members: [{ userId: ada.id, role: "member" }],
        createdAt: NOW,
      });
      await users.addKey(newKey(ada.id, "h1"));
      await users.setPassword({ userId: ada.id, hash: "secret" });

      await users.delete({ userId: ada.id, deletedAt: LATER });
      await users.delete({ userId: ada.id, deletedAt: LATER });

      expect(await users.find({ userId: ada.id })).toBeUndefined();
      expect(await users.find({ username: "ada" })).toBeUndefined();
      expect(await users.list()).toEqual([]);
      expect(await users.findKey({ hash: "h1" })).toBeUndefined();
      expect(await users.findPassword({ userId: ada.id })).toBeUndefined();
      expect(await under.entities.teamMembers({ entityId: entity.id })).toEqual([]);
    });

    it("brings a deleted user back with the old entity when the name is used again", async () => {
      const ada = await createUser(users, "ada", "ada@example.com");
      await users.addKey(newKey(ada.id, "h1"));
      await users.delete({ userId: ada.id, deletedAt: LATER });
      await createUser(users, "bob", "ada@example.com");
      const again = await createUser(users, "Ada", "other@example.com");
      expect(again).toEqual({ ...ada, username: "Ada", name: "Ada", email: "other@example.com" });
      expect(await users.listKeys({ userId: again.id })).toEqual([]);
    });

    it("finds the key of a hash or number with its user", async () => {
      const ada = await createUser(users, "ada");
      const limits = { scope: "append", projectId: 7, expiresAt: LATER, description: "for CI" } as const;
      const key = await users.addKey(newKey(ada.id, "h1", limits));
      expect(key).toMatchObject({ userId: ada.id, mask: "h1...", ...limits });
      expect(await users.findKey({ hash: "h1" })).toEqual({ key, user: ada });
      expect(await users.findKey({ keyId: key.id })).toEqual({ key, user: ada });
      expect(await users.findKey({ hash: "h2" })).toBeUndefined();
    });

    it("keeps one's own key that comes again and refuses another user's", async () => {
      const ada = await createUser(users, "ada");
      const bob = await createUser(users, "bob");
      const key = await users.addKey(newKey(ada.id, "h1"));
      expect(await users.addKey(newKey(ada.id, "h1", { scope: "read" }))).toEqual(key);
      await expect(users.addKey(newKey(bob.id, "h1"))).rejects.toMatchObject({ code: "already_exists" });
      await expect(users.addKey(newKey(999, "h9"))).rejects.toMatchObject({ code: "not_found" });
    });

    it("lists a user's keys, oldest first, and deletes only the user's own", async () => {
      const ada = await createUser(users, "ada");
      const bob = await createUser(users, "bob");
      const first = await users.addKey(newKey(ada.id, "h1"));
      const second = await users.addKey(newKey(ada.id, "h2"));
      expect(await users.listKeys({ userId: ada.id })).toEqual([first, second]);
      expect(await users.deleteKey({ userId: bob.id, keyId: first.id })).toBe(false);
      expect(await users.deleteKey({ userId: ada.id, keyId: first.id })).toBe(true);
      expect(await users.deleteKey({ userId: ada.id, keyId: first.id })).toBe(false);
      expect(await users.listKeys({ userId: ada.id })).toEqual([second]);
    });

    it("keeps the last password that was set", async () => {
      const ada = await createUser(users, "ada");
      expect(await users.findPassword({ userId: ada.id })).toBeUndefined();
      await users.setPassword({ userId: ada.id, hash: "one" });
      await users.setPassword({ userId: ada.id, hash: "two" });
      expect(await users.findPassword({ userId: ada.id })).toBe("two");
      await expect(users.setPassword({ userId: 999, hash: "x" })).rejects.toMatchObject({
        code: "not_found",
      });
    });
  });
}
