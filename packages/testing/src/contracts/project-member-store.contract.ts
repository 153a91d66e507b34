// What every store of project members must do.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Project, User } from "@steelyard/server";
import { NOW, createUser } from "./identity-under-test.ts";
import type { IdentityUnderTest } from "./identity-under-test.ts";

const LATER = "2026-03-02T10:00:00.000Z";

/** Declares the suite; `create` is called before each test. */
export function describeProjectMemberStore(name: string, create: () => Promise<IdentityUnderTest>): void {
  describe(name, () => {
    let under: IdentityUnderTest;
    let ada: User;
    let bob: User;
    let project: Project;

    beforeEach(async () => {
      under = await create();
      ada = await createUser(under.users, "ada");
      bob = await createUser(under.users, "bob");
      const put = { entityId: ada.entityId, name: "p", userId: ada.id, now: NOW };
      ({ project } = await under.projects.upsert(put));
    });
    afterEach(() => under.close());

    const putTeam = async (members: readonly User[]): Promise<number> => {
      const { entity } = await under.entities.putTeam({
        name: "vision",
        organizationId: null,
        members: members.map(({ id: userId }) => ({ userId, role: "viewer" })),
        createdAt: NOW,
      });
      return entity.id;
    };
    const roleOf = ({ id: userId }: User) => under.members.roleOf({ projectId: project.id, userId });

    it("knows nobody at first", async () => {
      expect(await roleOf(ada)).toBeUndefined();
      expect(await under.members.listUsers({ projectId: project.id })).toEqual([]);
      expect(await under.members.listTeams({ projectId: project.id })).toEqual([]);
    });

    it("makes the creator a member when a new project says so, and not of an existing one", async () => {
      const put = { entityId: ada.entityId, name: "q", now: NOW, creatorRole: "admin" } as const;
      const { project: made } = await under.projects.upsert({ ...put, userId: ada.id });
      await under.projects.upsert({ ...put, userId: bob.id });
      expect(await under.members.listUsers({ projectId: made.id })).toEqual([
        { userId: ada.id, role: "admin" },
      ]);
    });

    it("adds users and teams, keeping the roles of those that are there", async () => {
      const entityId = await putTeam([]);
      const { id: projectId } = project;
      await under.members.add({ projectId, userIds: [bob.id], entityIds: [], role: "member", now: NOW });
      const both = { userIds: [ada.id, bob.id], entityIds: [entityId] };
      await under.members.add({ projectId, ...both, role: "viewer", now: LATER });
      expect(await under.members.listUsers({ projectId })).toEqual([
        { userId: bob.id, role: "member" },
        { userId: ada.id, role: "viewer" },
      ]);
      expect(await under.members.listTeams({ projectId })).toEqual([{ entityId, role: "viewer" }]);
    });

    it("gives a user the strongest of all roles", async () => {
      const entityId = await putTeam([ada]);
      const { id: projectId } = project;
      const add = { projectId, userIds: [], entityIds: [], now: NOW };
      await under.members.add({ ...add, userIds: [ada.id], role: "restricted_viewer" });
      expect(await roleOf(ada)).toBe("restricted_viewer");
      await under.members.add({ ...add, entityIds: [entityId], role: "member" });
      expect(await roleOf(ada)).toBe("member");
      expect(await roleOf(bob)).toBeUndefined();
      expect(await under.members.setRole({ projectId, userId: ada.id, role: "admin" })).toBe(true);
      expect(await roleOf(ada)).toBe("admin");
      expect(await under.members.setRole({ projectId, entityId, role: "viewer" })).toBe(true);
      expect(await under.members.listTeams({ projectId })).toEqual([{ entityId, role: "viewer" }]);
    });

    it("changes no role of those who do not belong to the project", async () => {
      const { id: projectId } = project;
      expect(await under.members.setRole({ projectId, userId: bob.id, role: "admin" })).toBe(false);
      expect(await under.members.setRole({ projectId, entityId: 99, role: "admin" })).toBe(false);
      expect(await roleOf(bob)).toBeUndefined();
    });

    it("removes users and teams, and passes over those that are not there", async () => {
      const entityId = await putTeam([ada]);
      const { id: projectId } = project;
      const members = { projectId, userIds: [ada.id], entityIds: [entityId] };
      await under.members.add({ ...members, role: "viewer", now: NOW });
      await under.members.remove({ ...members, userIds: [bob.id, ada.id] });
      await under.members.remove(members);
      expect(await roleOf(ada)).toBeUndefined();
    });

    it("shows no deleted accounts", async () => {
      const { id: projectId } = project;
      const add = { projectId, userIds: [bob.id], entityIds: [], role: "viewer", now: NOW } as const;
      await under.members.add(add);
      await under.users.delete({ userId: bob.id, deletedAt: LATER });
      expect(await under.members.listUsers({ projectId })).toEqual([]);
    });
  });
}
