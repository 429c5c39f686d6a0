import type { Kernels } from "../kernels/mod.ts";
import type { LearningPolicy, Trajectory } from "../policy/mod.ts";
import { nll, ppoClip, valueLoss } from "../rl/mod.ts";

/** What to minimise, with the sizes of the whole minibatch that this shard is a part of. */
export type ObjectiveOptions =
  /**
   * Imitation: mean negative log-likelihood of the tokens that there was a choice in, plus `languageCoefficient` times
   * that of the tokens the agent was shown.
   */
  | { readonly kind: "nll"; readonly tokens: number; readonly prompts: number; readonly languageCoefficient: number }
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

/** What a shard's steps were worth, and how far they may be trusted. */
export interface StepCredit {
  /** [steps] */
  readonly advantages: Float32Array;
  /** [steps] target of the value. */
  readonly returns: Float32Array;
  /** For steps that other weights took; see `correct`. Without it the ratio is to what they were sampled with. */
  readonly correction?: {
    /** [tokens] under the weights that this update starts from: what ratios are to. */
    readonly proximalLogProbs: Float32Array;
    /** [tokens] importance weights. */
    readonly scales: Float32Array;
    /** [tokens] 1 for those that are learned from. */
    readonly mask: Uint8Array;
  };
}

/** This shard's part of the minibatch's figures: sums add up over shards, names ending in `Max` are maxima. */
export type ShardMetrics = Readonly<Record<string, number>>;

/**
 * Adds the gradient of the objective on these episodes to the policy's.
 *
 * The objective is a mean over the whole minibatch; a shard contributes its tokens' share.
 */
export function shardGradient(
  kernels: Kernels,
  policy: LearningPolicy,
  episodes: readonly Trajectory[],
  credit: StepCredit,
  options: ObjectiveOptions,
): ShardMetrics {
  return options.kind === "nll"
    ? imitationGradient(kernels, policy, episodes, options)
    : reinforcementGradient(kernels, policy, episodes, credit, options);
}

function imitationGradient(
  kernels: Kernels,
  policy: LearningPolicy,
  episodes: readonly Trajectory[],
  { tokens, prompts, languageCoefficient }: ObjectiveOptions & { readonly kind: "nll" },
): ShardMetrics {
  const shown = languageCoefficient > 0;
  const { logProbs, entropies, values } = policy.evaluate(episodes, { prompts: shown });
  const weights = new Float32Array(logProbs.length);
  const actions = new Uint8Array(logProbs.length);
  let token = 0;
  for (const { promptTokens, chosen } of episodes.flatMap(({ decisions }) => decisions)) {
    if (shown) weights.fill(languageCoefficient / prompts, token, token += promptTokens.length);
    for (const choice of chosen) {
      actions[token] = choice;
      weights[token++] = choice / tokens;
    }
  }
  // The weights hold the denominators, so that shards add up to the minibatch's mean.
  const { loss, dLogProbs } = nll(kernels, { logProbs, weights }, { aggregation: "token-sum" });
  policy.backward({
    dLogProbs,
    dEntropies: new Float32Array(logProbs.length),
    dValues: new Float32Array(values.length),
  });
  return {
    loss,
    imitationLoss: -masked(logProbs, actions) / tokens,
    entropy: masked(entropies, actions) / tokens,
  };
}

function reinforcementGradient(
  kernels: Kernels,
  policy: LearningPolicy,
  episodes: readonly Trajectory[],
  credit: StepCredit,
  options: ObjectiveOptions & { readonly kind: "ppo" },
): ShardMetrics {
  const { logProbs, entropies, values } = policy.evaluate(episodes);
  const { correction } = credit;
  const mask = correction?.mask ?? new Uint8Array(logProbs.length);
  const behaviorLogProbs = correction?.proximalLogProbs ?? new Float32Array(logProbs.length);
  const advantages = new Float32Array(logProbs.length);
  let token = 0;
  for (const [step, decision] of episodes.flatMap(({ decisions }) => decisions).entries()) {
    if (!correction) {
      mask.set(decision.chosen, token);
      behaviorLogProbs.set(decision.behaviorLogProbs, token);
    }
    advantages.fill(credit.advantages[step], token, token += decision.tokens.length);
  }
  const share = mask.reduce((count, chosen) => count + chosen, 0) / options.tokens;
  const meanEntropy = masked(entropies, mask) / options.tokens;
  const surrogate = ppoClip(kernels, { logProbs, behaviorLogProbs, advantages, mask, scales: correction?.scales }, {
    clipLow: options.clipLow,
    clipHigh: options.clipHigh,
    globalTokens: options.tokens,
  });
  const value = valueLoss(kernels, { values, returns: credit.returns }, { globalTokens: options.steps });
  const dEntropies = Float32Array.from(mask, (chosen) => chosen ? -options.entropyCoefficient / options.tokens : 0);
  const dValues = value.dValues.map((gradient) => gradient * options.valueCoefficient);
  policy.backward({ dLogProbs: surrogate.dLogProbs, dEntropies, dValues });
  const { clipFraction, kl, ratioMax } = surrogate.metrics;
  const staleness = policy.version - (episodes[0]?.decisions[0]?.policyVersion ?? policy.version);
  return {
    loss: surrogate.loss + options.valueCoefficient * value.loss - options.entropyCoefficient * meanEntropy,
    policyLoss: surrogate.loss,
    valueLoss: value.loss,
    entropy: meanEntropy,
    clipFraction: clipFraction * share,
    klK1: kl.k1 * share,
    klK3: kl.k3 * share,
    importanceRatioMax: ratioMax,
    effectiveSampleShare: surrogate.metrics.effectiveSampleShare * share,
    staleness: staleness * share,
  };
}

function masked(column: Float32Array, mask: Uint8Array): number {
  return column.reduce((sum, x, i) => mask[i] ? sum + x : sum, 0);
}
