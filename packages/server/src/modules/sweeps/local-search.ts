/** The search in the thread of whoever asks. */
import { nextParameters } from "./search/next-parameters.ts";
import { createSeededRandom } from "./search/seeded-random.ts";
import { parseSweepConfig } from "./sweep-config.ts";
import type { SearchRequest, Suggestion, SweepSearch } from "./sweep-search.ts";

/** `SweepSearch` on the spot. */
export class LocalSearch implements SweepSearch {
  async next({ config, trials, seed }: SearchRequest): Promise<Suggestion> {
    const found = nextParameters({
      config: parseSweepConfig(config).config,
      trials,
      random: createSeededRandom(seed),
    });
    return Promise.resolve({ parameters: "parameters" in found ? found.parameters : null });
  }
}
