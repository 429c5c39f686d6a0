import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { loadKernels, randomStream } from "../../src/kernels/mod.ts";
import { FEWEST_SEEDS, judgeClaim } from "../../src/recipe/mod.ts";

const kernels = await loadKernels();
const differences = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 2, maxLength: 20 });

describe("judgeClaim()", () => {
  it("gives equal differences an interval of one point, which may touch the threshold", () => {
    // Every resample of five times 0.25 has the mean 0.25.
    const equalOnes = Array<number>(5).fill(0.25);
    deepEqual(judgeClaim(kernels, equalOnes, 0.25), { figure: 0.25, interval: [0.25, 0.25], verdict: "holds" });
    equal(judgeClaim(kernels, equalOnes, 0.26).verdict, "fails");
  });

  it("holds when the mean reaches the threshold and luck alone is ruled out", () => {
    const spread = [0.1, 0.2, 0.3, 0.4, 0.5]; // mean 0.3, all above 0
    equal(judgeClaim(kernels, spread, 0.29).verdict, "holds");
    equal(judgeClaim(kernels, spread, 0.31).verdict, "open");
    equal(judgeClaim(kernels, spread, 0.6).verdict, "fails");
    equal(judgeClaim(kernels, [-0.5, 1.2, -0.4, 0.9, 0.3], 0.2).verdict, "open"); // mean 0.3, surely above nothing
    const loss = spread.map((d) => d - 0.35); // mean -0.05, some lose 0.25
    equal(judgeClaim(kernels, loss, -0.3).verdict, "holds");
    equal(judgeClaim(kernels, loss, -0.1).verdict, "open");
    equal(judgeClaim(kernels, loss, 0).verdict, "open");
  });

  it("decides nothing with fewer than five seeds", () => {
    equal(FEWEST_SEEDS, 5);
    equal(judgeClaim(kernels, Array<number>(4).fill(1), 0).verdict, "open");
    deepEqual(judgeClaim(kernels, [1], 0), { figure: 1, interval: null, verdict: "open" });
  });

  it("has the interval of a normal mean when there are many seeds", () => {
    const uniform = randomStream(kernels, 3, 0);
    const n = 400;
    const drawn = Array.from({ length: n }, uniform); // mean 1/2, variance 1/12
    const { figure, interval } = judgeClaim(kernels, drawn, 0);
    const half = 1.96 * Math.sqrt(1 / 12 / n);
    ok(Math.abs(interval![0] - (figure - half)) < 0.005 && Math.abs(interval![1] - (figure + half)) < 0.005);
  });

  it("covers the true mean about as often as it says", () => {
    let covered = 0;
    for (let trial = 0; trial < 200; trial++) {
      const uniform = randomStream(kernels, 4, trial);
      const { interval } = judgeClaim(kernels, Array.from({ length: 20 }, uniform), 0);
      if (interval![0] <= 0.5 && 0.5 <= interval![1]) covered += 1;
    }
    // 20 seeds: percentiles are a little too narrow. Binomial deviation of 200 trials at 0.93: 0.018.
    ok(covered / 200 > 0.88 && covered / 200 <= 0.99, `${covered}`);
  });

  it("moves with the differences, and its mean lies inside", () => {
    fc.assert(
      fc.property(differences, fc.double({ min: -1, max: 1, noNaN: true }), (values, shift) => {
        const [plain, moved] = [
          judgeClaim(kernels, values, 0),
          judgeClaim(kernels, values.map((d) => d + shift), shift),
        ];
        ok(Math.abs(moved.figure - plain.figure - shift) < 1e-9);
        for (const end of [0, 1]) ok(Math.abs(moved.interval![end] - plain.interval![end] - shift) < 1e-9);
        ok(plain.interval![0] <= plain.figure + 1e-12 && plain.figure <= plain.interval![1] + 1e-12);
      }),
      { numRuns: 20 },
    );
  });
});
