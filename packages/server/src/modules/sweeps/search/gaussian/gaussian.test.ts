import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSeededRandom } from "../seeded-random.ts";
import { factorise, invertFactored, logDeterminant } from "./cholesky.ts";
import { fitKernel } from "./fit.ts";
import { covarianceOf } from "./kernel.ts";
import type { KernelShape, Places } from "./kernel.ts";
import { minimise } from "./minimise.ts";
import { Posterior } from "./posterior.ts";

function placesOf(rows: readonly (readonly number[])[], isNominal: readonly boolean[]): Places {
  return {
    count: rows.length,
    dimensions: isNominal.length,
    coordinates: Float64Array.from(rows.flat()),
    isNominal,
  };
}

function randomPlaces(count: number, dimensions: number, seed: number): Places {
  const random = createSeededRandom(seed);
  const rows = Array.from({ length: count }, () => Array.from({ length: dimensions }, random));
  return placesOf(rows, rows[0]?.map(() => false) ?? []);
}

const shape: KernelShape = { lengths: Float64Array.of(0.3, 0.5), amplitude: 1.5, noise: 1e-6 };

describe("a covariance matrix", () => {
  it("is inverted", () => {
    const matrix = Float64Array.of(4, 2, 0.6, 2, 5, 1, 0.6, 1, 3);
    const factor = factorise(matrix, 3);
    const inverse = invertFactored(factor, 3);
    for (let row = 0; row < 3; row += 1)
      for (let column = 0; column < 3; column += 1) {
        let sum = 0;
        for (let k = 0; k < 3; k += 1) sum += (matrix[row * 3 + k] ?? 0) * (inverse[k * 3 + column] ?? 0);
        expect(sum).toBeCloseTo(row === column ? 1 : 0, 10);
      }
    expect(logDeterminant(factor, 3)).toBeCloseTo(Math.log(43.0 + 0.6), 0);
  });

  it("of places that coincide is still factorised", () => {
    const places = placesOf(
      Array.from({ length: 20 }, () => [0.5, 0.5]),
      [false, false],
    );
    const factor = factorise(covarianceOf(places, { ...shape, noise: 0 }), 20);
    expect(factor.every(Number.isFinite)).toBe(true);
  });

  it("with something that is no number is refused", () => {
    expect(() => factorise(Float64Array.of(NaN), 1)).toThrow(RangeError);
  });
});

describe("a posterior", () => {
  it("goes through what was measured, and knows little far away", () => {
    const places = placesOf(
      [
        [0.1, 0.1],
        [0.9, 0.2],
      ],
      [false, false],
    );
    const posterior = new Posterior(places, Float64Array.of(-1, 2), shape);
    expect(posterior.predict(Float64Array.of(0.9, 0.2)).mean).toBeCloseTo(2, 3);
    expect(posterior.predict(Float64Array.of(0.9, 0.2)).deviation).toBeLessThan(0.01);
    expect(posterior.predict(Float64Array.of(50, 50)).mean).toBeCloseTo(0, 6);
    expect(posterior.predict(Float64Array.of(50, 50)).deviation).toBeCloseTo(Math.sqrt(1.5), 6);
  });

  it("has the slopes that differences show", () => {
    const places = randomPlaces(12, 2, 4);
    const costs = Float64Array.from({ length: 12 }, (_, index) => Math.sin(index));
    const posterior = new Posterior(places, costs, { ...shape, noise: 1e-3 });
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(unit, unit, (x, y) => {
        const step = 1e-6;
        const { meanSlope, deviationSlope } = posterior.predictSlope(Float64Array.of(x, y));
        const right = posterior.predict(Float64Array.of(x + step, y));
        const left = posterior.predict(Float64Array.of(x - step, y));
        expect(meanSlope[0]).toBeCloseTo((right.mean - left.mean) / (2 * step), 2);
        expect(deviationSlope[0]).toBeCloseTo((right.deviation - left.deviation) / (2 * step), 2);
      }),
    );
  });

  it("takes lists for equal or not, however far apart their numbers are", () => {
    const places = placesOf(
      [
        [0, 0],
        [1, 0],
      ],
      [true, false],
    );
    const posterior = new Posterior(places, Float64Array.of(1, -1), shape);
    expect(posterior.predict(Float64Array.of(2, 0)).mean).toBeCloseTo(0, 6);
    expect(posterior.predict(Float64Array.of(7, 0))).toEqual(posterior.predict(Float64Array.of(2, 0)));
  });
});

describe("a fitted kernel", () => {
  it("tells a coordinate that matters from one that does not", () => {
    const places = randomPlaces(40, 2, 5);
    const costs = Float64Array.from({ length: 40 }, (_, index) =>
      Math.sin(8 * (places.coordinates[2 * index] ?? 0)),
    );
    const { lengths, noise } = fitKernel(places, costs);
    expect(lengths[0]).toBeLessThan((lengths[1] ?? 0) / 3);
    expect(noise).toBeLessThan(0.01);
  });

  it("tells noise from costs", () => {
    const places = randomPlaces(60, 2, 6);
    const random = createSeededRandom(7);
    const costs = Float64Array.from({ length: 60 }, () => 2 * random() - 1);
    const { noise, amplitude } = fitKernel(places, costs);
    expect(noise).toBeGreaterThan(0.05 * amplitude);
  });
});

describe("minimising", () => {
  it("finds the bottom of a curved valley, and stays within its box", () => {
    const objective = (place: Float64Array) => {
      const [x = 0, y = 0] = place;
      const bent = y - x * x;
      return {
        value: 100 * bent * bent + (1 - x) ** 2,
        gradient: Float64Array.of(-400 * x * bent - 2 * (1 - x), 200 * bent),
      };
    };
    const start = Float64Array.of(-1.2, 1);
    const wide = { lower: Float64Array.of(-5, -5), upper: Float64Array.of(5, 5) };
    const free = minimise({ objective, start, ...wide, maxSteps: 200 });
    expect(free.value).toBeLessThan(1e-6);
    const cut = minimise({ objective, start, ...wide, upper: Float64Array.of(0.5, 5), maxSteps: 200 });
    expect(cut.place[0]).toBeCloseTo(0.5, 3);
    expect(cut.place[1]).toBeCloseTo(0.25, 2);
  });
});
