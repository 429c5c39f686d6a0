import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok } from "node:assert/strict";
import { maskWhere } from "../../src/dataset/mod.ts";
import type { Transcript } from "../../src/episode/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { createLinearPolicy } from "../../src/policy/mod.ts";
import { demonstrate, imitate } from "../../src/recipe/mod.ts";

const kernels = await loadKernels();

describe("demonstrate()", () => {
  it("lets nothing be learned from masked steps", () => {
    const candidates = ["left", "right"];
    const shown: Transcript = {
      task: 1,
      success: true,
      total: 1,
      steps: candidates.map((action, index) => ({
        turns: [{ role: "user", text: `way ${index}` }],
        candidates,
        action,
      })),
    };
    using policy = createLinearPolicy(kernels, { bits: 10, bigrams: false, characters: false });
    const logProbs = (): number[] => [...policy.evaluate([demonstrate(policy, shown)]).logProbs];
    const [before] = logProbs();
    const [masked] = maskWhere([shown], (_, step) => step === 0);
    const trajectory = demonstrate(policy, masked);
    deepEqual(trajectory.decisions.map(({ chosen }) => [...chosen]), [[0], [1]]);
    for (let update = 0; update < 20; update++) imitate(kernels, policy, [trajectory], { learningRate: 0.5 });
    const [first, second] = logProbs();
    // What both steps share teaches the first to go right, never to go left.
    ok(second > Math.log(0.9) && first < before, `${first} ${second}`);
    equal(policy.version, 20);
  });
});
