// The other benchmarks, each as a function of a size that tells what things cost at it.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { measureSteelyard } from "../ingest/steelyard.ts";
import { measureSize } from "../runs-table/measure.ts";

/** Costs by name: the less the better. */
export type Costs = Readonly<Record<string, number>>;

/** A benchmark at a size. */
export interface Subject {
  readonly name: string;
  /** What the size counts. */
  readonly of: string;
  /** The smaller of the two sizes; the other one is ten times larger. */
  readonly size: number;
  measure(size: number): Promise<Costs>;
}

/** All subjects. */
export const subjects: readonly Subject[] = [
  {
    name: "runs-table",
    of: "runs in the project",
    size: 100_000,
    async measure(size) {
      const repeats = { cold: 3, warm: 25, peer: 1, withoutSegments: 0 };
      const { questions, mebibytes } = await measureSize(
        join(tmpdir(), "steelyard-runs-table"),
        size,
        repeats,
      );
      const times = questions.flatMap(({ title, cold, warm }) => [
        [`${title}: cold`, cold.p50] as const,
        [`${title}: warm`, warm.p50] as const,
      ]);
      return { ...Object.fromEntries(times), mebibytes };
    },
  },
  {
    name: "sealed-reads",
    of: "steps of one run",
    size: 100_000,
    async measure(size) {
      const folder = await mkdtemp(join(tmpdir(), "steelyard-growth-"));
      const file = join(folder, "results.json");
      const script = join(import.meta.dirname, "../sealed-reads/measure.ts");
      await promisify(execFile)(process.execPath, [script, String(size), file]);
      const results: unknown = JSON.parse(await readFile(file, "utf8"));
      await rm(folder, { recursive: true });
      const entries = Object.entries(results ?? {}).filter(
        (entry): entry is [string, number] => typeof entry[1] === "number",
      );
      return Object.fromEntries(entries.filter(([name]) => name !== "steps" && name !== "keys"));
    },
  },
  {
    name: "ingest",
    of: "runs that log at once",
    size: 10,
    async measure(size) {
      const { rowsASecond, sustainedRowsASecond, residentMebibytes } = await measureSteelyard({
        connections: size,
        seconds: 10,
        rowsARequest: 100,
        keysARow: 20,
      });
      return {
        "seconds for a million rows, accepted": 1e6 / rowsASecond,
        "seconds for a million rows, indexed and sealed": 1e6 / sustainedRowsASecond,
        "mebibytes at most": residentMebibytes.most,
      };
    },
  },
];
