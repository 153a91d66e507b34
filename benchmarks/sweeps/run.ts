// How close each search comes to the best there is, after so many runs. Writes what it measured into
// last-results.json, and leaves there what it did not measure: regrets hang on seeds, not on the machine.
//
//   node benchmarks/sweeps/run.ts bayes 20              # one search, seeds 1 to 20, all functions
//   node benchmarks/sweeps/run.ts scikit-optimize 4
import { readFile, writeFile } from "node:fs/promises";
import { isJsonObject, parseJsonObject, printJson } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";
import { format } from "prettier";
import { testFunctions } from "./functions.ts";
import { PEER_VERSIONS, preparePeers } from "./prepare-peers.ts";
import { checkpoints, measureRegret } from "./regret.ts";
import { ourSearch, peerSearch } from "./searches.ts";
import type { StartSearch } from "./searches.ts";

const DIGITS = 3;
const resultsFile = new URL("last-results.json", import.meta.url);

async function searchOf(name: string): Promise<StartSearch> {
  if (name === "bayes" || name === "random") return ourSearch(name);
  if (!Object.hasOwn(PEER_VERSIONS, name)) throw new Error(`expected bayes, random or a peer, found ${name}`);
  return peerSearch(await preparePeers(), name);
}

function summarise(regrets: readonly (readonly number[])[]): JsonObject {
  const columns = checkpoints.map((_, index) =>
    regrets.map((row) => row[index] ?? NaN).sort((a, b) => a - b),
  );
  const round = (value: number): number => Number(value.toPrecision(DIGITS));
  return {
    seeds: regrets.length,
    median: columns.map((column) => round(column[Math.floor(column.length / 2)] ?? NaN)),
    mean: columns.map((column) => round(column.reduce((sum, value) => sum + value, 0) / column.length)),
  };
}

async function readRegrets(): Promise<JsonObject> {
  const stored = parseJsonObject(await readFile(resultsFile, "utf8"))["regrets"];
  return isJsonObject(stored) ? stored : {};
}

const [, , name = "bayes", seeds = "20"] = process.argv;
const start = await searchOf(name);
const measured: Record<string, JsonValue> = {};
for (const subject of testFunctions) {
  const regrets: (readonly number[])[] = [];
  while (regrets.length < Number(seeds))
    regrets.push(await measureRegret(start, subject, regrets.length + 1));
  measured[subject.name] = summarise(regrets);
  console.log(name, subject.name, printJson(measured[subject.name] ?? null));
}
const results = {
  peers: PEER_VERSIONS,
  checkpoints,
  regrets: { ...(await readRegrets()), [name]: measured },
};
await writeFile(resultsFile, await format(JSON.stringify(results), { parser: "json", printWidth: 110 }));
