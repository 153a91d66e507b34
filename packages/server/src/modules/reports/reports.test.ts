import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestBench } from "../../presets/embedded/test-bench.ts";
import type { TestBench } from "../../presets/embedded/test-bench.ts";
import { ANONYMOUS } from "../access/caller.ts";
import type { Caller, UserCaller } from "../access/caller.ts";
import type { Project, ProjectAccess } from "../projects/project.ts";
import type { ViewUpsert } from "./view-service.ts";
import type { View } from "./view.ts";

let bench: TestBench;
let ann: UserCaller;
let mate: UserCaller;
let viewer: UserCaller;
let stranger: UserCaller;
let project: Project;
const address = { entityName: "team", projectName: "p" };
const none = { entityName: null, projectName: null };

beforeEach(async () => {
  bench = await openTestBench();
  [ann, mate, viewer, stranger] = await Promise.all([
    bench.createCaller("ann"),
    bench.createCaller("mate"),
    bench.createCaller("viewer"),
    bench.createCaller("stranger"),
  ]);
  const members = [
    { userId: ann.user.id, role: "member" },
    { userId: mate.user.id, role: "member" },
    { userId: viewer.user.id, role: "viewer" },
  ] as const;
  await bench.stores.entities.putTeam({
    name: "team",
    organizationId: null,
    members,
    createdAt: bench.clock.now(),
  });
  ({ project } = await bench.services.projects.upsert(ann, address, {}));
});

afterEach(() => bench.close());

function upsert(fields: Partial<ViewUpsert> = {}, caller: Caller = ann): Promise<View> {
  const input = { viewId: null, address, parentId: null, spec: "{}", ...fields };
  return bench.services.views.upsert(caller, input).then(({ view }) => view);
}

async function titles(caller: Caller, type = "runs", author: string | null = null): Promise<string[]> {
  const request = { type, name: null, author, before: null, limit: 10 };
  return (await bench.services.views.list(caller, project, request)).map(({ displayName }) => displayName);
}

async function open(access: ProjectAccess): Promise<void> {
  ({ project } = await bench.services.projects.upsert(ann, address, { access }));
}

describe("reports", () => {
  it("are seen by whoever sees the project", async () => {
    const { viewId } = await upsert({ displayName: "R" });
    for (const caller of [ann, mate, viewer]) {
      expect(await bench.services.views.find(caller, viewId)).toMatchObject({ displayName: "R" });
      expect(await titles(caller)).toEqual(["R"]);
    }
    for (const caller of [stranger, ANONYMOUS]) {
      expect(await bench.services.views.find(caller, viewId)).toBeUndefined();
      await expect(titles(caller)).rejects.toMatchObject({ code: "not_found" });
    }
    await open("USER_READ");
    expect(await titles(ANONYMOUS)).toEqual(["R"]);
  });

  it("are written by members of the team, and by nobody else", async () => {
    const { viewId } = await upsert();
    expect(await upsert({ viewId, displayName: "by a mate" }, mate)).toMatchObject({ version: 2 });
    const denied = { code: "permission_denied" };
    for (const each of [{ viewId }, {}]) await expect(upsert(each, viewer)).rejects.toMatchObject(denied);
    await expect(upsert({ viewId }, { ...ann, scope: "read" })).rejects.toMatchObject(denied);
    await expect(upsert({ viewId }, { ...ann, scope: "append" })).rejects.toMatchObject(denied);
    await expect(upsert({}, stranger)).rejects.toMatchObject({ code: "not_found" });
    await expect(upsert({}, ANONYMOUS)).rejects.toMatchObject({ code: "not_found" });
    const remove = bench.services.views.delete(viewer, viewId, { withDrafts: true });
    await expect(remove).rejects.toMatchObject(denied);
  });

  it("of an open project are everyone's to write, and only their own to change", async () => {
    await open("USER_WRITE");
    const own = await upsert({ displayName: "stranger's" }, stranger);
    const other = await upsert({ displayName: "ann's" });
    expect(await upsert({ viewId: own.viewId, displayName: "again" }, stranger)).toMatchObject({
      version: 2,
    });
    const change = upsert({ viewId: other.viewId, displayName: "taken over" }, stranger);
    await expect(change).rejects.toMatchObject({ code: "permission_denied" });
    await expect(upsert({ viewId: other.viewId }, ANONYMOUS)).rejects.toMatchObject({
      code: "unauthenticated",
    });
  });

  it("of a name that is there are changed, so that a client may ask twice", async () => {
    const first = await upsert({ name: "n", displayName: "A" });
    expect(await upsert({ name: "n", displayName: "A" })).toEqual(first);
    expect(await upsert({ name: "n", displayName: "B" })).toMatchObject({ viewId: first.viewId, version: 2 });
    const unnamed = [await upsert(), await upsert()];
    expect(new Set([first, ...unnamed].map(({ name }) => name)).size).toBe(3);
  });

  it("stay in their project", async () => {
    const { viewId } = await upsert();
    await bench.services.projects.upsert(ann, { entityName: "team", projectName: "q" }, {});
    const move = upsert({ viewId, address: { entityName: "team", projectName: "q" } });
    await expect(move).rejects.toMatchObject({ code: "unsupported" });
    expect(await upsert({ viewId, address: none, description: "d" })).toMatchObject({ version: 2 });
    await expect(upsert({ address: { entityName: "team", projectName: "none" } })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it.each([
    [{ spec: "[]" }, "invalid_argument", "spec"],
    [{ spec: "{" }, "invalid_argument", "spec"],
    [{ spec: undefined }, "invalid_argument", "spec"],
    [{ type: "RUNS" }, "invalid_argument", "type"],
    [{ type: "runs/" }, "invalid_argument", "type"],
    [{ name: "" }, "invalid_argument", "name"],
    [{ name: "x".repeat(257) }, "invalid_argument", "name"],
    [{ displayName: "x".repeat(1_025) }, "invalid_argument", "displayName"],
    [{ description: "x".repeat(65_537) }, "invalid_argument", "description"],
    [{ spec: `{"a":"${"x".repeat(16 * 1024 * 1024)}"}` }, "payload_too_large", "spec"],
  ])("with what is not allowed are refused (%#)", async (fields, code, field) => {
    await expect(upsert(fields)).rejects.toMatchObject({ code, field });
  });

  it("return to a version by a new one", async () => {
    const { viewId } = await upsert({ displayName: "A", spec: '{"v":1}' });
    await upsert({ viewId, displayName: "B", spec: '{"v":2}' }, mate);
    const restored = await bench.services.views.restore(ann, viewId, 1);
    expect(restored).toMatchObject({ version: 3, displayName: "A", spec: '{"v":1}' });
    const page = { before: null, limit: 10 };
    const versions = await bench.services.views.versions(viewer, restored, page);
    expect(versions.map(({ version, userId }) => [version, userId])).toEqual([
      [3, ann.user.id],
      [2, mate.user.id],
      [1, ann.user.id],
    ]);
    for (const version of [0, 4, -1]) {
      const attempt = bench.services.views.restore(ann, viewId, version);
      await expect(attempt).rejects.toMatchObject({ code: "not_found", field: "version" });
    }
    const denied = bench.services.views.restore(viewer, viewId, 1);
    await expect(denied).rejects.toMatchObject({ code: "permission_denied" });
  });

  it("go with their project", async () => {
    const { viewId } = await upsert();
    await bench.services.projects.delete(ann, project.id);
    expect(await bench.stores.views.find({ viewId })).toBeUndefined();
  });
});

describe("drafts", () => {
  it("are seen by their author and those who may write", async () => {
    await open("USER_WRITE");
    const { viewId } = await upsert({ type: "runs/draft", displayName: "D" }, stranger);
    for (const caller of [stranger, ann]) {
      expect(await bench.services.views.find(caller, viewId)).toBeDefined();
      expect(await titles(caller, "runs/draft")).toEqual(["D"]);
    }
    await open("USER_READ");
    expect(await titles(stranger, "runs/draft")).toEqual(["D"]);
    expect(await titles(stranger, "runs/draft", "ann")).toEqual([]);
    for (const caller of [viewer, ANONYMOUS]) {
      expect(await bench.services.views.find(caller, viewId)).toBeUndefined();
      expect(await titles(caller, "runs/draft")).toEqual([]);
    }
  });

  it("are published by saving them as reports", async () => {
    const { viewId } = await upsert({ type: "runs/draft", displayName: "D" });
    expect(await titles(viewer)).toEqual([]);
    await upsert({ viewId, type: "runs" });
    expect(await titles(viewer)).toEqual(["D"]);
  });

  it("keep their report until they may go with it", async () => {
    const report = await upsert({ name: "n" });
    const draft = await upsert({ name: "n", type: "runs/draft", parentId: report.viewId });
    const remove = (withDrafts: boolean): Promise<boolean> =>
      bench.services.views.delete(ann, report.viewId, { withDrafts });
    expect(await remove(false)).toBe(false);
    expect(await remove(true)).toBe(true);
    expect(await bench.services.views.find(ann, draft.viewId)).toBeUndefined();
    await expect(remove(true)).rejects.toMatchObject({ code: "not_found" });
  });

  it("are of a report of the same project", async () => {
    const draft = await upsert({ type: "runs/draft" });
    await expect(upsert({ parentId: draft.viewId })).rejects.toMatchObject({ field: "parentId" });
    await expect(upsert({ parentId: 999 })).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("share links", () => {
  it("open their report for anyone until they are ended", async () => {
    const { viewId } = await upsert({ displayName: "R" });
    const { token } = await bench.services.shares.create(ann, viewId, [address]);
    expect(await bench.services.shares.open(token)).toMatchObject({ viewId });
    expect(await bench.services.shares.open(`${token.slice(1)}0`)).toBeUndefined();
    await bench.services.shares.revoke(mate, token);
    expect(await bench.services.shares.open(token)).toBeUndefined();
  });

  it("are made and read by those who may edit, for projects that they see", async () => {
    const view = await upsert();
    const { token } = await bench.services.shares.create(ann, view.viewId, []);
    for (const caller of [viewer, stranger, ANONYMOUS]) {
      await expect(bench.services.shares.create(caller, view.viewId, [])).rejects.toThrow();
      await expect(bench.services.shares.revoke(caller, token)).rejects.toThrow();
      expect(await bench.services.shares.list(caller, view).catch(() => [])).toEqual([]);
    }
    const secret = { entityName: "stranger", projectName: "secret" };
    await bench.services.projects.upsert(stranger, secret, {});
    const peek = bench.services.shares.update(ann, token, [address, secret]);
    await expect(peek).rejects.toMatchObject({ code: "not_found" });
    await bench.services.shares.update(ann, token, [address, address]);
    expect((await bench.services.shares.list(mate, view))[0]).toMatchObject({ projectIds: [project.id] });
  });

  it("are of reports only, not of drafts", async () => {
    const { viewId } = await upsert({ type: "runs/draft" });
    const shared = bench.services.shares.create(ann, viewId, []);
    await expect(shared).rejects.toMatchObject({ code: "invalid_argument" });
    const report = await upsert({ name: "r" });
    const { token } = await bench.services.shares.create(ann, report.viewId, []);
    await upsert({ viewId: report.viewId, type: "runs/draft" });
    expect(await bench.services.shares.open(token)).toBeUndefined();
  });
});
