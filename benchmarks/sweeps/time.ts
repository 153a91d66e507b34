// How long one proposal takes after so many runs; printed, and kept in the README.
import { nextParameters } from "../../packages/server/src/modules/sweeps/search/next-parameters.ts";
import { samplePoint } from "../../packages/server/src/modules/sweeps/search/random-search.ts";
import { createSeededRandom } from "../../packages/server/src/modules/sweeps/search/seeded-random.ts";
import type { Trial } from "../../packages/server/src/modules/sweeps/search/trial.ts";
import { parseSweepConfig } from "../../packages/server/src/modules/sweeps/sweep-config.ts";
import { testFunctions } from "./functions.ts";

const ROUNDS = 7;
const AGENTS = 4;

for (const subject of testFunctions.filter(({ agents, noise }) => agents === 1 && noise === 0)) {
  const { name, parameters } = subject;
  const { config } = parseSweepConfig({ method: "bayes", metric: { name: "loss" }, parameters });
  const random = createSeededRandom(1);
  const medians = [10, 100, 1000].map((count) => {
    const trials = Array.from({ length: count + AGENTS }, (_, index): Trial => {
      const point = samplePoint(config.parameters, random);
      return index < count
        ? { parameters: point, metric: subject.cost(point), state: "finished" }
        : { parameters: point, metric: null, state: "running" };
    });
    const times = Array.from({ length: ROUNDS }, () => {
      const startedAt = performance.now();
      nextParameters({ config, trials, random });
      return performance.now() - startedAt;
    });
    return Math.round(times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? NaN);
  });
  console.log(`${name}: ${medians.join(", ")} ms after 10, 100, 1000 runs`);
}
