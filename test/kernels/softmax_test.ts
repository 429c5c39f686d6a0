import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import { loadKernels } from "../../src/kernels/mod.ts";

function allows(mask: Uint32Array | undefined, j: number): boolean {
  return !mask || (mask[j >> 5] >>> (j & 31) & 1) === 1;
}

/** ln Σ exp over the allowed entries, in f64. */
function exactNormalizer(logits: Float32Array, mask: Uint32Array | undefined, temperature: number): number {
  const allowed = [...logits].filter((_, j) => allows(mask, j)).map((x) => x / temperature);
  const largest = Math.max(...allowed);
  return largest + Math.log(allowed.reduce((sum, x) => sum + Math.exp(x - largest), 0));
}

const rows = fc.integer({ min: 1, max: 140 }).chain((count) =>
  fc.record({
    logits: fc.float32Array({ minLength: count, maxLength: count, min: -30, max: 30, noNaN: true }),
    mask: fc.option(
      fc.uint32Array({ minLength: Math.ceil(count / 32), maxLength: Math.ceil(count / 32) }),
      { nil: undefined },
    ),
    temperature: fc.constantFrom(0.25, 0.7, 1, 1.5, 3),
  })
);

for (const instructionSet of ["relaxed", "simd128"] as const) {
  const kernels = await loadKernels({ instructionSet });

  describe(`probabilities() and logNormalizer() on ${instructionSet}`, () => {
    it("are near the softmax in f64 under any mask", () => {
      fc.assert(fc.property(rows, ({ logits, mask, temperature }) => {
        const exact = exactNormalizer(logits, mask, temperature);
        const normalizer = kernels.logNormalizer(logits, mask, temperature);
        const p = kernels.probabilities(logits, mask, temperature);
        if (exact === -Infinity) {
          equal(normalizer, -Infinity);
          ok(p.every((x) => x === 0));
          return;
        }
        ok(Math.abs(normalizer - exact) <= 1e-6 * (1 + Math.abs(exact)), `${normalizer}, exact ${exact}`);
        for (let j = 0; j < logits.length; j++) {
          const expected = allows(mask, j) ? Math.exp(logits[j] / temperature - exact) : 0;
          ok(Math.abs(p[j] - expected) <= 1e-4 * expected + 2e-38, `entry ${j}: ${p[j]}, exact ${expected}`);
        }
      }));
    });

    it("do not see what the mask hides", () => {
      fc.assert(fc.property(rows, fc.constantFrom(NaN, Infinity, -Infinity, 1e30), (row, hidden) => {
        const other = row.logits.map((x, j) => allows(row.mask, j) ? x : hidden);
        for (const call of ["logNormalizer", "softmaxEntropy"] as const) {
          const bits = (x: number): number => new Uint32Array(Float32Array.of(x).buffer)[0];
          const expected = kernels[call](row.logits, row.mask, row.temperature);
          equal(bits(kernels[call](other, row.mask, row.temperature)), bits(expected), call);
        }
        deepEqual(
          [...kernels.probabilities(other, row.mask, row.temperature)],
          [...kernels.probabilities(row.logits, row.mask, row.temperature)],
        );
      }));
    });

    it("throw when the mask or the temperature does not fit", () => {
      const logits = new Float32Array(33);
      throws(() => kernels.logNormalizer(logits, new Uint32Array(1), 1), /expected 2 words for 33 logits, got 1/);
      throws(() => kernels.probabilities(logits, new Uint32Array(3), 1), /expected 2 words/);
      for (const temperature of [0, -1, NaN, Infinity]) {
        throws(() => kernels.softmaxEntropy(logits, undefined, temperature), /temperature/);
      }
    });
  });

  describe(`softmaxEntropy() on ${instructionSet}`, () => {
    it("is ln n for n equal logits and 0 for a certain one", () => {
      ok(Math.abs(kernels.softmaxEntropy(new Float32Array(50), undefined, 1) - Math.log(50)) < 1e-5);
      equal(kernels.softmaxEntropy(Float32Array.of(0, -Infinity, NaN), Uint32Array.of(3), 1), 0);
    });
  });

  describe(`elementary() on ${instructionSet}`, () => {
    const functions = {
      exp: Math.exp,
      sigmoid: (x: number) => 1 / (1 + Math.exp(-x)),
      tanh: Math.tanh,
    } as const;
    for (const [name, exact] of Object.entries(functions)) {
      it(`has ${name} within a few units of the last place`, () => {
        const x = Float32Array.from({ length: 20_001 }, (_, i) => (i - 10_000) / 125);
        kernels.elementary(name, x).forEach((y, i) => {
          const expected = exact(x[i]);
          ok(Math.abs(y - expected) <= 5e-7 * Math.abs(expected) + 1e-37, `${name}(${x[i]}) = ${y}, not ${expected}`);
        });
      });
    }

    it("handles what is not finite", () => {
      const ends = Float32Array.of(-Infinity, Infinity, NaN);
      deepEqual([...kernels.elementary("exp", ends)], [0, Infinity, NaN]);
      deepEqual([...kernels.elementary("sigmoid", ends)], [0, 1, NaN]);
      deepEqual([...kernels.elementary("tanh", ends)], [-1, 1, NaN]);
      throws(() => kernels.elementary("sinh", ends), /'sinh'/);
    });
  });
}
