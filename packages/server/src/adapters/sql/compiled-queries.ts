// Queries that are put together once and run with other values each time. Where a statement runs for each of many small
// rows, building it costs several times what running it costs.
import type { Compilable, CompiledQuery, Transaction } from "kysely";

/** More names than any caller has. */
const maxQueries = 500;

/** Built queries of one database, by name. */
export class CompiledQueries {
  readonly #queries: Map<string, CompiledQuery> = new Map();

  /**
   * Runs the query called `name` with `parameters`, in the order in which they stand in its text. `build` is asked the
   * first time only; the values that it puts in do not matter.
   */
  async run<Tables>(
    trx: Transaction<Tables>,
    name: string,
    build: () => Compilable,
    parameters: readonly unknown[],
  ): Promise<void> {
    let query = this.#queries.get(name);
    if (query === undefined) {
      query = build().compile();
      if (query.parameters.length !== parameters.length) {
        throw new Error(`${name} has ${query.parameters.length} parameters, not ${parameters.length}`);
      }
      if (this.#queries.size >= maxQueries) this.#queries.clear();
      this.#queries.set(name, query);
    }
    await trx.executeQuery({ ...query, parameters });
  }
}
