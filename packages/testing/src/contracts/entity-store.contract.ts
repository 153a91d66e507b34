// What every store of entities, teams and organizations must do.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EntityStore, User } from "@steelyard/server";
import { NOW, createUser } from "./identity-under-test.ts";
import type { IdentityUnderTest } from "./identity-under-test.ts";

/** Declares the suite; `create` is called before each test. */
export function describeEntityStore(name: string, create: () => Promise<IdentityUnderTest>): void {
  describe(name, () => {
    let under: IdentityUnderTest;
    let entities: EntityStore;
    let ada: User;
    let bob: User;

    beforeEach(async () => {
      under = await create();
      entities = under.entities;
      ada = await createUser(under.users, "ada");
      bob = await createUser(under.users, "bob");
    });
    afterEach(() => under.close());

    it("makes a team and sets its organization and members as a whole", async () => {
      const { organization } = await entities.putOrganization({ name: "acme", members: [], createdAt: NOW });
      const members = [
        { userId: ada.id, role: "admin" },
        { userId: bob.id, role: "viewer" },
      ] as const;
      const first = await entities.putTeam({ name: "Vision", organizationId: null, members, createdAt: NOW });
      expect(first).toMatchObject({
        created: true,
        entity: { name: "Vision", kind: "team", organizationId: null },
      });
      expect(await entities.teamMembers({ entityId: first.entity.id })).toEqual(members);

      const second = await entities.putTeam({
        name: "vision",
        organizationId: organization.id,
        members: [{ userId: bob.id, role: "member" }],
        createdAt: NOW,
      });
      expect(second).toEqual({
        created: false,
        entity: { ...first.entity, organizationId: organization.id },
      });
      expect(await entities.teamMembers({ entityId: first.entity.id })).toEqual([
        { userId: bob.id, role: "member" },
      ]);
    });

    it("refuses a team whose name is a user's or an organization's entity's", async () => {
      await entities.putOrganization({ name: "acme", members: [], createdAt: NOW });
      for (const taken of ["ADA", "acme-org"]) {
        const team = { name: taken, organizationId: null, members: [], createdAt: NOW };
        await expect(entities.putTeam(team)).rejects.toMatchObject({ code: "already_exists" });
      }
    });

    it("makes an organization with an entity of its own", async () => {
      const members = [{ userId: ada.id, role: "admin" }] as const;
      const { organization, created } = await entities.putOrganization({
        name: "Acme",
        members,
        createdAt: NOW,
      });
      expect(created).toBe(true);
      expect(await entities.find({ entityId: organization.entityId })).toMatchObject({
        name: "Acme-org",
        kind: "organization",
        organizationId: organization.id,
      });
      expect(await entities.findOrganization({ name: "ACME" })).toEqual(organization);
      expect(await entities.findOrganization({ organizationId: organization.id })).toEqual(organization);
      expect(await entities.putOrganization({ name: "acme", members: [], createdAt: NOW })).toEqual({
        organization,
        created: false,
      });
      expect(await entities.organizationMembers({ organizationId: organization.id })).toEqual([]);
    });

    it("refuses an organization whose entity's name is taken, and leaves nothing behind", async () => {
      await createUser(under.users, "acme-org");
      const put = { name: "acme", members: [], createdAt: NOW };
      await expect(entities.putOrganization(put)).rejects.toMatchObject({ code: "already_exists" });
      expect(await entities.listOrganizations()).toEqual([]);
    });

    it("lets a user join once and keeps the role of one who is in", async () => {
      const { organization } = await entities.putOrganization({
        name: "acme",
        members: [{ userId: ada.id, role: "admin" }],
        createdAt: NOW,
      });
      await entities.joinOrganization({ organizationId: organization.id, userId: ada.id, role: "member" });
      await entities.joinOrganization({ organizationId: organization.id, userId: bob.id, role: "member" });
      expect(await entities.organizationMembers({ organizationId: organization.id })).toEqual([
        { userId: ada.id, role: "admin" },
        { userId: bob.id, role: "member" },
      ]);
    });

    it("tells a user's roles, teams and organizations", async () => {
      const { organization } = await entities.putOrganization({
        name: "acme",
        members: [{ userId: ada.id, role: "member" }],
        createdAt: NOW,
      });
      const team = async (name: string, userId: number): Promise<number> => {
        const members = [{ userId, role: "viewer" }] as const;
        return (await entities.putTeam({ name, organizationId: null, members, createdAt: NOW })).entity.id;
      };
      const vision = await team("vision", ada.id);
      const audio = await team("Audio", ada.id);
      await team("text", bob.id);
      const roles = await entities.rolesOf({ userId: ada.id });
      expect([...roles].sort((a, b) => a.entityId - b.entityId)).toEqual([
        { entityId: organization.entityId, role: "member" },
        { entityId: vision, role: "viewer" },
        { entityId: audio, role: "viewer" },
      ]);
      const names = (await entities.teamsOf({ userId: ada.id })).map((entity) => entity.name);
      expect(names).toEqual(["Audio", "vision"]);
      expect(await entities.organizationsOf({ userId: ada.id })).toEqual([organization]);
      expect(await entities.organizationsOf({ userId: bob.id })).toEqual([]);
      expect((await entities.listTeams()).map((entity) => entity.name)).toEqual(["Audio", "text", "vision"]);
    });

    it("puts members into a team and its organization, changes their role, and takes them out", async () => {
      const { organization } = await entities.putOrganization({ name: "acme", members: [], createdAt: NOW });
      const team = { name: "vision", organizationId: organization.id, members: [], createdAt: NOW };
      const { entity } = await entities.putTeam(team);
      const entityId = entity.id;
      await entities.putTeamMember({ entityId, userId: ada.id, role: "admin" });
      await entities.putTeamMember({ entityId, userId: bob.id, role: "admin" });
      await entities.putTeamMember({ entityId, userId: bob.id, role: "viewer" });
      expect(await entities.teamMembers({ entityId })).toEqual([
        { userId: ada.id, role: "admin" },
        { userId: bob.id, role: "viewer" },
      ]);
      expect(await entities.removeTeamMember({ entityId, userId: bob.id })).toBe(true);
      expect(await entities.removeTeamMember({ entityId, userId: bob.id })).toBe(false);
      const organizationId = organization.id;
      expect(await entities.organizationMembers({ organizationId })).toEqual([
        { userId: ada.id, role: "member" },
        { userId: bob.id, role: "member" },
      ]);
      await expect(entities.putTeam({ ...team, isNew: true })).rejects.toMatchObject({
        code: "already_exists",
      });
      expect(await entities.teamMembers({ entityId })).toHaveLength(1);
    });

    it("keeps a team's service accounts until the team goes", async () => {
      const { organization } = await entities.putOrganization({ name: "acme", members: [], createdAt: NOW });
      const team = { name: "vision", organizationId: organization.id, members: [], createdAt: NOW };
      const { entity } = await entities.putTeam(team);
      const robot = await under.users.create({
        username: "robot",
        name: "nightly builds",
        email: null,
        isAdmin: false,
        accountType: "SERVICE",
        team: { entityId: entity.id, role: "member" },
        createdAt: NOW,
      });
      expect(robot).toMatchObject({ defaultEntityId: entity.id, accountType: "SERVICE" });
      expect(ada.defaultEntityId).toBe(ada.entityId);
      await entities.putTeam({ ...team, members: [{ userId: ada.id, role: "admin" }] });
      await entities.putOrganization({ name: "acme", members: [], createdAt: NOW });
      const members = await entities.teamMembers({ entityId: entity.id });
      expect(members.map(({ userId }) => userId)).toEqual([ada.id, robot.id]);
      expect(await entities.organizationMembers({ organizationId: organization.id })).toEqual([
        { userId: robot.id, role: "viewer" },
      ]);
      await entities.deleteTeam({ name: "vision", deletedAt: NOW });
      expect(await under.users.find({ userId: robot.id })).toBeUndefined();
      expect(await under.users.find({ userId: ada.id })).toBeDefined();
    });

    it("deletes a team, but not one that owns projects", async () => {
      const team = {
        name: "vision",
        organizationId: null,
        members: [{ userId: ada.id, role: "admin" }],
        createdAt: NOW,
      } as const;
      const { entity } = await entities.putTeam(team);
      await under.projects.upsert({ entityId: entity.id, name: "p", userId: ada.id, now: NOW });
      await expect(entities.deleteTeam({ name: "vision", deletedAt: NOW })).rejects.toMatchObject({
        code: "conflict",
      });

      await entities.putTeam({ ...team, name: "empty" });
      expect(await entities.deleteTeam({ name: "Empty", deletedAt: NOW })).toBe(true);
      expect(await entities.deleteTeam({ name: "empty", deletedAt: NOW })).toBe(false);
      expect(await entities.find({ name: "empty" })).toBeUndefined();
      expect(await entities.deleteTeam({ name: "ada", deletedAt: NOW })).toBe(false);
    });

    it("deletes an organization, but not one that has teams or projects", async () => {
      const { organization } = await entities.putOrganization({
        name: "acme",
        members: [{ userId: ada.id, role: "admin" }],
        createdAt: NOW,
      });
      const team = { name: "vision", organizationId: organization.id, members: [], createdAt: NOW };
      await entities.putTeam(team);
      await expect(entities.deleteOrganization({ name: "acme" })).rejects.toMatchObject({ code: "conflict" });
      await entities.deleteTeam({ name: "vision", deletedAt: NOW });
      expect(await entities.deleteOrganization({ name: "ACME" })).toBe(true);
      expect(await entities.deleteOrganization({ name: "acme" })).toBe(false);
      expect(await entities.find({ name: "acme-org" })).toBeUndefined();

      const other = await entities.putOrganization({ name: "other", members: [], createdAt: NOW });
      const { entityId } = other.organization;
      await under.projects.upsert({ entityId, name: "p", userId: ada.id, now: NOW });
      await expect(entities.deleteOrganization({ name: "other" })).rejects.toMatchObject({
        code: "conflict",
      });
    });

    it("says that an entity without files stores nothing", async () => {
      expect(await entities.storageBytes({ entityId: ada.entityId })).toBe(0);
    });
  });
}
