import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { artifactData, artifactServer } from "../../../../test/artifact-server.ts";
import { testApi } from "../../../../test/test-api.ts";
import { PORTABLE_PLATFORM, UnsupportedError, ValueError } from "../../../index.ts";
import type { Api, ApiOptions } from "../../../index.ts";
import { createNodePlatform } from "../../../node/platform.ts";
import type { ScriptedServer } from "../../../../test/scripted-server.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "artifacts-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** An Api with a disk whose cache is in the test's folder. */
function apiOf(server: ScriptedServer, options: ApiOptions = {}): Api {
  const environment = { WANDB_CACHE_DIR: join(folder, "cache") };
  return testApi(server, {
    platform: createNodePlatform({ environment, workingDirectory: folder }),
    ...options,
  });
}

const FILES = { "a.txt": "first file", "deep/b.txt": "second file" };

describe("a download", () => {
  it("does nothing but look the version up when everything is there", async () => {
    await using server = await artifactServer(FILES);
    const first = await (await apiOf(server).artifact("things:v0")).download();
    expect(first).toBe(join(folder, "artifacts/things:v0"));
    expect(await readFile(join(first, "deep/b.txt"), "utf8")).toBe("second file");
    const before = server.requests.length;
    await (await apiOf(server).artifact("things:v0")).download();
    expect(server.requests.slice(before).map(({ operation }) => operation)).toEqual([
      "ArtifactMembershipByName",
    ]);
  });

  it("takes from the shared cache what another download brought, and not what is damaged there", async () => {
    await using server = await artifactServer(FILES);
    const artifact = await apiOf(server).artifact("things:v0");
    await artifact.download({ root: "one" });
    const downloads = (): number => server.requests.filter(({ path }) => path.startsWith("/blob/")).length;
    const before = downloads();
    await artifact.download({ root: "two" });
    expect(downloads()).toBe(before);
    const hex = createHash("md5").update(FILES["a.txt"]).digest("hex");
    const kept = join(folder, "cache/steelyard/obj/md5", hex.slice(0, 2), hex.slice(2));
    await writeFile(kept, "FIRST FILE");
    const third = await artifact.download({ root: "three" });
    expect(await readFile(join(third, "a.txt"), "utf8")).toBe("first file");
    expect(downloads()).toBe(before + 1);
    await artifact.download({ root: "four", skipCache: true });
    expect(downloads()).toBe(before + 3);
  });

  it("holds the cache below its limit", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 8 }, (_, index) => [`${index}.txt`, `${index}`.repeat(1_000)]),
    );
    await using server = await artifactServer(files);
    await (await apiOf(server, { artifactCacheBytes: 5_000 }).artifact("things:v0")).download();
    let total = 0;
    for (const entry of await readdir(join(folder, "cache"), { recursive: true, withFileTypes: true }))
      if (entry.isFile()) total += (await readFile(join(entry.parentPath, entry.name))).length;
    expect(total).toBeLessThanOrEqual(5_000);
    expect(total).toBeGreaterThan(0);
  });

  it("goes on where a broken one stopped", async () => {
    const content = "0123456789".repeat(100_000);
    await using server = await artifactServer({ "big.bin": content }, { breaksOnceAfter: 400_000 });
    const artifact = await apiOf(server, { maxRetries: 0 }).artifact("things:v0");
    await expect(artifact.download({ skipCache: true })).rejects.toThrow();
    const [part = ""] = await readdir(join(folder, "artifacts/things:v0"));
    expect(part).toMatch(/^big\.bin\..*\.part$/);
    const size = (await readFile(join(folder, "artifacts/things:v0", part))).length;
    expect(size).toBeGreaterThan(0);
    const root = await artifact.download({ skipCache: true });
    expect(server.requests.at(-1)?.headers["range"]).toBe(`bytes=${size}-`);
    expect(await readFile(join(root, "big.bin"), "utf8")).toBe(content);
    expect(await readdir(root)).toEqual(["big.bin"]);
  });

  it("begins anew when what it had was damaged", async () => {
    await using server = await artifactServer({ "big.bin": "0123456789" });
    const artifact = await apiOf(server).artifact("things:v0");
    const root = join(folder, "artifacts/things:v0");
    await mkdir(root, { recursive: true });
    const tag = createHash("md5")
      .update("0123456789")
      .digest("base64")
      .replaceAll(/[^0-9a-zA-Z]/g, "")
      .slice(0, 12);
    await writeFile(join(root, `big.bin.${tag}.part`), "XXXX");
    await artifact.download({ skipCache: true });
    expect(await readFile(join(root, "big.bin"), "utf8")).toBe("0123456789");
  });

  it("finds a byte that is not as the manifest says, wherever it is", async () => {
    await using server = await artifactServer(FILES, { damages: "a.txt" });
    const artifact = await apiOf(server).artifact("things:v0");
    await expect(artifact.download()).rejects.toThrow(/a\.txt.*damaged/);
    expect(await readdir(join(folder, "artifacts/things:v0")).catch(() => [])).not.toContain("a.txt");
    const entry = await artifact.getEntry("a.txt");
    await expect(entry.bytes()).rejects.toThrow(ValueError);
    await expect(new Response(await entry.stream()).bytes()).rejects.toThrow();
    await using sound = await artifactServer(FILES);
    const root = await (await apiOf(sound).artifact("things:v0")).download({ root: "sound" });
    await writeFile(join(root, "a.txt"), "first filE");
    await expect((await apiOf(sound).artifact("things:v0")).verify({ root })).rejects.toThrow(
      /a\.txt.*damaged/,
    );
    await writeFile(join(root, "extra.txt"), "");
    await expect((await apiOf(sound).artifact("things:v0")).verify({ root })).rejects.toThrow(/extra\.txt/);
    await (await apiOf(sound).artifact("things:v0")).checkout({ root });
    expect((await readdir(root)).toSorted()).toEqual(["a.txt", "deep"]);
  });

  it.each(["../out.txt", "/etc/out.txt", "a/../../out.txt", "a//b", "c:\\out.txt", "."])(
    "refuses the path %s",
    async (path) => {
      await using server = await artifactServer({ [path]: "content" });
      await expect((await apiOf(server).artifact("things:v0")).download()).rejects.toThrow(ValueError);
      expect(await readdir(folder)).toEqual(expect.not.arrayContaining(["out.txt"]));
    },
  );

  it("does not follow a link out of its folder", async () => {
    await using server = await artifactServer({ "deep/b.txt": "content" });
    await mkdir(join(folder, "elsewhere"));
    await mkdir(join(folder, "root"));
    await symlink(join(folder, "elsewhere"), join(folder, "root/deep"));
    const artifact = await apiOf(server).artifact("things:v0");
    await expect(artifact.download({ root: "root" })).rejects.toThrow(/symbolic link/);
    expect(await readdir(join(folder, "elsewhere"))).toEqual([]);
  });

  it("asks for a new address when the old one is refused", async () => {
    await using server = await artifactServer(FILES, { refusesFirstAddress: true });
    const root = await (await apiOf(server).artifact("things:v0")).download();
    expect(await readFile(join(root, "a.txt"), "utf8")).toBe("first file");
  });

  it("uses the addresses that clients make themselves when the server gives none", async () => {
    await using server = await artifactServer(FILES, { givesNoAddresses: true });
    await (await apiOf(server).artifact("things:v0")).download();
    const paths = server.requests.map(({ path }) => path).filter((path) => path.startsWith("/artifactsV2/"));
    const hex = createHash("md5").update("first file").digest("hex");
    expect(paths).toContain(`/artifactsV2/default/team/shop/things/QXJ0aWZhY3Q6MQ%3D%3D/${hex}/a.txt`);
  });

  it("tells how far it is", async () => {
    await using server = await artifactServer(FILES);
    const seen: number[] = [];
    await (
      await apiOf(server).artifact("things:v0")
    ).download({ onProgress: ({ bytesDone }) => seen.push(bytesDone) });
    expect(seen.at(-1)).toBe(FILES["a.txt"].length + FILES["deep/b.txt"].length);
  });

  it("needs a disk, but reading does not", async () => {
    await using server = await artifactServer(FILES);
    const artifact = await testApi(server, { platform: PORTABLE_PLATFORM }).artifact("things:v0");
    await expect(artifact.download()).rejects.toThrow(UnsupportedError);
    expect(await (await artifact.getEntry("deep/b.txt")).text()).toBe("second file");
  });
});

describe("the fields of a version", () => {
  it("keep the alias that was asked for, and leave numbers out of the aliases", async () => {
    await using server = await artifactServer(FILES, {
      fields: { ...artifactData(FILES), ttlDurationSeconds: 3600 },
    });
    const artifact = await apiOf(server).artifact("things:best");
    expect([artifact.name, artifact.version, artifact.aliases]).toEqual(["things:best", "v0", ["best"]]);
    expect(artifact.ttlSeconds).toBe(3_600);
    expect(artifact.isLink).toBe(false);
    expect(() => artifact.remove("a.txt")).toThrow(/logged/);
  });
});
