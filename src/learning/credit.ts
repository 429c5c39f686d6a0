import type { Kernels } from "../kernels/mod.ts";
import { stepAdvantages } from "../rl/mod.ts";
import type { ReinforcementConfiguration } from "./configuration.ts";
import type { PlayedShard } from "./replica.ts";

/** What each step of a shard was worth, [steps]. */
export interface ShardCredit {
  readonly shard: number;
  /** Generalised advantage over steps, whitened over the whole batch. */
  readonly advantages: Float32Array;
  /** Target of the value: advantage (before whitening) plus value. */
  readonly returns: Float32Array;
}

/**
 * Turns the rewards of a batch into an advantage and a value target for every step.
 *
 * Truncated episodes go on from the value of where they stood; terminated ones do not.
 */
export function creditSteps(
  kernels: Kernels,
  shards: readonly PlayedShard[],
  { gamma, lambda, reward }: Pick<ReinforcementConfiguration, "gamma" | "lambda" | "reward">,
): ShardCredit[] {
  const { advantages, returns } = stepAdvantages(kernels, {
    rewards: joined(shards.map((played) => reward === "step" ? played.rewards : rewardsAtEnd(played))),
    values: joined(shards.map(({ values }) => values)),
    stepsPerEpisode: Uint32Array.from(shards.flatMap(({ steps }) => [...steps])),
    terminated: Uint8Array.from(shards.flatMap(({ terminated }) => [...terminated])),
    bootstrap: joined(shards.map(({ bootstraps }) => bootstraps)),
  }, { gamma, lambda, normalize: true });
  let start = 0;
  return shards.map(({ shard, rewards }) => {
    const end = start + rewards.length;
    const credit = { shard, advantages: advantages.slice(start, end), returns: returns.slice(start, end) };
    start = end;
    return credit;
  });
}

function joined(columns: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(columns.reduce((count, column) => count + column.length, 0));
  let start = 0;
  for (const column of columns) whole.set(column, start), start += column.length;
  return whole;
}

/** Moves every episode's rewards to its last step. */
function rewardsAtEnd({ rewards, steps }: PlayedShard): Float32Array {
  const moved = new Float32Array(rewards.length);
  let start = 0;
  for (const count of steps) {
    if (count > 0) moved[start + count - 1] = rewards.subarray(start, start + count).reduce((sum, r) => sum + r, 0);
    start += count;
  }
  return moved;
}
