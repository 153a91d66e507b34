// What every store of projects must do.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Project, ProjectStore, ProjectUpsert, User } from "@steelyard/server";
import { NOW, createUser } from "./identity-under-test.ts";
import type { IdentityUnderTest } from "./identity-under-test.ts";

const LATER = "2026-03-02T10:00:00.000Z";

/** Declares the suite; `create` is called before each test. */
export function describeProjectStore(name: string, create: () => Promise<IdentityUnderTest>): void {
  describe(name, () => {
    let under: IdentityUnderTest;
    let projects: ProjectStore;
    let ada: User;

    beforeEach(async () => {
      under = await create();
      projects = under.projects;
      ada = await createUser(under.users, "ada");
    });
    afterEach(() => under.close());

    const put = async (changes: Partial<ProjectUpsert> = {}): Promise<Project> =>
      (await projects.upsert({ entityId: ada.entityId, name: "p", userId: ada.id, now: NOW, ...changes }))
        .project;

    it("creates a private project with defaults", async () => {
      const result = await projects.upsert({
        entityId: ada.entityId,
        name: "été 1",
        userId: ada.id,
        now: NOW,
      });
      expect(result).toEqual({
        inserted: true,
        project: {
          id: result.project.id,
          entityId: ada.entityId,
          entityName: "ada",
          name: "été 1",
          description: null,
          access: "PRIVATE",
          repo: null,
          dockerImage: null,
          views: null,
          isBenchmark: false,
          isRegistry: false,
          allowsAllArtifactTypes: false,
          createdByUserId: ada.id,
          createdAt: NOW,
          updatedAt: NOW,
        },
      });
    });

    it("changes what is given, leaves the rest alone, and keeps the author", async () => {
      const bob = await createUser(under.users, "bob");
      const first = await put({ description: "one", access: "USER_READ", views: "{}" });
      const second = await projects.upsert({
        entityId: ada.entityId,
        name: "p",
        userId: bob.id,
        now: LATER,
        description: null,
        isBenchmark: true,
      });
      expect(second).toEqual({
        inserted: false,
        project: { ...first, description: null, isBenchmark: true, updatedAt: LATER },
      });
    });

    it("leaves a project as it is when nothing is given", async () => {
      const first = await put();
      expect(await put({ now: LATER })).toEqual(first);
    });

    it("finds a project by number, or by entity and exact name", async () => {
      const project = await put({ name: "Mine" });
      expect(await projects.find({ projectId: project.id })).toEqual(project);
      expect(await projects.find({ entityId: ada.entityId, name: "Mine" })).toEqual(project);
      expect(await projects.find({ entityId: ada.entityId, name: "mine" })).toBeUndefined();
      expect(await projects.find({ projectId: 999 })).toBeUndefined();
    });

    it("creates a name once when it is asked for many times at once", async () => {
      const requests = Array.from({ length: 10 }, () =>
        projects.upsert({ entityId: ada.entityId, name: "p", userId: ada.id, now: NOW }),
      );
      const results = await Promise.all(requests);
      expect(new Set(results.map((result) => result.project.id)).size).toBe(1);
      expect(results.filter((result) => result.inserted)).toHaveLength(1);
    });

    it("lists an entity's projects, newest first, page by page, without gaps while others are created", async () => {
      const times = [NOW, NOW, LATER, NOW, LATER];
      for (const [index, now] of times.entries()) await put({ name: `p${index}`, now });
      const { entityId } = ada;
      const first = await projects.list({ entityId, after: null, limit: 2 });
      expect(first.map((project) => project.name)).toEqual(["p4", "p2"]);
      await put({ name: "newest", now: LATER });
      const last = first.at(-1);
      const after = last === undefined ? null : { createdAt: last.createdAt, id: last.id };
      const rest = await projects.list({ entityId, after, limit: 10 });
      expect(rest.map((project) => project.name)).toEqual(["p3", "p1", "p0"]);
    });

    it("adds artifact types and never takes one away", async () => {
      const types = (names: readonly string[]) => ({ artifactTypes: names, allowsAllArtifactTypes: false });
      expect((await put(types(["model"]))).allowsAllArtifactTypes).toBe(false);
      await put(types(["dataset", "model"]));
      expect((await put({ allowsAllArtifactTypes: true })).allowsAllArtifactTypes).toBe(true);
      expect((await put()).allowsAllArtifactTypes).toBe(true);
    });

    it("knows a registry by its name and owner", async () => {
      const organization = { name: "acme", members: [], createdAt: NOW };
      const { entityId } = (await under.entities.putOrganization(organization)).organization;
      expect((await put({ entityId, name: "wandb-registry-model" })).isRegistry).toBe(true);
      expect((await put({ entityId, name: "other" })).isRegistry).toBe(false);
      expect((await put({ name: "wandb-registry-model" })).isRegistry).toBe(false);
    });

    it("renames a project unless the name is taken", async () => {
      const { id: projectId } = await put();
      await put({ name: "q" });
      const renamed = await projects.rename({ projectId, name: "r", now: LATER });
      expect(renamed).toMatchObject({ id: projectId, name: "r", updatedAt: LATER });
      expect(await projects.find({ entityId: ada.entityId, name: "p" })).toBeUndefined();
      expect(await projects.rename({ projectId, name: "r", now: NOW })).toEqual(renamed);
      const taken = projects.rename({ projectId, name: "q", now: LATER });
      await expect(taken).rejects.toMatchObject({ code: "already_exists" });
      const missing = projects.rename({ projectId: 99, name: "s", now: LATER });
      await expect(missing).rejects.toMatchObject({ code: "not_found" });
    });

    it("deletes a project with its members, once", async () => {
      const { id: projectId } = await put({ artifactTypes: ["model"], creatorRole: "admin" });
      expect(await projects.delete({ projectId })).toBe(true);
      expect(await projects.delete({ projectId })).toBe(false);
      expect(await under.members.listUsers({ projectId })).toEqual([]);
      expect((await put()).id).not.toBe(projectId);
    });
  });
}
