import { describe, expect, it } from "vitest";

import { AuthenticationError, UsageError } from "./errors.ts";
import { resolveCredentials } from "./credentials.ts";
import type { Credentials } from "./credentials.ts";
import { SILENT_LOGGER } from "./logger.ts";
import { PORTABLE_PLATFORM } from "./platform.ts";
import type { Platform } from "./platform.ts";
import { resolveSettings } from "./settings.ts";

const KEY_A = "a".repeat(40);
const KEY_B = `local-${"b".repeat(40)}`;

interface Machine {
  readonly environment?: Readonly<Record<string, string>>;
  readonly netrc?: Readonly<Record<string, string>>;
  readonly file?: Readonly<Record<string, string>>;
}

async function find(machine: Machine, apiKey?: string | null): Promise<Credentials> {
  const platform: Platform = {
    ...PORTABLE_PLATFORM,
    environment: () => machine.environment ?? {},
    netrc: (host) => {
      const value = machine.netrc?.[host];
      return Promise.resolve({
        password: value === undefined ? null : { value, source: "netrc" },
        problem: null,
      });
    },
    settingsFiles: () =>
      Promise.resolve(machine.file === undefined ? [] : [{ path: "file", settings: machine.file }]),
  };
  const settings = await resolveSettings({ baseUrl: "http://h:8080" }, platform);
  return resolveCredentials({ apiKey, settings, platform, logger: SILENT_LOGGER });
}

describe("credentials", () => {
  it("are the option, before anything else", async () => {
    expect(await find({ environment: { WANDB_API_KEY: KEY_B } }, KEY_A)).toEqual({ kind: "key", key: KEY_A });
  });

  it("are none when the option is null", async () => {
    expect(await find({ environment: { WANDB_API_KEY: KEY_B } }, null)).toEqual({ kind: "none" });
  });

  it("are WANDB_API_KEY, before netrc", async () => {
    const machine = { environment: { WANDB_API_KEY: KEY_A }, netrc: { "h:8080": KEY_B } };
    expect(await find(machine)).toEqual({ kind: "key", key: KEY_A });
  });

  it("are the identity token file", async () => {
    const machine = { environment: { WANDB_IDENTITY_TOKEN_FILE: "token" } };
    expect(await find(machine)).toEqual({ kind: "identity", tokenFile: "token" });
  });

  it("are not both a key and an identity token file", async () => {
    const environment = { WANDB_API_KEY: KEY_A, WANDB_IDENTITY_TOKEN_FILE: "token" };
    await expect(find({ environment })).rejects.toThrow(AuthenticationError);
  });

  it("are those of netrc for the server's host and port, and no other", async () => {
    expect(await find({ netrc: { "h:8080": KEY_B } })).toEqual({ kind: "key", key: KEY_B });
    await expect(find({ netrc: { h: KEY_B } })).rejects.toThrow(UsageError);
  });

  it("are those of a settings file that is about the same server", async () => {
    expect(await find({ file: { base_url: "http://h:8080", api_key: KEY_A } })).toEqual({
      kind: "key",
      key: KEY_A,
    });
    await expect(find({ file: { base_url: "http://other", api_key: KEY_A } })).rejects.toThrow(UsageError);
  });

  it("say where to put a key when there is none", async () => {
    await expect(find({})).rejects.toThrow(/WANDB_API_KEY.*h:8080/s);
  });

  it("are refused when malformed, without showing them", async () => {
    const error: unknown = await find({ environment: { WANDB_API_KEY: "short-secret" } }).catch(
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(String(error)).toContain("WANDB_API_KEY");
    expect(String(error)).not.toContain("short-secret");
  });
});
