// One search on one function: how far its best run is from the best there is, after so many runs.
import { createSeededRandom } from "../../packages/server/src/modules/sweeps/search/seeded-random.ts";
import { sampleNormal } from "../../packages/server/src/modules/sweeps/search/sample.ts";
import type { TestFunction } from "./functions.ts";
import type { StartSearch } from "./searches.ts";

/** Regrets are read after so many runs. */
export const checkpoints: readonly number[] = [10, 20, 40, 60];

const runs = checkpoints.at(-1) ?? 0;

/** The regret at each checkpoint: the true cost of the run that was measured best. */
export async function measureRegret(
  start: StartSearch,
  subject: TestFunction,
  seed: number,
): Promise<readonly number[]> {
  const { parameters, noise, agents } = subject;
  const search = await start(parameters, seed);
  const random = createSeededRandom(seed + 1_000_000);
  const regrets: number[] = [];
  let bestMeasured = Infinity;
  let regret = Infinity;
  while (regrets.length < runs) {
    const points = await search.ask(agents);
    const measured = points.map((point) => subject.cost(point) + noise * sampleNormal(random));
    for (const [index, point] of points.entries()) {
      const value = measured[index] ?? Infinity;
      if (value < bestMeasured) {
        bestMeasured = value;
        regret = subject.cost(point);
      }
      regrets.push(regret);
    }
    await search.tell(measured);
  }
  await search.close();
  return checkpoints.map((checkpoint) => regrets[checkpoint - 1] ?? NaN);
}
