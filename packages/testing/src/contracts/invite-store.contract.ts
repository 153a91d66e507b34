// What every store of invitations must do.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { InviteStore, NewInvite, NewUser, User } from "@steelyard/server";
import { NOW, createUser } from "./identity-under-test.ts";
import type { IdentityUnderTest } from "./identity-under-test.ts";

const END = "2026-03-08T10:00:00.000Z";

/** Declares the suite; `create` is called before each test. */
export function describeInviteStore(name: string, create: () => Promise<IdentityUnderTest>): void {
  describe(name, () => {
    let under: IdentityUnderTest;
    let invites: InviteStore;
    let ada: User;
    let teamId: number;

    beforeEach(async () => {
      under = await create();
      invites = under.invites;
      ada = await createUser(under.users, "ada");
      const members = [{ userId: ada.id, role: "admin" }] as const;
      const team = { name: "vision", organizationId: null, members, createdAt: NOW };
      teamId = (await under.entities.putTeam(team)).entity.id;
    });
    afterEach(() => under.close());

    function newInvite(fields: Partial<NewInvite> = {}): NewInvite {
      return {
        tokenHash: "hash",
        email: "bob@example.org",
        userId: null,
        entityId: teamId,
        role: "member",
        createdByUserId: ada.id,
        createdAt: NOW,
        expiresAt: END,
        ...fields,
      };
    }

    function account(username: string): NewUser {
      return {
        username,
        name: username,
        email: "bob@example.org",
        isAdmin: false,
        accountType: "USER",
        createdAt: NOW,
      };
    }

    it("finds an invitation by number or link until it ends", async () => {
      const invite = await invites.create(newInvite());
      expect(await invites.find({ inviteId: invite.id, now: NOW })).toEqual(invite);
      expect(await invites.find({ tokenHash: "hash", now: NOW })).toEqual(invite);
      expect(await invites.find({ tokenHash: "hash", now: END })).toBeUndefined();
      expect(await invites.find({ tokenHash: "another", now: NOW })).toBeUndefined();
      expect(invite).toMatchObject({ email: "bob@example.org", role: "member", entityId: teamId });
    });

    it("lists open invitations of a team or of all, oldest first", async () => {
      const first = await invites.create(newInvite());
      const second = await invites.create(newInvite({ tokenHash: "2", entityId: null }));
      expect(await invites.list({ now: NOW })).toEqual([first, second]);
      expect(await invites.list({ entityId: teamId, now: NOW })).toEqual([first]);
      expect(await invites.list({ now: END })).toEqual([]);
    });

    it("keeps one open invitation for a person and place", async () => {
      await invites.create(newInvite());
      const again = invites.create(newInvite({ tokenHash: "2", email: "BOB@example.org" }));
      await expect(again).rejects.toMatchObject({ code: "already_exists" });
      await invites.create(newInvite({ tokenHash: "3", entityId: null }));
      const later = newInvite({ tokenHash: "4", createdAt: END, expiresAt: "2026-03-09T10:00:00.000Z" });
      expect(await invites.create(later)).toMatchObject({ createdAt: END });
    });

    it("renews an invitation, which makes the old link void", async () => {
      const { id: inviteId } = await invites.create(newInvite());
      const renewed = await invites.renew({
        inviteId,
        tokenHash: "new",
        expiresAt: "2026-04-01T00:00:00.000Z",
      });
      expect(renewed).toMatchObject({ id: inviteId, expiresAt: "2026-04-01T00:00:00.000Z" });
      expect(await invites.find({ tokenHash: "hash", now: NOW })).toBeUndefined();
      expect(await invites.find({ tokenHash: "new", now: NOW })).toEqual(renewed);
      expect(await invites.renew({ inviteId: 99, tokenHash: "x", expiresAt: END })).toBeUndefined();
    });

    it("withdraws an invitation once", async () => {
      const { id: inviteId } = await invites.create(newInvite());
      expect(await invites.delete({ inviteId })).toBe(true);
      expect(await invites.delete({ inviteId })).toBe(false);
      expect(
        await invites.accept({ tokenHash: "hash", now: NOW, guest: { userId: ada.id } }),
      ).toBeUndefined();
    });

    it("makes the account of a guest, with password and team, once", async () => {
      await invites.create(newInvite({ role: "viewer" }));
      const coming = { tokenHash: "hash", now: NOW, guest: { account: account("bob") }, passwordHash: "p" };
      const accepted = await Promise.all([invites.accept(coming), invites.accept(coming)]);
      const [bob, ...others] = accepted.flatMap((each) => (each === undefined ? [] : [each.user]));
      expect(others).toEqual([]);
      expect(bob).toMatchObject({ username: "bob", email: "bob@example.org" });
      expect(await under.users.findPassword({ userId: bob?.id ?? 0 })).toBe("p");
      expect(await under.entities.teamMembers({ entityId: teamId })).toContainEqual({
        userId: bob?.id,
        role: "viewer",
      });
      expect(await invites.list({ now: NOW })).toEqual([]);
    });

    it("lets in who has an account and leaves the password alone", async () => {
      const bob = await createUser(under.users, "bob");
      await under.users.setPassword({ userId: bob.id, hash: "old" });
      await invites.create(newInvite());
      expect(
        await invites.accept({ tokenHash: "hash", now: END, guest: { userId: bob.id } }),
      ).toBeUndefined();
      const accepted = await invites.accept({ tokenHash: "hash", now: NOW, guest: { userId: bob.id } });
      expect(accepted?.user).toEqual(bob);
      expect(await under.users.findPassword({ userId: bob.id })).toBe("old");
      expect(await under.entities.teamMembers({ entityId: teamId })).toHaveLength(2);
    });

    it("stays open when the name is taken, also by an account that was deleted", async () => {
      const eve = await createUser(under.users, "eve");
      await under.users.delete({ userId: eve.id, deletedAt: NOW });
      await invites.create(newInvite());
      for (const taken of ["ada", "EVE", "vision"]) {
        const coming = { tokenHash: "hash", now: NOW, guest: { account: account(taken) } };
        await expect(invites.accept(coming)).rejects.toMatchObject({ code: "already_exists" });
      }
      expect(await invites.find({ tokenHash: "hash", now: NOW })).toBeDefined();
    });

    it("puts who comes to the server alone into the only organization", async () => {
      await under.entities.putOrganization({ name: "acme", members: [], createdAt: NOW });
      await invites.create(newInvite({ entityId: null }));
      await invites.accept({ tokenHash: "hash", now: NOW, guest: { account: account("bob") } });
      const bob = await under.users.find({ username: "bob" });
      expect(await under.entities.organizationsOf({ userId: bob?.id ?? 0 })).toHaveLength(1);
    });

    it("goes with who made it and with its team", async () => {
      await invites.create(newInvite());
      await invites.create(newInvite({ tokenHash: "2", entityId: null }));
      await under.entities.deleteTeam({ name: "vision", deletedAt: NOW });
      expect(await invites.list({ now: NOW })).toHaveLength(1);
      await under.users.delete({ userId: ada.id, deletedAt: NOW });
      expect(await invites.list({ now: NOW })).toEqual([]);
    });
  });
}
