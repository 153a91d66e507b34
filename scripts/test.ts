/** `npm test`: the checks and every test. `--long` runs the soak and size tests at full scale. */
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./run.ts";

const isLong = process.argv.includes("--long");
const report = join(root, ".cache/test-report.json");
mkdirSync(join(root, ".cache"), { recursive: true });
rmSync(report, { force: true });

const isChecked = run(process.execPath, ["scripts/check.ts"]);
const isTested = run(
  "vitest",
  ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
  isLong ? { STEELYARD_LONG: "1" } : {},
);
printCounts();
process.exitCode = isChecked && isTested ? 0 : 1;

/** One closing line that tells how many tests ran. */
function printCounts(): void {
  if (!existsSync(report)) {
    console.log("0 passed, 0 failed");
    return;
  }
  const counts: unknown = JSON.parse(readFileSync(report, "utf8"));
  const read = (key: string): number => {
    const value: unknown =
      counts !== null && typeof counts === "object" ? Reflect.get(counts, key) : undefined;
    if (typeof value !== "number") throw new Error(`The test report has no number ${key}.`);
    return value;
  };
  const skipped = read("numPendingTests") + read("numTodoTests");
  console.log(`${read("numPassedTests")} passed, ${read("numFailedTests")} failed, ${skipped} skipped`);
}
