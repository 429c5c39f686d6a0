import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { type Environment, lock, WORLDS } from "../../src/environment/mod.ts";
import { loadKernels, randomStream } from "../../src/kernels/mod.ts";
import { newPolicy } from "../../src/learning/new_policy.ts";
import { openPolicy } from "../../src/learning/open_policy.ts";
import type { Policy } from "../../src/policy/mod.ts";
import { type PlayedEpisode, rollout, type RolloutOptions } from "../../src/learning/rollout.ts";
import { shardGradient } from "../../src/learning/shard_gradient.ts";
import { tinyDesk } from "./tiny.ts";

const kernels = await loadKernels();
const world = WORLDS.desk;

function play(seeds: readonly number[], changes: Partial<RolloutOptions> = {}): PlayedEpisode[] {
  const { policy, constraint } = openPolicy(kernels, world, newPolicy(kernels, world, tinyDesk("unused")));
  using _ = policy;
  const environments = seeds.map(() => world.create());
  return rollout(policy, environments, {
    seeds,
    streams: seeds,
    seed: 1,
    split: "train",
    horizon: 4,
    constraint,
    ...changes,
  });
}

function linearPolicy(): Policy {
  const configuration = { ...tinyDesk("unused"), policy: { kind: "linear", hashBits: 8, features: "words" } } as const;
  return openPolicy(kernels, lock, newPolicy(kernels, lock, configuration)).policy;
}

/** A world without an expert, where nothing ever ends. */
const endless: Environment = {
  reset: () => ({ turns: [{ role: "user", text: "go on" }] }),
  actions: () => ["left", "right"],
  step: () => ({ turns: [], reward: 1, terminated: false, truncated: false, success: false }),
};

const seen = ({ decisions, rewards }: PlayedEpisode): unknown => [
  decisions.map(({ text, behaviorLogProbs, value }) => [text, [...behaviorLogProbs], value]),
  rewards,
];

describe("rollout()", () => {
  it("plays an episode alike, bit for bit, whoever plays beside it", () => {
    const together = play([3, 1, 2]);
    deepEqual([3, 1, 2].map((seed) => seen(play([seed])[0])), together.map(seen));
  });

  it("cuts an episode off at the horizon and calls it truncated", () => {
    const options = { seeds: [1], streams: [1], seed: 1, split: "train", horizon: 3 } as const;
    const [episode] = rollout(linearPolicy(), [endless], options);
    deepEqual([episode.terminated, episode.truncated, episode.success], [false, true, false]);
    deepEqual(episode.rewards, [1, 1, 1]);
    equal(episode.decisions.length, 3);
  });

  it("lets the expert act, who is right more often than not", () => {
    const seeds = Array.from({ length: 200 }, (_, seed) => seed);
    const episodes = play(seeds, { expert: (stream) => randomStream(kernels, 1, stream), horizon: 8 });
    const share = episodes.filter(({ success }) => success).length / seeds.length;
    ok(share > 0.5 && share < 0.75, `${share}`);
  });

  it("refuses to demonstrate in a world without an expert", () => {
    const options = { seeds: [1], streams: [1], seed: 1, split: "train", horizon: 2, expert: () => () => 0 } as const;
    throws(() => rollout(linearPolicy(), [endless], options), /no expert/);
  });
});

describe("shardGradient()", () => {
  it("adds up over shards to the gradient of the whole batch", () => {
    const { policy, constraint } = openPolicy(kernels, world, newPolicy(kernels, world, tinyDesk("unused")));
    using _ = policy;
    const seeds = [0, 1, 2, 3, 4, 5];
    const environments = seeds.map(() => world.create());
    const options = { seeds, streams: seeds, seed: 1, split: "train", horizon: 8, constraint } as const;
    const episodes = rollout(policy, environments, options);
    const count = (column: (episode: PlayedEpisode) => number): number =>
      episodes.reduce((sum, episode) => sum + column(episode), 0);
    const objective = {
      kind: "ppo",
      tokens: count(({ decisions }) => decisions.reduce((n, { chosen }) => n + chosen.reduce((a, b) => a + b, 0), 0)),
      steps: count(({ decisions }) => decisions.length),
      clipLow: 0.2,
      clipHigh: 0.2,
      entropyCoefficient: 0.01,
      valueCoefficient: 0.5,
    } as const;
    const gradient = (parts: readonly (readonly PlayedEpisode[])[]): Float32Array => {
      policy.writeGradients(new Float32Array(policy.parameterCount));
      let step = 0;
      for (const part of parts) {
        const steps = part.reduce((sum, { decisions }) => sum + decisions.length, 0);
        const advantages = Float32Array.from({ length: steps }, (_, i) => Math.sin(step + i));
        shardGradient(kernels, policy, part, { advantages, returns: advantages }, objective);
        step += steps;
      }
      const into = new Float32Array(policy.parameterCount);
      policy.readGradients(into);
      return into;
    };
    const whole = gradient([episodes]);
    const parts = gradient([episodes.slice(0, 1), episodes.slice(1, 4), episodes.slice(4)]);
    const norm = Math.hypot(...whole);
    const difference = Math.hypot(...whole.map((x, i) => x - parts[i]));
    ok(norm > 1e-3 && difference < 1e-5 * norm, `${difference} of ${norm}`);
  });
});
