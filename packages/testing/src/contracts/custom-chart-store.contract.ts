// What every store of custom charts must do.
import type { CustomChartStore, NewCustomChart } from "@steelyard/server";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

/** A store to test, empty, and an entity that may own charts. */
export interface CustomChartStoreUnderTest {
  readonly charts: CustomChartStore;
  readonly entityId: number;
  readonly entityName: string;
  close(): Promise<void>;
}

const NOW = "2026-01-01T12:00:00.000Z";
const LATER = "2026-01-01T13:00:00.000Z";

/** Declares the suite; `create` is called before each test. */
export function describeCustomChartStore(
  name: string,
  create: () => Promise<CustomChartStoreUnderTest>,
): void {
  describe(name, () => {
    let under: CustomChartStoreUnderTest;

    beforeEach(async () => {
      under = await create();
    });

    afterEach(async () => {
      await under.close();
    });

    function chart(fields: Partial<NewCustomChart> = {}): NewCustomChart {
      const { entityId } = under;
      const rest = { displayName: "Bars", type: "vega2", access: "PRIVATE", spec: "{ }" } as const;
      return { entityId, name: "bars", ...rest, userId: 1, now: NOW, ...fields };
    }

    test("a chart is stored once; afterwards it is given as it is", async () => {
      const { chart: made, inserted } = await under.charts.create(chart());
      expect(inserted).toBe(true);
      expect(made).toEqual({
        entityName: under.entityName,
        name: "bars",
        displayName: "Bars",
        type: "vega2",
        access: "PRIVATE",
        spec: "{ }",
        made: { userId: 1, createdAt: NOW, updatedAt: NOW },
      });
      expect(await under.charts.create(chart({ spec: '{"a":1}' }))).toEqual({ chart: made, inserted: false });
      expect(await under.charts.find(chart())).toEqual(made);
      expect(await under.charts.find(chart({ name: "Bars" }))).toBeUndefined();
    });

    test("a change leaves alone what it does not give", async () => {
      await under.charts.create(chart());
      const changed = await under.charts.update({ ...under, name: "bars", access: "PUBLIC", now: LATER });
      expect(changed).toMatchObject({ access: "PUBLIC", displayName: "Bars", made: { updatedAt: LATER } });
      expect(await under.charts.update({ ...under, name: "none", now: LATER })).toBeUndefined();
    });

    test("charts are listed by name, page by page, the public ones on their own", async () => {
      for (const each of ["c", "a", "b"])
        await under.charts.create(chart({ name: each, access: each === "b" ? "PRIVATE" : "PUBLIC" }));
      const names = async (after: string | null, isPublicOnly = false): Promise<string[]> =>
        (await under.charts.list({ entityId: under.entityId, isPublicOnly, after, limit: 2 })).map(
          (found) => found.name,
        );
      expect(await names(null)).toEqual(["a", "b"]);
      expect(await names("b")).toEqual(["c"]);
      expect(await names(null, true)).toEqual(["a", "c"]);
    });

    test("a deleted chart is gone and its name free", async () => {
      await under.charts.create(chart());
      await under.charts.delete(chart());
      await under.charts.delete(chart());
      expect(await under.charts.find(chart())).toBeUndefined();
      expect((await under.charts.create(chart())).inserted).toBe(true);
    });
  });
}
