/** Random search: each parameter drawn for itself. */
import type { JsonObject } from "@steelyard/protocol";
import type { SweepParameter } from "./distribution.ts";
import { nestValues } from "./parameter-values.ts";
import { sample } from "./sample.ts";
import type { RandomSource } from "./sample.ts";

/** One point of the space. */
export function samplePoint(parameters: readonly SweepParameter[], random: RandomSource): JsonObject {
  return nestValues(
    parameters,
    parameters.map(({ distribution }) => sample(distribution, random)),
  );
}
