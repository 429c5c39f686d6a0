import type { Kernels } from "../kernels/mod.ts";
import type { TrainConfiguration } from "./configuration.ts";
import type { Crew } from "./crew.ts";
import { creditSteps } from "./credit.ts";
import { play } from "./play.ts";
import { summarize, sumOf } from "./summarize.ts";
import type { ObjectiveOptions, ShardMetrics } from "./shard_gradient.ts";

/** One update of imitation on fresh demonstrations. */
export async function imitate(crew: Crew, configuration: TrainConfiguration, update: number): Promise<Learned> {
  const { episodesPerUpdate, shards, updates, learningRate, maxGradientNorm, weightDecay } = configuration.warmStart;
  const first = update * episodesPerUpdate;
  const played = await play(crew, configuration.seed, {
    actor: "expert",
    shards,
    split: "train",
    first,
    episodes: episodesPerUpdate,
    keep: true,
  });
  const credits = played.map(({ shard, rewards }) => ({
    shard,
    advantages: new Float32Array(rewards.length),
    returns: new Float32Array(rewards.length),
  }));
  const objective: ObjectiveOptions = {
    kind: "nll",
    tokens: sumOf(played, ({ chosen }) => chosen),
    prompts: played.reduce((count, { prompts }) => count + prompts, 0),
    languageCoefficient: configuration.warmStart.languageCoefficient,
  };
  const metrics = await learn(crew, credits, objective, {
    learningRate: learningRate * warmUpThenDecay(update, updates),
    maxGradientNorm,
    weightDecay,
  });
  return { metrics: { ...metrics, ...summarize(played) }, tokens: played.reduce((n, { tokens }) => n + tokens, 0) };
}

/** One batch of the policy's own episodes, and the optimiser steps it pays for. */
export async function reinforce(
  crew: Crew,
  kernels: Kernels,
  configuration: TrainConfiguration,
  update: number,
): Promise<Learned> {
  const settings = configuration.reinforcement;
  const done = update - configuration.warmStart.updates;
  const first = REINFORCEMENT_FIRST + done * settings.episodesPerUpdate;
  const played = await play(crew, configuration.seed, {
    actor: "policy",
    split: "train",
    first,
    episodes: settings.episodesPerUpdate,
    shards: settings.shards,
    keep: true,
  });
  const credits = creditSteps(kernels, played, settings);
  const size = settings.shards / settings.minibatches;
  let metrics: Record<string, number> = {};
  for (let epoch = 0; epoch < settings.epochs; epoch++) {
    for (let minibatch = 0; minibatch < settings.minibatches; minibatch++) {
      const part = played.slice(minibatch * size, (minibatch + 1) * size);
      metrics = await learn(crew, credits.slice(minibatch * size, (minibatch + 1) * size), {
        kind: "ppo",
        tokens: sumOf(part, ({ chosen }) => chosen),
        steps: part.reduce((count, { rewards }) => count + rewards.length, 0),
        clipLow: settings.clipEpsilon,
        clipHigh: settings.clipEpsilonHigh,
        entropyCoefficient: settings.entropyCoefficient * (1 - done / settings.updates),
        valueCoefficient: settings.valueCoefficient,
      }, {
        learningRate: settings.learningRate * warmUpThenDecay(done, settings.updates),
        maxGradientNorm: settings.maxGradientNorm,
        weightDecay: settings.weightDecay,
      });
    }
  }
  return { metrics: { ...metrics, ...summarize(played) }, tokens: played.reduce((n, { tokens }) => n + tokens, 0) };
}

/** Task numbers of the two phases do not overlap. */
const REINFORCEMENT_FIRST = 1 << 24;

export interface Learned {
  readonly metrics: Record<string, number>;
  readonly tokens: number;
}

/** One optimiser step on some shards: gradients where the episodes are, the same sum and the same step everywhere. */
async function learn(
  crew: Crew,
  credits: readonly { readonly shard: number; readonly advantages: Float32Array; readonly returns: Float32Array }[],
  objective: ObjectiveOptions,
  options: { readonly learningRate: number; readonly maxGradientNorm: number; readonly weightDecay: number },
): Promise<Record<string, number>> {
  const jobs = Array.from({ length: crew.size }, (_, member) => ({
    shards: credits.filter(({ shard }) => shard % crew.size === member),
    objective,
  }));
  const parts = (await crew.call("learn", jobs)).flat();
  const shards = credits.map(({ shard }) => shard);
  const [report] = await crew.call("apply", Array.from({ length: crew.size }, () => ({ shards, options })));
  return { ...total(parts), gradientNorm: report.gradientNorm, learningRate: options.learningRate };
}

/** Sums of sums, maxima of maxima. */
function total(parts: readonly ShardMetrics[]): Record<string, number> {
  const metrics: Record<string, number> = {};
  for (const part of parts) {
    for (const [name, value] of Object.entries(part)) {
      metrics[name] = name.endsWith("Max") ? Math.max(metrics[name] ?? -Infinity, value) : (metrics[name] ?? 0) + value;
    }
  }
  return metrics;
}

/** Rises over the first twentieth, then falls along a line to a tenth. */
function warmUpThenDecay(update: number, updates: number): number {
  const warm = Math.max(1, Math.round(updates / 20));
  return update < warm ? (update + 1) / warm : 1 - 0.9 * (update - warm) / Math.max(1, updates - warm);
}
