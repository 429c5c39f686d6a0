import { describe, it } from "@std/testing/bdd";
import { deepEqual, ok } from "node:assert/strict";
import { loadKernels } from "../../src/kernels/mod.ts";
import { creditSteps } from "../../src/learning/credit.ts";
import type { PlayedShard } from "../../src/learning/replica.ts";

const kernels = await loadKernels();

/** A shard of episodes given by their rewards; values are 0 and all episodes end by themselves. */
function shard(
  number: number,
  episodes: readonly (readonly number[])[],
  changes: Partial<PlayedShard> = {},
): PlayedShard {
  const rewards = Float32Array.from(episodes.flat());
  return {
    shard: number,
    steps: Uint32Array.from(episodes, ({ length }) => length),
    success: new Uint8Array(episodes.length),
    terminated: new Uint8Array(episodes.length).fill(1),
    bootstraps: new Float32Array(episodes.length),
    rewards,
    values: new Float32Array(rewards.length),
    chosen: new Uint32Array(rewards.length).fill(1),
    prompts: 0,
    tokens: 0,
    ...changes,
  };
}

const plain = { gamma: 1, lambda: 1, reward: "step" } as const;

describe("creditSteps()", () => {
  it("gives each step the sum of what follows in its own episode", () => {
    // 1 + 2 + 4 = 7, 2 + 4 = 6, 4; then 8 alone.
    const [first, second] = creditSteps(kernels, [shard(0, [[1, 2, 4]]), shard(1, [[8]])], plain);
    deepEqual([...first.returns], [7, 6, 4]);
    deepEqual([...second.returns], [8]);
  });

  it("discounts by the step", () => {
    const [{ returns }] = creditSteps(kernels, [shard(0, [[0, 0, 4]])], { ...plain, gamma: 0.5 });
    deepEqual([...returns], [1, 2, 4]);
  });

  it("moves all rewards to the last step when only the end is told", () => {
    // With lambda 0 a step's target is its own reward: what is paid early shows.
    const [{ returns }] = creditSteps(kernels, [shard(0, [[1, 2, 4], [], [3]])], {
      gamma: 1,
      lambda: 0,
      reward: "episode",
    });
    deepEqual([...returns], [0, 0, 7, 3]);
  });

  it("goes on from where a cut-off episode stood, not from where one ended", () => {
    const bootstraps = Float32Array.of(10, 10);
    const [{ returns }] = creditSteps(
      kernels,
      [shard(0, [[1], [1]], { bootstraps, terminated: Uint8Array.of(1, 0) })],
      plain,
    );
    deepEqual([...returns], [1, 11]);
  });

  it("whitens over all shards together", () => {
    const credits = creditSteps(kernels, [shard(0, [[1], [2]]), shard(1, [[3], [6]])], plain);
    const all = credits.flatMap(({ advantages }) => [...advantages]);
    const mean = all.reduce((sum, x) => sum + x, 0) / 4;
    const variance = all.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 3;
    ok(Math.abs(mean) < 1e-6 && Math.abs(variance - 1) < 1e-5, `${mean} ${variance}`);
    ok(all[0] < all[1] && all[1] < all[2] && all[2] < all[3]);
  });
});
