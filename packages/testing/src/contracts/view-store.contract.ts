// What every store of reports and saved workspaces must do.
import type { NewView, View, ViewStore } from "@steelyard/server";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

/** A store to test, empty, and two projects that may hold views. */
export interface ViewStoreUnderTest {
  readonly views: ViewStore;
  readonly projectIds: readonly [number, number];
  close(): Promise<void>;
}

const NOW = "2026-01-01T12:00:00.000Z";
const LATER = "2026-01-01T13:00:00.000Z";

/** Declares the suite; `create` is called before each test. */
export function describeViewStore(name: string, create: () => Promise<ViewStoreUnderTest>): void {
  describe(name, () => {
    let under: ViewStoreUnderTest;
    let views: ViewStore;

    beforeEach(async () => {
      under = await create();
      ({ views } = under);
    });

    afterEach(async () => {
      await under.close();
    });

    async function make(fields: Partial<NewView> = {}): Promise<View> {
      const { view, inserted } = await views.create({
        projectId: under.projectIds[0],
        type: "runs",
        name: "n",
        parentId: null,
        displayName: "Title",
        description: "",
        spec: "{}",
        userId: 1,
        now: NOW,
        ...fields,
      });
      expect(inserted).toBe(true);
      return view;
    }

    const all = { before: null, limit: 10 };

    test("a view is read as it was stored, with its spec to the last character", async () => {
      const spec = '{ "a": NaN, "ü": 12345678901234567890, "": "\\u0000" }';
      const view = await make({ spec, description: "d" });
      expect(view).toMatchObject({ version: 1, spec, description: "d", createdByUserId: 1, updatedAt: NOW });
      expect(await views.find(view)).toEqual(view);
      expect(await views.find({ viewId: view.viewId + 1 })).toBeUndefined();
    });

    test("a name is taken once in a project and type, and then that view is given as it is", async () => {
      const view = await make();
      const again = { ...view, spec: '{"b":1}', userId: 2, now: LATER };
      expect(await views.create(again)).toEqual({ view, inserted: false });
      await make({ type: "runs/draft" });
      await make({ projectId: under.projectIds[1] });
      const made = await Promise.all([1, 2, 3].map(() => views.create({ ...again, name: "same" })));
      expect(made.filter(({ inserted }) => inserted)).toHaveLength(1);
    });

    test("a change keeps what it replaces as a version", async () => {
      const { viewId } = await make();
      const change = { viewId, userId: 2, now: LATER };
      const second = await views.update({ ...change, spec: '{"b":1}' });
      expect(second).toMatchObject({ version: 2, updatedByUserId: 2, createdByUserId: 1, updatedAt: LATER });
      await views.update({ ...change, displayName: "Other" });
      const versions = await views.listVersions({ viewId, ...all });
      expect(versions.map(({ version, displayName, spec }) => [version, displayName, spec])).toEqual([
        [3, "Other", '{"b":1}'],
        [2, "Title", '{"b":1}'],
        [1, "Title", "{}"],
      ]);
      expect(await views.listVersions({ viewId, before: 3, limit: 1 })).toEqual([versions[1]]);
    });

    test("a change that changes nothing makes no version, nor does another name", async () => {
      const view = await make();
      const change = { viewId: view.viewId, userId: 2, now: LATER };
      expect(await views.update({ ...change, displayName: "Title", spec: "{}" })).toEqual(view);
      expect(await views.update({ ...change, name: "renamed", type: "runs/draft" })).toMatchObject({
        name: "renamed",
        type: "runs/draft",
        version: 1,
        updatedAt: LATER,
      });
      expect(await views.update({ ...change, viewId: 99 })).toBeUndefined();
    });

    test("a view cannot take another one's name", async () => {
      await make();
      const { viewId } = await make({ name: "other" });
      const renamed = views.update({ viewId, name: "n", spec: '{"b":1}', userId: 1, now: LATER });
      await expect(renamed).rejects.toMatchObject({ code: "already_exists", field: "name" });
      expect(await views.find({ viewId })).toMatchObject({ name: "other", version: 1 });
    });

    test("views are listed by type, the newest first, page by page", async () => {
      const made: number[] = [];
      for (let index = 0; index < 5; index += 1) made.unshift((await make({ name: `v${index}` })).viewId);
      await make({ type: "project-view" });
      await make({ projectId: under.projectIds[1] });
      const query = { projectId: under.projectIds[0], type: "runs" };
      const first = await views.list({ ...query, before: null, limit: 3 });
      const second = await views.list({ ...query, before: first.at(-1)?.viewId ?? null, limit: 3 });
      expect([...first, ...second].map(({ viewId }) => viewId)).toEqual(made);
    });

    test("views are found by name, title and author", async () => {
      await make({ name: "a", displayName: "b" });
      await make({ name: "b", displayName: "c", userId: 2 });
      const query = { projectId: under.projectIds[0], type: "runs", ...all };
      const namesOf = (found: readonly View[]): string[] => found.map(({ name: found }) => found);
      expect(namesOf(await views.list({ ...query, name: "b" }))).toEqual(["b"]);
      expect(namesOf(await views.list({ ...query, name: "b", orTitle: true }))).toEqual(["b", "a"]);
      expect(namesOf(await views.list({ ...query, userId: 1 }))).toEqual(["a"]);
    });

    test("drafts keep their report unless they may go too", async () => {
      const { viewId } = await make();
      const draft = await make({ type: "runs/draft", parentId: viewId });
      expect(await views.delete({ viewId, withDrafts: false })).toEqual({ hasDrafts: true });
      expect(await views.find({ viewId })).toBeDefined();
      expect(await views.delete({ viewId, withDrafts: true })).toEqual({ hasDrafts: true });
      expect(await views.find({ viewId })).toBeUndefined();
      expect(await views.find(draft)).toBeUndefined();
      expect(await views.listVersions({ viewId, ...all })).toEqual([]);
      expect(await views.delete({ viewId, withDrafts: true })).toEqual({ hasDrafts: false });
    });

    test("a link is found by its token until its view is deleted, and ends for good", async () => {
      const { viewId } = await make();
      const link = { token: "secret", viewId, projectIds: [1, 2], createdAt: NOW, revokedAt: null };
      await views.addLink(link);
      expect(await views.findLink({ token: "secret" })).toEqual(link);
      await views.updateLink({ token: "secret", projectIds: [3] });
      await views.updateLink({ token: "secret", revokedAt: LATER });
      await views.updateLink({ token: "secret", revokedAt: NOW });
      expect(await views.listLinks({ viewId })).toEqual([{ ...link, projectIds: [3], revokedAt: LATER }]);
      await views.delete({ viewId, withDrafts: false });
      expect(await views.findLink({ token: "secret" })).toBeUndefined();
      await views.addLink({ ...link, token: "late" });
      expect(await views.findLink({ token: "late" })).toBeUndefined();
    });
  });
}
