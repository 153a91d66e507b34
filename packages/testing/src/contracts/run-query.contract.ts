// What every store of runs must answer when it is asked which runs match, in which order.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printJson, type JsonObject } from "@steelyard/protocol";
import type { Run, RunPage, RunQuery } from "@steelyard/server";
import { arbitraryFilter, arbitraryOrder, arbitraryRun } from "../oracle/arbitrary-runs.ts";
import { matchesRunFilter } from "../oracle/run-filter-oracle.ts";
import { compareRuns } from "../oracle/run-order-oracle.ts";
import { toDocument, toUpsert } from "./random-runs.ts";
import type { RunFixture } from "./run-store-under-test.ts";

/** Declares the tests; `fixture` is asked anew in each. */
export function describeRunQueries(fixture: () => RunFixture): void {
  describe("queries", () => {
    const query = (changes: Partial<RunQuery> = {}): Promise<RunPage> =>
      fixture().runs.query({
        projectId: fixture().project.id,
        filter: null,
        order: null,
        after: null,
        limit: 100,
        ...changes,
      });
    const names = async (
      filter: JsonObject | null,
      order: string | null = null,
    ): Promise<readonly string[]> => namesOf(await query({ filter: filter && printJson(filter), order }));
    const count = (filter: JsonObject | null): Promise<number> =>
      fixture().runs.count({ projectId: fixture().project.id, filter: filter && printJson(filter) });

    it("answers an empty page for a project without runs", async () => {
      expect(await query()).toEqual({ runs: [], hasNextPage: false, totalCount: 0 });
      expect(await count(null)).toBe(0);
      expect(await count({ state: "running" })).toBe(0);
    });

    it("finds runs by their config under every spelling", async () => {
      await fixture().put("a", {
        config: '{"lr":{"value":0.1},"opt":{"value":{"name":"adam"}},"a.b":{"value":1}}',
      });
      await fixture().put("b", { config: '{"lr":{"value":0.5}}' });
      expect(await names({ "config.lr": { $gt: 0.2 } })).toEqual(["b"]);
      expect(await names({ "config.lr.value": 0.1 })).toEqual(["a"]);
      expect(await names({ "config.opt.value.name": "adam" })).toEqual(["a"]);
      expect(await names({ "config.opt.name": { $regex: "^ad" } })).toEqual(["a"]);
      expect(await names({ "config.a.b": 1 })).toEqual(["a"]);
    });

    it("finds runs by their summary, their tags and every field of their own", async () => {
      const own = { group: "g", jobType: "j", host: "h", notes: "n", description: "d", commit: "c" } as const;
      await fixture().put("a", {
        ...own,
        summary: '{"loss":NaN,"x":{"max":3}}',
        tags: ["t"],
        sweepName: "s",
      });
      await fixture().put("b", { summary: '{"loss":0.5}', state: "finished" });
      const filters: readonly JsonObject[] = [
        { "summary_metrics.x.max": { $gte: 3 } },
        { tags: { $in: ["t", "u"] } },
        { displayName: "a shown" },
        { name: "a" },
        { state: { $ne: "finished" } },
        { sweep: "s" },
        { ...own },
        { "summary_metrics.loss": { $not: { $lt: 1 } } },
        { $and: [{ username: "ada" }, { entity: "ada" }, { project: "p" }, { group: "g" }] },
      ];
      for (const filter of filters) expect(await names(filter)).toEqual(["a"]);
      for (const filter of filters) expect(await count(filter)).toBe(1);
    });

    it("finds runs by their times, and by how long they took", async () => {
      await fixture().put("old", { now: "2026-01-01T00:00:00.000Z" });
      await fixture().put("long", { now: "2026-02-01T00:00:00.000Z" });
      await fixture().put("long", { now: "2026-02-01T00:01:30.500Z", isHeartbeat: true });
      expect(await names({ createdAt: { $gt: "2026-01-15" } })).toEqual(["long"]);
      expect(await names({ heartbeat_at: { $lte: "2026-01-01T00:00:00Z" } })).toEqual(["old"]);
      expect(await names({ duration: 90.5 })).toEqual(["long"]);
    });

    it("sees each change at the next question", async () => {
      const run = await fixture().put("a", { config: '{"x":{"value":1}}' });
      const filter = { "config.x": 1, "summary_metrics.y": { $exists: false } };
      expect(await names(filter)).toEqual(["a"]);
      const { projectId, runId } = run;
      const now = run.createdAt;
      await fixture().runs.applyStream([{ projectId, runId, now, hasHistory: false, summary: '{"y":1}' }]);
      expect(await names(filter)).toEqual([]);
      await fixture().put("a", { summary: "{}" });
      expect(await names(filter)).toEqual(["a"]);
      await fixture().put("a", { config: '{"x":{"value":2}}' });
      expect(await names(filter)).toEqual([]);
      await fixture().put("b", { config: '{"x":{"value":1}}' });
      expect(await names(filter)).toEqual(["b"]);
      await fixture().runs.delete({ ...(await fixture().put("b")), now });
      expect(await names(filter)).toEqual([]);
      expect(await count(filter)).toBe(0);
      expect(await names({ state: "running" })).toEqual(["a"]);
    });

    it("orders by any field, several at a time, absent values last and ties by age", async () => {
      await fixture().put("c", { config: '{"lr":{"value":2}}', summary: '{"loss":1}' });
      await fixture().put("a", { config: '{"lr":{"value":1}}', summary: '{"loss":1}' });
      await fixture().put("b", { config: '{"lr":{"value":1}}' });
      await fixture().put("d", { summary: '{"loss":0.5}' });
      expect(await names(null, "+config.lr")).toEqual(["a", "b", "c", "d"]);
      expect(await names(null, "-config.lr.value")).toEqual(["c", "a", "b", "d"]);
      expect(await names(null, "+summary_metrics.loss,-config.lr")).toEqual(["d", "c", "a", "b"]);
      expect(await names(null, "name")).toEqual(["a", "b", "c", "d"]);
      expect(await names(null)).toEqual(["c", "a", "b", "d"]);
      expect(await names({}, "-created_at")).toEqual(["c", "a", "b", "d"]);
    });

    it("gives the exact total with every page", async () => {
      for (let index = 0; index < 7; index += 1) await fixture().put(`r${index}`);
      const first = await query({ limit: 3 });
      expect(first).toMatchObject({ hasNextPage: true, totalCount: 7 });
      const second = await query({ limit: 4, after: lastCursor(first) });
      expect(second).toMatchObject({ hasNextPage: false, totalCount: 7 });
      expect([...namesOf(first), ...namesOf(second)]).toEqual(["r0", "r1", "r2", "r3", "r4", "r5", "r6"]);
      expect(await query({ limit: 0 })).toEqual({ runs: [], hasNextPage: true, totalCount: 7 });
      expect(await query({ limit: 5, after: lastCursor(second) })).toMatchObject({
        runs: [],
        hasNextPage: false,
      });
    });

    it("neither repeats nor leaves out runs while others are made and deleted", async () => {
      for (let index = 0; index < 20; index += 1)
        await fixture().put(`r${index}`, { config: configOf(index % 4) });
      const seen: string[] = [];
      let page = await query({ limit: 3, order: "-config.k" });
      for (let made = 0; ; made += 1) {
        seen.push(...namesOf(page));
        if (!page.hasNextPage) break;
        await fixture().put(`new${made}`, { config: configOf(made % 4) });
        const [run] = page.runs;
        if (made === 1 && run !== undefined)
          await fixture().runs.delete({ ...run.run, now: run.run.createdAt });
        page = await query({ limit: 3, order: "-config.k", after: lastCursor(page) });
      }
      const old = seen.filter((name) => name.startsWith("r"));
      expect(new Set(seen).size).toBe(seen.length);
      expect([...old].sort()).toEqual(Array.from({ length: 20 }, (_, index) => `r${index}`).sort());
    });

    it("takes cursors with every kind of sort value", async () => {
      const values = [
        "NaN",
        "Infinity",
        "-Infinity",
        "12345678901234567890",
        "null",
        "true",
        '"é日"',
        "[1]",
        "0",
      ];
      for (const [index, value] of values.entries()) {
        await fixture().put(`r${index}`, { summary: `{"v":${value}}` });
      }
      for (const order of ["+summary_metrics.v", "-summary_metrics.v"]) {
        const whole = await names(null, order);
        const pieces: string[] = [];
        let page = await query({ limit: 1, order });
        for (; page.hasNextPage; page = await query({ limit: 1, order, after: lastCursor(page) })) {
          pieces.push(...namesOf(page));
        }
        expect([...pieces, ...namesOf(page)]).toEqual(whole);
      }
    });

    it("refuses filters, orders and cursors that are none, naming what is wrong", async () => {
      await fixture().put("a");
      const cursor = lastCursor(await query({ limit: 1 }));
      const bad: readonly (readonly [Partial<RunQuery>, RegExp])[] = [
        [{ filter: "{" }, /JSON/],
        [{ filter: '{"state":{"$near":1}}' }, /\$near/],
        [{ filter: '{"nothing":1}' }, /nothing/],
        [{ filter: '{"name":{"$regex":"a("}}' }, /a\(/],
        [{ order: "+nothing" }, /nothing/],
        [{ after: "rubbish" }, /cursor/],
        [{ after: "" }, /cursor/],
        [{ after: cursor, order: "-created_at" }, /order/],
      ];
      for (const [changes, message] of bad) {
        const error: unknown = await query(changes).catch((reason: unknown) => reason);
        expect(error).toMatchObject({ code: "invalid_argument" });
        expect(error instanceof Error && error.message).toMatch(message);
      }
      await expect(count({ nothing: 1 })).rejects.toMatchObject({ code: "invalid_argument" });
    });

    it("asks several questions at once", async () => {
      for (let index = 0; index < 10; index += 1)
        await fixture().put(`r${index}`, { config: configOf(index) });
      const pages = await Promise.all(
        Array.from({ length: 10 }, (_, index) => names({ "config.k": { $lt: index } }, "-config.k")),
      );
      for (const [index, page] of pages.entries()) {
        expect(page).toEqual(Array.from({ length: index }, (_, at) => `r${index - 1 - at}`));
      }
    });

    it("answers random questions about random runs as the oracle does, while runs change", async () => {
      const { runs, project } = fixture();
      const known = new Map<string, Run>();
      await fc.assert(
        fc.asyncProperty(
          fc.array(arbitraryRun, { minLength: 1, maxLength: 4 }),
          arbitraryFilter,
          arbitraryOrder,
          async (made, filter, order) => {
            for (const [index, document] of made.entries()) {
              const run = await fixture().put(`run${(known.size + index) % 40}`, toUpsert(document));
              if (document.id % 10 === 0) {
                await runs.delete({ ...run, now: run.createdAt });
                known.delete(run.name);
              } else known.set(run.name, run);
            }
            if (/keys_info|Artifacts/.test(printJson(filter) + order)) return;
            const documents = [...known.values()].map((run) => toDocument(run, project.name));
            const expected = documents
              .filter((document) => matchesRunFilter(filter, document))
              .sort((a, b) => compareRuns(order, a, b) || a.id - b.id);
            const page = await query({ filter: printJson(filter), order, limit: 7 });
            expect(namesOf(page)).toEqual(expected.slice(0, 7).map((document) => document.name));
            expect(page.totalCount).toBe(expected.length);
            if (!page.hasNextPage) return;
            const next = await query({ filter: printJson(filter), order, limit: 7, after: lastCursor(page) });
            expect(namesOf(next)).toEqual(expected.slice(7, 14).map((document) => document.name));
          },
        ),
        { numRuns: 100 },
      );
    });
  });
}

function namesOf(page: RunPage): readonly string[] {
  return page.runs.map(({ run }) => run.name);
}

function lastCursor(page: RunPage): string {
  const last = page.runs.at(-1);
  if (last === undefined) throw new Error("the page is empty");
  return last.cursor;
}

function configOf(value: number): string {
  return JSON.stringify({ k: { value } });
}
