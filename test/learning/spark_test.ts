import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { Split } from "../../src/environment/mod.ts";
import { lock } from "../../src/environment/worlds/lock.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { createLinearPolicy } from "../../src/policy/linear/mod.ts";
import type { Decision, Policy, Trajectory } from "../../src/policy/mod.ts";

const kernels = await loadKernels();

/** Words alone: pairs and parts of words say nothing here. */
const FEATURES = { bigrams: false, characters: false } as const;
const SETTINGS = { learningRate: 0.4, episodes: 64, updates: 120, entropyCoefficient: 0.05, valueCoefficient: 0.5 };

interface Played {
  readonly trajectory: Trajectory;
  readonly rewards: readonly number[];
  readonly success: boolean;
}

function play(policy: Policy, world: number, seed: number, split: Split, temperature: number): Played {
  const environment = lock.create({ world });
  using context = policy.open();
  context.append(environment.reset(seed, split).turns);
  const decisions: Decision[] = [];
  const rewards: number[] = [];
  for (;;) {
    const request = { context, candidates: environment.actions!(), seed: world, stream: seed };
    const [decision] = policy.decide([request], { temperature });
    const outcome = environment.step(decision.text);
    decisions.push(decision);
    rewards.push(outcome.reward);
    if (outcome.terminated || outcome.truncated) {
      return { trajectory: { decisions }, rewards, success: outcome.success };
    }
    context.append(outcome.turns);
  }
}

/** Share of 200 held-out episodes, new sequences in new words, that the greedy policy solves. */
function heldOut(policy: Policy, world: number): number {
  const seeds = Array.from({ length: 200 }, (_, seed) => seed);
  return seeds.filter((seed) => play(policy, world, seed, "validation", 0).success).length / seeds.length;
}

/** One update of `mean over steps of −A·log π + c_V·(r − V)² / 2 − c_H·H`, where A = r − V: each step has its own reward. */
function improve(policy: Policy, episodes: readonly Played[], rewardOf: (episode: Played) => readonly number[]): void {
  const { values } = policy.evaluate(episodes.map((episode) => episode.trajectory));
  const rewards = episodes.flatMap((episode) => rewardOf(episode));
  const n = rewards.length;
  policy.backward({
    dLogProbs: values.map((value, i) => (value - rewards[i]) / n),
    dEntropies: values.map(() => -SETTINGS.entropyCoefficient / n),
    dValues: values.map((value, i) => SETTINGS.valueCoefficient * (value - rewards[i]) / n),
  });
  policy.update({ learningRate: SETTINGS.learningRate });
}

/** Held-out success before learning, half-way and at the end. */
function learn(world: number, rewardOf: (episode: Played) => readonly number[]): number[] {
  using policy = createLinearPolicy(kernels, FEATURES);
  const curve = [heldOut(policy, world)];
  for (let update = 1; update <= SETTINGS.updates; update++) {
    const seeds = Array.from({ length: SETTINGS.episodes }, (_, i) => update * SETTINGS.episodes + i);
    improve(policy, seeds.map((seed) => play(policy, world, seed, "train", 1)), rewardOf);
    if (update === 20 || update === SETTINGS.updates) curve.push(heldOut(policy, world));
  }
  return curve;
}

describe("a linear policy on lock", () => {
  const worlds = [1, 2, 3, 4, 5, 6];

  it("opens 0.95 of held-out locks after learning from each step's reward", () => {
    for (const world of worlds) {
      const curve = learn(world, (episode) => episode.rewards);
      assert.ok(curve[0] < 0.05, `world ${world} starts at ${curve[0]}`);
      assert.ok(curve.at(-1)! >= 0.95, `world ${world}: ${curve}`);
    }
  });

  it("stays far below when rewards say nothing of the actions", () => {
    const blind = ({ rewards }: Played): number[] => rewards.map((_, i) => i % 2 / 6);
    const mean = worlds.slice(0, 3).map((world) => learn(world, blind).at(-1)!).reduce((a, b) => a + b) / 3;
    assert.ok(mean < 0.3, `${mean}`);
  });
});
