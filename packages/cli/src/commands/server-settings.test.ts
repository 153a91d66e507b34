import { describe, expect, it } from "vitest";
import { parseSwitch, readServerSettings } from "./server-settings.ts";

describe("the settings of a server", () => {
  it("have defaults", () => {
    expect(readServerSettings({}, {})).toMatchObject({
      port: 8080,
      host: undefined,
      dataFolder: "./steelyard-data",
      url: undefined,
      trustProxy: false,
      allowPrivateWebhooks: false,
      logLevel: "warn",
      adminApiKey: undefined,
    });
  });

  it("come from flags first, then from the environment; an empty variable is none", () => {
    const env = {
      STEELYARD_PORT: "9000",
      STEELYARD_HOST: "0.0.0.0",
      STEELYARD_DATA: "/srv/data",
      STEELYARD_URL: "https://runs.example.org/base/",
      STEELYARD_TRUST_PROXY: "true",
      STEELYARD_ADMIN_API_KEY: "",
      STEELYARD_SEAL_LINES: "500",
      STEELYARD_ALLOW_PRIVATE_WEBHOOKS: "1",
    };
    expect(readServerSettings({}, env)).toMatchObject({
      port: 9000,
      host: "0.0.0.0",
      dataFolder: "/srv/data",
      url: "https://runs.example.org/base",
      trustProxy: true,
      adminApiKey: undefined,
      sealLines: 500,
      allowPrivateWebhooks: true,
    });
    const flags = { port: "0", host: "::1", data: "here", url: "http://x", logLevel: "debug" };
    expect(readServerSettings(flags, env)).toMatchObject({
      port: 0,
      host: "::1",
      dataFolder: "here",
      url: "http://x",
      logLevel: "debug",
    });
  });

  it("that cannot be understood are named in a sentence", () => {
    for (const [flags, sentence] of [
      [{ port: "80a" }, 'The port is "80a"'],
      [{ port: "70000" }, 'The port is "70000"'],
      [{ port: "-1" }, 'The port is "-1"'],
      [{ url: "runs.example.org" }, 'The url is "runs.example.org"'],
      [{ url: "ftp://x" }, 'The url is "ftp://x"'],
      [{ url: "http://x/?a" }, 'The url is "http://x/?a"'],
      [{ logLevel: "loud" }, 'The log level is "loud"'],
    ] as const) {
      expect(() => readServerSettings(flags, {})).toThrow(sentence);
    }
    for (const text of ["0", "-5", "many", "1e3", "100001"]) {
      expect(() => readServerSettings({}, { STEELYARD_SEAL_LINES: text })).toThrow("STEELYARD_SEAL_LINES is");
    }
  });
});

describe("a switch in the environment", () => {
  it("is off when it says so", () => {
    for (const text of [undefined, "", "0", "false", "No", "off"]) expect(parseSwitch("X", text)).toBe(false);
    for (const text of ["1", "true", "YES", "on"]) expect(parseSwitch("X", text)).toBe(true);
    expect(() => parseSwitch("X", "maybe")).toThrow('X is "maybe"; expected true or false.');
  });
});
