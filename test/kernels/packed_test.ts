import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import { loadKernels } from "../../src/kernels/mod.ts";
import { packedProduct as oracle } from "../oracles/packed_product.ts";

const FORMATS = ["e4", "e7", "q8"] as const;

/** Numbers of both signs and many sizes that depend only on the seed. */
function numbers(length: number, seed: number, size: number): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state >>> 8) / 2 ** 23 - 1) * size * 2 ** -((state >>> 3) % 6);
  });
}

for (const instructionSet of ["relaxed", "simd128"] as const) {
  describe(`packedProduct() on ${instructionSet}`, () => {
    it("is the product of what the formats store, for sizes that no tile or block divides", async () => {
      const { packedProduct } = await loadKernels({ instructionSet });
      const sizes = fc.tuple(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 21 }),
        fc.integer({ min: 1, max: 130 }),
      );
      fc.assert(
        fc.property(sizes, fc.constantFrom(...FORMATS), fc.nat(), ([rows, n, k], format, seed) => {
          const x = numbers(rows * k, seed, 8), w = numbers(n * k, seed + 1, 0.3);
          const actual = packedProduct(format, rows, n, k, x, w);
          const { values, sizes } = oracle(format, rows, n, k, x, w);
          for (let i = 0; i < actual.length; i++) {
            ok(Math.abs(actual[i] - values[i]) <= 1e-5 * sizes[i] + 1e-12, `${actual[i]} ${values[i]}`);
          }
        }),
        { numRuns: 60 },
      );
    });

    it("gives a row the same bits alone and among others", async () => {
      const { packedProduct } = await loadKernels({ instructionSet });
      const [rows, n, k] = [7, 19, 100];
      const x = numbers(rows * k, 3, 2), w = numbers(n * k, 4, 0.1);
      for (const format of FORMATS) {
        const together = packedProduct(format, rows, n, k, x, w);
        for (let row = 0; row < rows; row++) {
          const alone = packedProduct(format, 1, n, k, x.subarray(row * k, (row + 1) * k), w);
          deepEqual(together.subarray(row * n, (row + 1) * n), alone);
        }
      }
    });

    it("answers NaN for a row that is not finite, and refuses such weights", async () => {
      const { packedProduct } = await loadKernels({ instructionSet });
      const w = numbers(5 * 40, 1, 1);
      for (const format of FORMATS) {
        const x = numbers(2 * 40, 2, 1);
        x[79] = Infinity;
        const y = packedProduct(format, 2, 5, 40, x, w);
        equal(y.subarray(0, 5).every(Number.isFinite), true);
        equal(y.subarray(5).every(Number.isNaN), true);
        throws(() => packedProduct(format, 1, 2, 40, x.subarray(0, 40), x), /row 1 has a weight that is not finite/);
      }
      throws(() => packedProduct("q4", 1, 1, 1, w.subarray(0, 1), w.subarray(0, 1)), /use 'e4', 'e7' or 'q8'/);
      throws(() => packedProduct("q8", 2, 1, 1, w.subarray(0, 1), w.subarray(0, 1)), /sizes do not fit/);
    });
  });
}

describe("packedProduct() on both builds", () => {
  it("differs in the last bits at most", async () => {
    const [relaxed, simd128] = [
      await loadKernels({ instructionSet: "relaxed" }),
      await loadKernels({ instructionSet: "simd128" }),
    ];
    const x = numbers(3 * 96, 5, 1), w = numbers(11 * 96, 6, 1);
    for (const format of FORMATS) {
      const [a, b] = [relaxed, simd128].map((k) => k.packedProduct(format, 3, 11, 96, x, w));
      const { sizes } = oracle(format, 3, 11, 96, x, w);
      a.forEach((value, i) => ok(Math.abs(value - b[i]) <= 3e-7 * sizes[i], `${value} ${b[i]}`));
    }
  });
});
