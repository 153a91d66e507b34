import { describe, expect, it } from "vitest";
import { isAlertSeverity } from "./alert-severities.ts";
import { isApiKey } from "./api-key.ts";
import { isRole } from "./roles.ts";
import { isRunState } from "./run-states.ts";
import { SERVER_FEATURES, isServerFeature } from "./server-features.ts";

describe("isApiKey", () => {
  const secret = "0123456789abcdef0123456789abcdef01234567";
  it.each([
    secret,
    `local-${secret}`,
    `wandb_v1_${secret}_x`,
    `a-${secret}-x_y`,
    "eyJh.eyJz.c2ln",
    `-${secret}`,
  ])("takes %s", (key) => {
    expect(isApiKey(key)).toBe(true);
  });
  it.each([
    "",
    secret.slice(1),
    `local-${secret.slice(1)}`,
    `${secret} `,
    `a b-${secret}`,
    `${secret.slice(0, 20)}-${secret.slice(20)}`,
    "a.b",
    `wandb_v1_${secret}-x_y`,
  ])("refuses %j", (key) => {
    expect(isApiKey(key)).toBe(false);
  });
});

describe("the closed lists", () => {
  it("tell their members from other texts", () => {
    expect([isRunState("running"), isRunState("Running")]).toStrictEqual([true, false]);
    expect([isRole("viewer"), isRole("owner")]).toStrictEqual([true, false]);
    expect([isAlertSeverity("WARN"), isAlertSeverity("warn")]).toStrictEqual([true, false]);
    expect([isServerFeature("FILESTREAM_GZIP"), isServerFeature("x")]).toStrictEqual([true, false]);
  });

  it("number the features as the clients do", () => {
    expect(SERVER_FEATURES).toHaveLength(37);
    expect(SERVER_FEATURES[4 - 1]).toBe("STRUCTURED_CONSOLE_LOGS");
    expect(SERVER_FEATURES[18 - 1]).toBe("ARTIFACT_V2_DOWNLOAD_HANDLER_SUPPORTS_ARTIFACT_ID");
    expect(SERVER_FEATURES[30 - 1]).toBe("SWEEPS_QUERY_FILTERING");
    expect(SERVER_FEATURES[37 - 1]).toBe("AUTOMATION_ACTION_ARIA");
  });
});
