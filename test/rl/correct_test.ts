import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { ShapeError } from "../../src/errors.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { correct } from "../../src/rl/mod.ts";

const kernels = await loadKernels();
const nats = (...ratios: number[]): Float32Array => Float32Array.from(ratios, Math.log);

describe("correct()", () => {
  it("keeps data of the same weights whole, with weight exactly 1", () => {
    const logProbs = Float32Array.of(-0.3, -2, -0.7);
    const corrected = correct(kernels, { logProbs, behaviorLogProbs: logProbs, rowLengths: Uint32Array.of(1, 2) });
    deepEqual([...corrected.scales], [1, 1, 1]);
    deepEqual([...corrected.mask], [1, 1, 1]);
    deepEqual([corrected.cappedShare, corrected.effectiveSampleShare], [0, 1]);
  });

  it("caps tokens and leaves rejected steps out of the denominator, as by hand", () => {
    // Ratios: step 1 → 4 and 1/2 (mean √2: kept, 4 capped at 2); step 2 → 3 (rejected); step 3 → 1.
    const { scales, mask, kept, cappedShare, effectiveSampleShare } = correct(kernels, {
      logProbs: nats(4, 0.5, 3, 1).map((x) => x - 5),
      behaviorLogProbs: Float32Array.of(-5, -5, -5, -5),
      rowLengths: Uint32Array.of(2, 1, 1),
    });
    deepEqual([...kept], [1, 0, 1]);
    deepEqual([...mask], [1, 1, 0, 1]);
    // Weights 2, 0.5, 1: mean 3.5 / 3.
    for (const [i, weight] of [2, 0.5, 0, 1].entries()) ok(Math.abs(scales[i] - weight / (3.5 / 3)) < 1e-6);
    ok(Math.abs(cappedShare - 1 / 3) < 1e-12);
    // (2 + 0.5 + 1)² / (4 + 0.25 + 1) = 12.25 / 5.25 of 4 learnable tokens.
    ok(Math.abs(effectiveSampleShare - 12.25 / 5.25 / 4) < 1e-6);
  });

  it("never reads what stands under a 0 of the mask", () => {
    const columns = { mask: Uint8Array.of(0, 1), rowLengths: Uint32Array.of(2) };
    const corrected = correct(kernels, { ...columns, logProbs: nats(NaN, 1), behaviorLogProbs: nats(1, 1) });
    deepEqual([...corrected.scales], [0, 1]);
  });

  it("rejects steps whose ratio is no number, and has nothing to say of none", () => {
    const rejected = correct(kernels, { logProbs: Float32Array.of(NaN), behaviorLogProbs: Float32Array.of(-1) });
    deepEqual([...rejected.kept, ...rejected.mask, ...rejected.scales], [0, 0, 0]);
    const none = { logProbs: new Float32Array(), behaviorLogProbs: new Float32Array(), rowLengths: new Uint32Array() };
    equal(correct(kernels, none).effectiveSampleShare, 1);
    throws(() => correct(kernels, { ...none, behaviorLogProbs: Float32Array.of(1) }), ShapeError);
  });
});
