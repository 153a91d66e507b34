// The places where the TypeScript Api gives another value than Python's on purpose. Each one stands in
// docs/reference/differences.md under its title; a test checks that, and that each one still happens.
import { toFloat, type PythonValue } from "../python/python-value.ts";
import type { Difference } from "./compare.ts";

/** One difference that is on purpose. */
export interface AllowedDifference {
  /** What docs/reference/differences.md says: a heading, or the start of a row. */
  readonly title: string;
  /** Which places it may show at. */
  readonly path: RegExp;
  /** Whether the two values differ in the way that is meant. */
  readonly accepts: (difference: Difference) => boolean;
}

const nonFinite: ReadonlyMap<PythonValue, number> = new Map([
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
]);

/** Every difference that is on purpose. */
export const allowedDifferences: readonly AllowedDifference[] = [
  {
    title: "Non-finite numbers in sampled rows are numbers",
    path: /^runs\/[^/]+\/(?:history|scanHistory) (?:keys|xAxis)=/u,
    accepts: ({ python, typescript }) => python !== undefined && Object.is(nonFinite.get(python), typescript),
  },
  {
    title: "Large integers stay exact in scanned rows",
    path: /^runs\/[^/]+\/scanHistory keys=/u,
    accepts: ({ python, typescript }) =>
      typeof python === "object" &&
      python !== null &&
      "float" in python &&
      typeof typescript === "bigint" &&
      Number(typescript) === toFloat(python.float),
  },
  {
    title: "`json_config` loses descriptions and `wandb_version`.",
    path: /^runs\/[^/]+\/jsonConfig\/.*\/(?:desc|wandb_version)$/u,
    accepts: ({ python, typescript }) => python === null && typescript === undefined,
  },
  {
    // The key "HT%3ML " of the media run: Python strips the space and then misses the key.
    title: "Summary keys are attributes and are stripped of spaces",
    path: /^runs\/media\/summary$/u,
    accepts: ({ python, typescript }) => isKeyError(python) && typeof typescript === "object",
  },
];

function isKeyError(value: PythonValue | undefined): boolean {
  return typeof value === "object" && value !== null && "error" in value && value.error.type === "KeyError";
}
