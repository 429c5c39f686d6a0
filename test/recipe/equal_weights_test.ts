import { describe, it } from "@std/testing/bdd";
import { deepEqual, ok } from "node:assert/strict";
import { loadKernels } from "../../src/kernels/mod.ts";
import { createLinearPolicy, type Decision, type Trajectory } from "../../src/policy/mod.ts";
import { equalWeights, imitate } from "../../src/recipe/mod.ts";

const kernels = await loadKernels();
const of = (...chosen: number[][]): Trajectory => ({
  decisions: chosen.map((each) => ({ chosen: Uint8Array.from(each) }) as Decision),
});

describe("equalWeights()", () => {
  it("is the mean number of choices over the own number", () => {
    // 1, 3 and 2 choices: mean 2.
    deepEqual(equalWeights([of([1, 0]), of([1, 1], [0, 1]), of([1], [1])]), [2, 2 / 3, 1]);
    deepEqual(equalWeights([of([1]), of([0, 0])]), [0.5, 0]);
    deepEqual(equalWeights([]), []);
  });

  it("imitate() then gives the mean over trajectories of the mean over their choices", () => {
    using policy = createLinearPolicy(kernels, { bits: 10 });
    const choose = (steps: number, candidates: string[]): Trajectory => {
      using context = policy.open();
      return {
        decisions: Array.from({ length: steps }, (_, step) => {
          context.append([{ role: "user", text: `${step}` }]);
          return policy.demonstrate({ context, candidates, seed: 0, stream: 0 }, candidates[0]);
        }),
      };
    };
    const batch = [choose(1, ["a", "b"]), choose(4, ["a", "b", "c", "d", "e", "f", "g", "h"])];
    const loss = imitate(kernels, policy, batch, { learningRate: 0, weights: equalWeights(batch) });
    // Uniform at first: ln 2 and ln 8, one vote each.
    ok(Math.abs(loss - (Math.log(2) + Math.log(8)) / 2) < 1e-5, `${loss}`);
  });
});
