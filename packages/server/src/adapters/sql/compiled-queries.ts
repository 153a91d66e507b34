// Queries that are put together once and run with other values each time. Where a statement runs for each of many small
// rows, building it costs several times what running it costs.
import { CompiledQuery } from "kysely";
import type { Compilable, Transaction } from "kysely";

/** More names than any caller has. */
const maxQueries = 500;

/** Built queries of one database, by name. */
export class CompiledQueries {
  /** Only their texts: a built query holds the values of its first use, which may be large. */
  readonly #texts: Map<string, string> = new Map();

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
    let text = this.#texts.get(name);
    if (text === undefined) {
      const query = build().compile();
      if (query.parameters.length !== parameters.length) {
        throw new Error(`${name} has ${query.parameters.length} parameters, not ${parameters.length}`);
      }
      text = query.sql;
      if (this.#texts.size >= maxQueries) this.#texts.clear();
      this.#texts.set(name, text);
    }
    await trx.executeQuery(CompiledQuery.raw(text, [...parameters]));
  }
}
