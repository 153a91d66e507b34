import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { expect, it } from "vitest";

import { isIdempotentMutation } from "./idempotence.ts";

const GENERATED = join(import.meta.dirname, "../generated");

/** What is sent again only if it certainly was not done. */
const SENT_ONCE = [
  "CreateCustomChart",
  "CreateDefaultResourceConfig",
  "CreateInvite",
  "CreateInviteWithLink",
  "CreateRunQueue",
  "CreateServiceAccount",
  "CreateServiceAccountWithKey",
  "CreateTeam",
  "CreateUserFromAdmin",
  "DeleteAutomation",
  "DeleteFromRunQueue",
  "DeleteIntegration",
  "DeleteInvite",
  "DeleteRunQueue",
  "DeleteSecret",
  "EnqueueSweepRun",
  "GenerateApiKey",
  "GenerateLimitedApiKey",
  "PushToRunQueueByName",
  "RedeliverAutomationExecution",
  "RenameRegistry",
  "RenewInvite",
  "StopLaunchAgent",
  "TestIntegration",
  "UpdateTeamMember",
  "UpsertRegistry",
  "UpsertRunQueue",
  "UpsertSecret",
];

it("knows every mutation that this package sends", async () => {
  const mutations = new Set<string>();
  for (const file of await readdir(GENERATED)) {
    const module: unknown = await import(join(GENERATED, file));
    if (typeof module !== "object" || module === null) continue;
    for (const document of Object.values<unknown>({ ...module })) {
      if (typeof document !== "object" || document === null || !("kind" in document && "name" in document))
        continue;
      if (document.kind === "mutation") mutations.add(String(document.name));
    }
  }
  const once = [...mutations].filter((name) => !isIdempotentMutation(name));
  expect(once.toSorted()).toEqual(SENT_ONCE);
  expect(mutations.size - once.length).toBeGreaterThan(30);
});

it("repeats nothing that it does not know", () => {
  expect(isIdempotentMutation("Anything")).toBe(false);
});
