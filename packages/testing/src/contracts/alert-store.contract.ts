// What every store of alerts must do.
import type { AlertStore, NewAlert } from "@steelyard/server";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

/** A store to test, empty, and a run that may send alerts. */
export interface AlertStoreUnderTest {
  readonly alerts: AlertStore;
  readonly run: { readonly projectId: number; readonly runId: number };
  close(): Promise<void>;
}

/** Declares the suite; `create` is called before each test. */
export function describeAlertStore(name: string, create: () => Promise<AlertStoreUnderTest>): void {
  describe(name, () => {
    let under: AlertStoreUnderTest;

    beforeEach(async () => {
      under = await create();
    });

    afterEach(async () => {
      await under.close();
    });

    function alert(fields: Partial<NewAlert> = {}): NewAlert {
      return {
        ...under.run,
        title: "loss",
        text: "is high",
        severity: "WARN",
        userId: 1,
        createdAt: "2026-01-01T12:00:00.000Z",
        unlessSince: null,
        ...fields,
      };
    }

    test("alerts are listed newest first, as they were sent", async () => {
      const first = await under.alerts.add(alert());
      const second = await under.alerts.add(alert({ severity: "ERROR", text: "" }));
      expect(await under.alerts.list({ ...under.run, limit: 10 })).toEqual([second, first]);
      expect(await under.alerts.list({ ...under.run, limit: 1 })).toEqual([second]);
      expect(first).toMatchObject({ title: "loss", text: "is high", severity: "WARN", userId: 1 });
      expect(await under.alerts.list({ ...under.run, runId: 99, limit: 10 })).toEqual([]);
    });

    test("a title that was heard of since the time given is not stored again", async () => {
      await under.alerts.add(alert());
      const again = alert({ createdAt: "2026-01-01T12:00:30.000Z", unlessSince: "2026-01-01T11:59:30.000Z" });
      expect(await under.alerts.add(again)).toBeUndefined();
      expect(await under.alerts.add({ ...again, title: "other" })).toBeDefined();
      expect(await under.alerts.add({ ...again, unlessSince: "2026-01-01T12:00:00.000Z" })).toBeDefined();
      expect(await under.alerts.add({ ...again, unlessSince: null })).toBeDefined();
    });

    test("of alerts of one title at the same time one is stored", async () => {
      const same = alert({ unlessSince: "2026-01-01T11:00:00.000Z" });
      const stored = await Promise.all([same, same, same].map((one) => under.alerts.add(one)));
      expect(stored.filter((one) => one !== undefined)).toHaveLength(1);
    });
  });
}
