import type { Kernels } from "../kernels/mod.ts";
import type { Policy } from "../policy/mod.ts";
import { nll, ppoClip, valueLoss } from "../rl/mod.ts";
import type { PlayedEpisode } from "./rollout.ts";

/** What to minimise, with the sizes of the whole minibatch that this shard is a part of. */
export type ObjectiveOptions =
  /** Imitation: mean negative log-likelihood of the tokens that there was a choice in. */
  | { readonly kind: "nll"; readonly tokens: number }
  /** PPO with a value loss and an entropy bonus. */
  | {
    readonly kind: "ppo";
    readonly tokens: number;
    readonly steps: number;
    readonly clipLow: number;
    readonly clipHigh: number;
    readonly entropyCoefficient: number;
    readonly valueCoefficient: number;
  };

/** This shard's part of the minibatch's figures: sums add up over shards, names ending in `Max` are maxima. */
export type ShardMetrics = Readonly<Record<string, number>>;

/**
 * Adds the gradient of the objective on these episodes to the policy's.
 *
 * The objective is a mean over the whole minibatch; a shard contributes its tokens' share.
 */
export function shardGradient(
  kernels: Kernels,
  policy: Policy,
  episodes: readonly PlayedEpisode[],
  credit: { readonly advantages: Float32Array; readonly returns: Float32Array },
  options: ObjectiveOptions,
): ShardMetrics {
  const decisions = episodes.flatMap((episode) => episode.decisions);
  const { logProbs, entropies, values } = policy.evaluate(episodes);
  const mask = new Uint8Array(logProbs.length);
  const behaviorLogProbs = new Float32Array(logProbs.length);
  const advantages = new Float32Array(logProbs.length);
  let token = 0;
  for (const [step, decision] of decisions.entries()) {
    mask.set(decision.chosen, token);
    behaviorLogProbs.set(decision.behaviorLogProbs, token);
    advantages.fill(credit.advantages[step], token, token += decision.tokens.length);
  }
  const share = mask.reduce((count, chosen) => count + chosen, 0) / options.tokens;
  const none = new Float32Array(logProbs.length);
  const meanEntropy = entropies.reduce((sum, entropy, i) => sum + (mask[i] ? entropy : 0), 0) / options.tokens;

  if (options.kind === "nll") {
    const { loss, dLogProbs } = nll(kernels, { logProbs, mask }, { globalTokens: options.tokens });
    policy.backward({ dLogProbs, dEntropies: none, dValues: new Float32Array(values.length) });
    return { loss, entropy: meanEntropy };
  }
  const surrogate = ppoClip(kernels, { logProbs, behaviorLogProbs, advantages, mask }, {
    clipLow: options.clipLow,
    clipHigh: options.clipHigh,
    globalTokens: options.tokens,
  });
  const value = valueLoss(kernels, { values, returns: credit.returns }, { globalTokens: options.steps });
  const dEntropies = none.map((_, i) => mask[i] ? -options.entropyCoefficient / options.tokens : 0);
  const dValues = value.dValues.map((gradient) => gradient * options.valueCoefficient);
  policy.backward({ dLogProbs: surrogate.dLogProbs, dEntropies, dValues });
  const { clipFraction, kl, ratioMax } = surrogate.metrics;
  return {
    loss: surrogate.loss + options.valueCoefficient * value.loss - options.entropyCoefficient * meanEntropy,
    policyLoss: surrogate.loss,
    valueLoss: value.loss,
    entropy: meanEntropy,
    clipFraction: clipFraction * share,
    klK1: kl.k1 * share,
    klK3: kl.k3 * share,
    importanceRatioMax: ratioMax,
  };
}
