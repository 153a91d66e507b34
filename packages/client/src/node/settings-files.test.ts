import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { ValueError } from "../core/errors.ts";
import { resolveSettings, resolveTimeoutMs } from "../core/settings.ts";
import { createNodePlatform } from "./platform.ts";
import { parseSettings } from "./settings-files.ts";

describe("parseSettings", () => {
  it("reads the default section alone", () => {
    const text = "# c\n[default]\nbase_url = http://h:1\nEntity: team\n; c\n[other]\nentity = x\n";
    expect(parseSettings(text, "f")).toEqual({ base_url: "http://h:1", entity: "team" });
  });

  it("names the line that it does not understand", () => {
    expect(() => parseSettings("[default]\nwhat", "file")).toThrow("file:2");
    expect(() => parseSettings("a = b", "file")).toThrow(ValueError);
  });
});

describe("settings", () => {
  let home: string;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "settings-"));
  });

  afterEach(async () => {
    await rm(home, { recursive: true });
  });

  async function file(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(home, path)), { recursive: true });
    await writeFile(join(home, path), text);
  }

  it("come from overrides, environment, the folder's file, the user's file, defaults, each key for itself", async () => {
    await file(
      ".config/wandb/settings",
      "[default]\nbase_url = http://user\nentity = user\nproject = user\n",
    );
    await file(
      "work/wandb/settings",
      "[default]\nentity = folder\nproject = folder\norganization = folder\n",
    );
    const environment = { WANDB_PROJECT: "env", WANDB_ORGANIZATION: "" };
    const platform = createNodePlatform({ environment, home, workingDirectory: join(home, "work") });
    expect(await resolveSettings({}, platform)).toEqual({
      baseUrl: "http://user",
      appUrl: "http://user/",
      entity: "folder",
      project: "env",
      organization: "folder",
      run: null,
    });
    const overridden = await resolveSettings(
      { project: "mine", baseUrl: "https://api.x.example/" },
      platform,
    );
    expect(overridden).toMatchObject({
      project: "mine",
      baseUrl: "https://api.x.example",
      appUrl: "https://app.x.example/",
    });
  });

  it("are W&B's own when nothing is said", async () => {
    const platform = createNodePlatform({ environment: {}, home, workingDirectory: home });
    expect(await resolveSettings({}, platform)).toMatchObject({
      baseUrl: "https://api.wandb.ai",
      appUrl: "https://wandb.ai/",
      entity: null,
    });
  });

  it("find the user's file by WANDB_CONFIG_DIR, the folder's by WANDB_DIR, the pages by WANDB_APP_URL", async () => {
    await file("config/settings", "[default]\nentity = user\n");
    await file("elsewhere/wandb/settings", "[default]\nproject = there\n");
    const environment = {
      WANDB_CONFIG_DIR: join(home, "config"),
      WANDB_DIR: join(home, "elsewhere"),
      WANDB_APP_URL: "https://pages.example",
    };
    const platform = createNodePlatform({ environment, home, workingDirectory: home });
    expect(await resolveSettings({}, platform)).toMatchObject({
      entity: "user",
      project: "there",
      appUrl: "https://pages.example/",
    });
  });
});

describe("resolveTimeoutMs", () => {
  const platform = (variable: string | undefined): ReturnType<typeof createNodePlatform> =>
    createNodePlatform({ environment: { WANDB_HTTP_TIMEOUT: variable } });

  it("prefers the option to the variable to 19 s", () => {
    expect(resolveTimeoutMs(3, platform("5"))).toBe(3_000);
    expect(resolveTimeoutMs(undefined, platform("5"))).toBe(5_000);
    expect(resolveTimeoutMs(undefined, platform(undefined))).toBe(19_000);
  });

  it.each(["0", "-1", "soon"])("refuses %j", (variable) => {
    expect(() => resolveTimeoutMs(undefined, platform(variable))).toThrow(ValueError);
  });
});
