import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import { loadKernels } from "../../src/kernels/mod.ts";
import { filterLogits, sampleToken, type SamplingOptions } from "../../src/language/mod.ts";

const kernels = await loadKernels();
const draw = (counter: number, seed = 1n) => ({ seed, stream: 0, counter });

/** ln Σ exp, in float64. */
function logSum(logits: Iterable<number>): number {
  const all = [...logits];
  const max = Math.max(...all);
  return max + Math.log(all.reduce((sum, x) => sum + Math.exp(x - max), 0));
}

describe("sampleToken()", () => {
  it("draws as often as the filtered distribution says", () => {
    const logits = Float32Array.of(0, 1, -1, 2, 0.5, 1.5, -3);
    const mask = Uint32Array.of(0b1011111);
    const choices: SamplingOptions[] = [{}, { temperature: 0.5 }, { topK: 3 }, { topP: 0.8 }, { minP: 0.2 }, {
      repetitionPenalty: 2,
      presencePenalty: 1,
    }];
    for (const options of choices) {
      const input = { logits, mask, prompt: [3], generated: [1, 1] };
      const row = filterLogits(kernels, input, options);
      const total = logSum(row);
      const counts = new Float64Array(logits.length);
      const rounds = 4000;
      for (let i = 0; i < rounds; i++) {
        const drawn = sampleToken(kernels, input, draw(i, 77n), options)!;
        counts[drawn.token]++;
        ok(Math.abs(drawn.behaviorLogProb - (row[drawn.token] - total)) < 1e-5);
        ok(Math.abs(drawn.rawLogProb - (logits[drawn.token] - logSum(logits))) < 1e-5);
      }
      // Σ (seen − expected)² / expected: above 30 has probability < 1e-4 with 6 degrees of freedom
      let chiSquare = 0;
      row.forEach((x, token) => {
        const expected = rounds * Math.exp(x - total);
        if (expected === 0) equal(counts[token], 0);
        else chiSquare += (counts[token] - expected) ** 2 / expected;
      });
      ok(chiSquare < 30, `${JSON.stringify(options)}: ${chiSquare}`);
    }
  });

  it("gives the same token for the same draw, and others for others", () => {
    const logits = new Float32Array(1000);
    const tokens = (seed: bigint) =>
      Array.from({ length: 20 }, (_, i) => sampleToken(kernels, { logits }, draw(i, seed))!.token);
    deepEqual(tokens(5n), tokens(5n));
    ok(new Set([...tokens(5n), ...tokens(6n)]).size > 30);
  });

  it("never draws a masked or infinite token", () => {
    const logit = fc.oneof(fc.double({ min: -30, max: 30, noNaN: true }), fc.constant(-Infinity));
    fc.assert(
      fc.property(
        fc.array(logit, { minLength: 1, maxLength: 80 }),
        fc.array(fc.nat(), { minLength: 3, maxLength: 3 }),
        fc.record({
          temperature: fc.constantFrom(0, 0.1, 1, 3),
          topK: fc.nat(4),
          topP: fc.constantFrom(0, 0.3, 0.9, 1),
          minP: fc.constantFrom(0, 0.5, 1),
          typical: fc.constantFrom(0, 0.4, 1),
          eta: fc.constantFrom(0, 0.2),
          minKeep: fc.nat(3),
        }),
        fc.nat(),
        (row, bits, options, counter) => {
          const logits = Float32Array.from(row);
          const mask = Uint32Array.from(bits).slice(0, Math.ceil(row.length / 32));
          const drawn = sampleToken(kernels, { logits, mask }, draw(counter), options);
          const possible = row.some((x, t) => x > -Infinity && mask[t >> 5] >>> (t % 32) & 1);
          equal(drawn !== undefined, possible);
          if (drawn) ok(mask[drawn.token >> 5] >>> (drawn.token % 32) & 1 && logits[drawn.token] > -Infinity);
          if (drawn) ok(drawn.behaviorLogProb <= 1e-6 && drawn.rawLogProb <= 1e-4);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("gives undefined when a logit is not a number or all are masked", () => {
    equal(sampleToken(kernels, { logits: Float32Array.of(1, NaN) }, draw(0)), undefined);
    equal(sampleToken(kernels, { logits: Float32Array.of(1, Infinity) }, draw(0)), undefined);
    equal(sampleToken(kernels, { logits: Float32Array.of(1, 2), mask: Uint32Array.of(0) }, draw(0)), undefined);
  });

  it("gives log-probability 0 when one token is allowed", () => {
    const drawn = sampleToken(kernels, { logits: Float32Array.of(1, -7, 2), mask: Uint32Array.of(2) }, draw(0));
    deepEqual([drawn?.token, drawn?.behaviorLogProb], [1, 0]);
  });

  it("throws RangeError when an option or shape is out of range", () => {
    const logits = Float32Array.of(1, 2);
    const wrong: SamplingOptions[] = [
      { temperature: -1 },
      { temperature: NaN },
      { temperature: 1e-45 },
      { topP: 1.5 },
      {
        topK: 0.5,
      },
      { minP: -1 },
      { repetitionPenalty: 0 },
      { presencePenalty: Infinity },
      { minKeep: -1 },
    ];
    for (const options of wrong) throws(() => sampleToken(kernels, { logits }, draw(0), options), RangeError);
    throws(() => sampleToken(kernels, { logits, mask: new Uint32Array(2) }, draw(0)), RangeError);
    throws(() => sampleToken(kernels, { logits: new Float32Array(0) }, draw(0)), RangeError);
    throws(() => filterLogits(kernels, { logits }, { temperature: 0 }), RangeError);
  });
});
