// A disk that becomes read-only while runs log, as a file system does that finds itself damaged: the client is told to
// come back, readers are still answered, and what was acknowledged is there when the disk has been repaired.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { startTestServer, verifyFolder } from "@steelyard/testing";

import { expect, it } from "vitest";
import { pick, Wire } from "../wire/wire.ts";

const diskMebibytes = 96;
const isSuperuser = process.platform === "linux" && process.getuid?.() === 0;

function run(command: string, ...args: readonly string[]): string {
  return execFileSync(command, args, { encoding: "utf8", stdio: "pipe" }).trim();
}

/** A disk with a real file system, which lies in a file. */
class FileDisk implements Disposable {
  readonly folder: string;
  readonly #base: string = mkdtempSync(join(tmpdir(), "steelyard-disk-"));
  readonly #image: string = join(this.#base, "image");
  #isMounted = false;

  constructor() {
    this.folder = join(this.#base, "disk");
    mkdirSync(this.folder);
    run("truncate", "--size", `${diskMebibytes}M`, this.#image);
    run("mkfs.ext4", "-q", this.#image);
    this.mount();
  }

  mount(): void {
    run("mount", "-o", "loop,errors=remount-ro", this.#image, this.folder);
    this.#isMounted = true;
  }

  unmount(): void {
    if (this.#isMounted) run("umount", this.folder);
    this.#isMounted = false;
  }

  /** The switch by which Linux lets an ext4 fail; missing where loop devices or the switch are. */
  get failure(): string {
    const device = run("findmnt", "--noheadings", "--output", "SOURCE", this.folder);
    return `/sys/fs/ext4/${basename(device)}/trigger_fs_error`;
  }

  /** Repairs the file system and mounts it again. */
  repair(): void {
    this.unmount();
    try {
      run("e2fsck", "-p", this.#image);
    } catch (error) {
      // 1 says that something was found and repaired.
      if (!(error instanceof Error && "status" in error && error.status === 1)) throw error;
    }
    this.mount();
  }

  [Symbol.dispose](): void {
    this.unmount();
    rmSync(this.#base, { recursive: true });
  }
}

/** Whether this machine can mount such a disk: containers often have no loop devices. */
function canMount(): boolean {
  if (!isSuperuser) return false;
  try {
    using disk = new FileDisk();
    return existsSync(disk.failure);
  } catch {
    return false;
  }
}

it.runIf(canMount())(
  "refuses writes to a disk that has become read-only, still answers, and loses nothing",
  { timeout: 120_000 },
  async () => {
    using disk = new FileDisk();
    const dataFolder = join(disk.folder, "data");
    await using server = await startTestServer({ dataFolder, env: { STEELYARD_SEAL_LINES: "40" } });
    const wire = new Wire(server);
    const address = await wire.upsertRun("read-only", "r");
    const line = (step: number): string => JSON.stringify({ _step: step, text: "x".repeat(500) });
    const send = (offset: number, count: number): ReturnType<Wire["fileStream"]> => {
      const content = Array.from({ length: count }, (_, index) => line(offset + index));
      return wire.fileStream(address, { files: { "wandb-history.jsonl": { offset, content } } });
    };

    let acknowledged = 0;
    // Small ones, which wait in the journal, and large ones, of which some are sealed meanwhile.
    for (let request = 0; request < 50; request += 1) {
      const count = request % 3 === 0 ? 30 : 1;
      expect((await send(acknowledged, count)).status).toBe(200);
      acknowledged += count;
    }
    writeFileSync(disk.failure, "1");
    for (const count of [1, 30]) {
      const refusal = await send(acknowledged, count);
      expect(refusal.status, refusal.text).toBe(503);
      expect(String(pick(refusal.json, "error", "message"))).toMatch(/cannot be written|Check the disk/);
    }
    expect((await wire.request("/ready")).status).toBe(200);

    await server.kill();
    disk.repair();
    const report = await verifyFolder({ folder: dataFolder, isFull: true });
    expect(report.problems).toEqual([]);
    await server.restart();
    const lines = Array.from({ length: acknowledged }, (_, step) => line(step));
    expect(await wire.historyLines(address)).toEqual(lines);
    expect((await send(acknowledged, 30)).status).toBe(200);
    expect(await wire.historyLines(address)).toHaveLength(acknowledged + 30);
  },
);
