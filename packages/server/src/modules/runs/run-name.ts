/** Names that are invented for runs: an id for the address, and a friendly one to show. */
import type { IdSource } from "../../ports/id-source.ts";

const ID_LENGTH = 8;
const ID_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

const ADJECTIVES: readonly string[] = `
  amber ancient bold breezy bright calm clever copper crimson curious dapper deep distant dusty
  eager early fair fluent gentle golden hidden humble icy jolly keen kind level light lively lucky
  mellow merry misty noble patient proud quick quiet rapid ready rustic silent silver smooth
  steady still sunny swift tidy true vivid warm wise
`
  .trim()
  .split(/\s+/);

const NOUNS: readonly string[] = `
  anchor aspen balance beam bell birch brook canyon cedar cliff comet coral creek delta dune ember
  falcon fern field fjord forest garden glacier grove harbor heron hill island lagoon lake lantern
  lever maple marsh meadow mesa mill moon oak orchard otter pebble pine plain prairie reef ridge
  river scale shore spruce star stone summit thicket tide valley weight willow wren
`
  .trim()
  .split(/\s+/);

/** An id for a run that came without one. */
export function inventRunId(ids: IdSource): string {
  return Array.from({ length: ID_LENGTH }, () => ID_LETTERS.charAt(ids.integer(ID_LETTERS.length))).join("");
}

/** A name to show, such as `steady-beam-7`, for the run that is the `ordinal`th of its project. */
export function inventDisplayName(ids: IdSource, ordinal: number): string {
  return `${pick(ids, ADJECTIVES)}-${pick(ids, NOUNS)}-${ordinal}`;
}

/** The same for a run that a sweep made, such as `steady-sweep-7`. */
export function inventSweepRunName(ids: IdSource, ordinal: number): string {
  return `${pick(ids, ADJECTIVES)}-sweep-${ordinal}`;
}

function pick(ids: IdSource, words: readonly string[]): string {
  const word = words[ids.integer(words.length)];
  if (word === undefined) throw new RangeError("The source of randomness went out of its bounds");
  return word;
}
