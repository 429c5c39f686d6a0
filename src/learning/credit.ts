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
  const credits = shards.map((played) => {
    const rewards = reward === "step" ? played.rewards : rewardsAtEnd(played);
    const { steps, values, terminated, bootstraps } = played;
    const { advantages, returns } = stepAdvantages(
      kernels,
      { rewards, values, stepsPerEpisode: steps, terminated, bootstraps },
      { gamma, lambda },
    );
    return { shard: played.shard, advantages, returns };
  });
  whiten(credits.map(({ advantages }) => advantages));
  return credits;
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

/** Shifts and scales to mean 0 and standard deviation 1 over all columns together, in place. */
function whiten(columns: readonly Float32Array[]): void {
  let count = 0, sum = 0, squares = 0;
  for (const column of columns) for (const x of column) (count++, sum += x, squares += x * x);
  if (count === 0) return;
  const mean = sum / count;
  const scale = 1 / (Math.sqrt(Math.max(squares / count - mean * mean, 0)) + 1e-6);
  for (const column of columns) for (let i = 0; i < column.length; i++) column[i] = (column[i] - mean) * scale;
}
