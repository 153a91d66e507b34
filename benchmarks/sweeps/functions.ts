// What is minimised: standard functions of global optimisation and two that look like the tuning of a model. Each is
// shifted so that its least value is 0, and what is left is the regret.
import type { JsonObject, JsonValue } from "@steelyard/protocol";

/** A function, the space it is searched in, and the noise of its measurements. */
export interface TestFunction {
  readonly name: string;
  /** As a sweep's configuration spells it. */
  readonly parameters: JsonObject;
  /** The deviation of what is measured from the true cost. */
  readonly noise: number;
  /** How many runs are under way at once. */
  readonly agents: number;
  /** The true cost. */
  cost(values: JsonObject): number;
}

function range(dimensions: number, min: number, max: number): JsonObject {
  return Object.fromEntries(
    Array.from({ length: dimensions }, (_, index) => [`x${index}`, { distribution: "uniform", min, max }]),
  );
}

function numberOf(value: JsonValue | undefined): number {
  if (typeof value !== "number") throw new TypeError(`expected a number, found ${typeof value}`);
  return value;
}

function vector(values: JsonObject, dimensions: number): readonly number[] {
  return Array.from({ length: dimensions }, (_, index) => numberOf(values[`x${index}`]));
}

function branin(values: JsonObject): number {
  const [x = 0, y = 0] = vector(values, 2);
  const bent = y - (5.1 / (4 * Math.PI ** 2)) * x * x + (5 / Math.PI) * x - 6;
  return bent ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10 - 0.39788735772973816;
}

const HARTMANN_WEIGHTS = [1, 1.2, 3, 3.2];
const HARTMANN_WIDTHS = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const HARTMANN_CENTERS = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
];

function hartmann6(values: JsonObject): number {
  const place = vector(values, 6);
  let sum = 3.32236801141551;
  for (const [index, weight] of HARTMANN_WEIGHTS.entries()) {
    const squares = place.map((coordinate, axis) => {
      const apart = coordinate - (HARTMANN_CENTERS[index]?.[axis] ?? 0);
      return (HARTMANN_WIDTHS[index]?.[axis] ?? 0) * apart * apart;
    });
    sum -= weight * Math.exp(-squares.reduce((total, square) => total + square, 0));
  }
  return sum;
}

function rosenbrock(values: JsonObject): number {
  const place = vector(values, 4);
  return place.slice(1).reduce((sum, next, index) => {
    const here = place[index] ?? 0;
    return sum + 100 * (next - here * here) ** 2 + (1 - here) ** 2;
  }, 0);
}

function ackley(values: JsonObject): number {
  const place = vector(values, 5);
  const squares = place.reduce((sum, x) => sum + x * x, 0) / place.length;
  const waves = place.reduce((sum, x) => sum + Math.cos(2 * Math.PI * x), 0) / place.length;
  return -20 * Math.exp(-0.2 * Math.sqrt(squares)) - Math.exp(waves) + 20 + Math.E;
}

const BEST_RATES: Readonly<Record<string, { readonly logRate: number; readonly loss: number }>> = {
  sgd: { logRate: -1.1, loss: 0.12 },
  momentum: { logRate: -2, loss: 0.05 },
  adam: { logRate: -3.2, loss: 0 },
  rmsprop: { logRate: -3.7, loss: 0.08 },
};

/** Like a model's loss: the best learning rate hangs on the optimizer, the best dropout on the depth. */
function tuning(values: JsonObject): number {
  const { optimizer, rate, layers, dropout, batch } = values;
  const best = BEST_RATES[typeof optimizer === "string" ? optimizer : ""];
  if (best === undefined) throw new TypeError("expected an optimizer");
  const depth = numberOf(layers) - 5;
  return (
    best.loss +
    0.15 * (Math.log10(numberOf(rate)) - best.logRate) ** 2 +
    0.02 * depth * depth +
    2 * (numberOf(dropout) - 0.25 - 0.05 * depth) ** 2 +
    0.03 * (Math.log2(numberOf(batch)) - 6) ** 2
  );
}

const tuned: JsonObject = {
  optimizer: { values: ["sgd", "momentum", "adam", "rmsprop"] },
  rate: { distribution: "log_uniform_values", min: 1e-5, max: 1 },
  layers: { distribution: "int_uniform", min: 1, max: 10 },
  dropout: { distribution: "q_uniform", min: 0, max: 0.8, q: 0.05 },
  batch: { values: [16, 32, 64, 128, 256] },
};

const braninSpace: JsonObject = {
  x0: { distribution: "uniform", min: -5, max: 10 },
  x1: { distribution: "uniform", min: 0, max: 15 },
};

/** All that is measured. */
export const testFunctions: readonly TestFunction[] = [
  { name: "branin", parameters: braninSpace, noise: 0, agents: 1, cost: branin },
  { name: "hartmann6", parameters: range(6, 0, 1), noise: 0, agents: 1, cost: hartmann6 },
  { name: "rosenbrock4", parameters: range(4, -2.048, 2.048), noise: 0, agents: 1, cost: rosenbrock },
  { name: "ackley5", parameters: range(5, -10, 20), noise: 0, agents: 1, cost: ackley },
  { name: "tuning", parameters: tuned, noise: 0, agents: 1, cost: tuning },
  { name: "noisy tuning", parameters: tuned, noise: 0.05, agents: 1, cost: tuning },
  { name: "hartmann6, 5 agents", parameters: range(6, 0, 1), noise: 0, agents: 5, cost: hartmann6 },
  { name: "tuning, 5 agents", parameters: tuned, noise: 0, agents: 5, cost: tuning },
];
