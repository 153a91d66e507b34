import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { ValueError } from "../core/errors.ts";
import { NodeDisk } from "./disk.ts";

let folder: string;
let disk: NodeDisk;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "disk-"));
  disk = new NodeDisk(folder);
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe("resolve", () => {
  it("joins a root and a name", async () => {
    expect(await disk.resolve("out", "media/images/a b.png")).toBe(
      join(folder, "out", "media", "images", "a b.png"),
    );
  });

  it.each(["../x", "a/../../x", "/etc/passwd", "a//b", "", "..", "a\\..\\x", "a\0b", "./x"])(
    "refuses the name %j",
    async (name) => {
      await expect(disk.resolve("out", name)).rejects.toThrow(ValueError);
    },
  );

  it("refuses a name that a symbolic link leads out of the root", async () => {
    await mkdir(join(folder, "out"));
    await mkdir(join(folder, "secret"));
    await symlink(join(folder, "secret"), join(folder, "out", "link"));
    await expect(disk.resolve("out", "link/x")).rejects.toThrow("symbolic link");
    expect(await disk.resolve(".", "out/x")).toBe(join(folder, "out", "x"));
  });

  it("allows a root that is itself a link", async () => {
    await mkdir(join(folder, "real"));
    await symlink(join(folder, "real"), join(folder, "root"));
    expect(await disk.resolve("root", "a/b")).toBe(join(folder, "root", "a", "b"));
  });
});

describe("write", () => {
  async function* content(...parts: readonly (string | Error)[]): AsyncGenerator<Uint8Array> {
    for (const part of parts) {
      await Promise.resolve();
      if (part instanceof Error) throw part;
      yield new TextEncoder().encode(part);
    }
  }

  it("makes folders and replaces what is there", async () => {
    const path = await disk.resolve("a", "b/c.txt");
    await disk.write(path, content("one"));
    await disk.write(path, content("t", "wo"));
    expect(await readFile(path, "utf8")).toBe("two");
  });

  it("leaves nothing behind, and the old content alone, when the content breaks off", async () => {
    const path = await disk.resolve(".", "c.txt");
    await disk.write(path, content("old"));
    await expect(disk.write(path, content("new", new Error("broken")))).rejects.toThrow("broken");
    expect(await readdir(folder)).toEqual(["c.txt"]);
    expect(await readFile(path, "utf8")).toBe("old");
  });
});

describe("openForUpload", () => {
  it("names a file by its path below the root", async () => {
    await mkdir(join(folder, "sub"));
    await writeFile(join(folder, "sub", "f.txt"), "content");
    const file = await disk.openForUpload("sub/f.txt", ".");
    expect(file).toMatchObject({ name: "sub/f.txt", sizeBytes: 7 });
    expect(await new Response(file.open()).text()).toBe("content");
    expect((await disk.openForUpload("sub/f.txt", "sub")).name).toBe("f.txt");
  });

  it("refuses what is outside the root, no file, or missing", async () => {
    await writeFile(join(folder, "f.txt"), "");
    await expect(disk.openForUpload("f.txt", "sub")).rejects.toThrow("does not lie below the root");
    await expect(disk.openForUpload(".", "..")).rejects.toThrow("is not a file");
    await expect(disk.openForUpload("gone", ".")).rejects.toThrow(ValueError);
  });
});
