import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { parseNetrc, readNetrc } from "./netrc.ts";

describe("parseNetrc", () => {
  it("reads entries over one or several lines, quoted or not", () => {
    const text = `
# a comment: machine nowhere password no
machine api.wandb.ai login user password abc
machine localhost:8080
  login user
  password "with \\"quotes\\""
machine 'quoted host' account x password 'a b'
`;
    expect(parseNetrc(text)).toEqual([
      { machine: "api.wandb.ai", password: "abc" },
      { machine: "localhost:8080", password: 'with "quotes"' },
      { machine: "quoted host", password: "a b" },
    ]);
  });

  it("skips macros and reads the default entry", () => {
    const text = "macdef init\ncd machine evil password no\n\ndefault login user password last\n";
    expect(parseNetrc(text)).toEqual([{ machine: null, password: "last" }]);
  });

  it("does not take a login for a keyword", () => {
    expect(parseNetrc("machine h login password password secret")).toEqual([
      { machine: "h", password: "secret" },
    ]);
  });
});

describe("readNetrc", () => {
  it("looks in $NETRC, else in the home's two files, and tells what is wrong", async () => {
    const home = await mkdtemp(join(tmpdir(), "netrc-"));
    try {
      const none = { password: null, problem: null };
      expect(await readNetrc("h", { environment: {}, home })).toEqual(none);
      await writeFile(join(home, "_netrc"), "machine h password second");
      expect((await readNetrc("h", { environment: {}, home })).password?.value).toBe("second");
      await writeFile(join(home, ".netrc"), "machine h password first");
      expect((await readNetrc("h", { environment: {}, home })).password).toEqual({
        value: "first",
        source: join(home, ".netrc"),
      });
      await writeFile(join(home, "own"), "machine h login user");
      const own = await readNetrc("h", { environment: { NETRC: "~/own" }, home });
      expect(own.problem).toContain("no password for h");
      const folder = await readNetrc("h", { environment: { NETRC: home }, home });
      expect(folder.problem).toContain("cannot be read");
    } finally {
      await rm(home, { recursive: true });
    }
  });
});
