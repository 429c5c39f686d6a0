import type { JudgedStep } from "../../../episode/mod.ts";
import type { Kernels } from "../../../kernels/mod.ts";
import type { LearningPolicy } from "../../../policy/mod.ts";
import { correct, policyLoss, valueLoss } from "../../../rl/mod.ts";
import { shardGradient } from "../../shard_gradient.ts";
import type { UpdateMetrics } from "../agent_learner.ts";
import { collectSamples } from "./collect_samples.ts";
import { creditSamples } from "./credit_samples.ts";
import { cutSlices } from "./cut_slices.ts";
import type { GradientOptions } from "./gradient_options.ts";
import { compare, type LearnerMemory } from "./learner_memory.ts";
import { measureSlices } from "./measure_slices.ts";
import type { StepReader } from "./step_reader.ts";

/** Smaller advantages teach nothing. */
const STARVED = 1e-3;
/** Low entropy is no warning for an agent that is judged right this often. */
const GOOD_REWARD = 0.9;

/** What an update is made with. */
export interface UpdateParts {
  readonly kernels: Kernels;
  /** What learns. */
  readonly policy: LearningPolicy;
  readonly reader: StepReader;
  readonly memory: LearnerMemory;
  readonly staleness: number;
  readonly learningRate: number;
  readonly options: GradientOptions;
  /** Lets others work; throws when the update is to be given up. */
  readonly pause: () => Promise<void>;
}

/**
 * One update from judged steps: sees them again, corrects for what changed since, compares each with similar ones, and
 * moves the weights. Pauses between slices; equal steps in equal order give equal weights.
 */
export async function updatePolicy(judged: readonly JudgedStep[], parts: UpdateParts): Promise<UpdateMetrics> {
  const { kernels, policy, reader, memory, staleness, options, pause } = parts;
  memory.newestVersion = judged.reduce((most, { step }) => Math.max(most, step.policyVersion), memory.newestVersion);
  const { newestVersion } = memory;
  const { sampled, demonstrated, dropped } = await collectSamples(judged, {
    ...{ reader, newestVersion, staleness, pause },
  });
  const slices = cutSlices(sampled, options.sliceTokens);
  const shown = cutSlices(demonstrated, options.sliceTokens);
  const samples = slices.flatMap((slice) => slice.samples);
  const measured = await measureSlices(policy, slices, pause);
  const correction = correct(kernels, measured, options);
  const { kept } = correction;
  const credit = creditSamples(kernels, memory.tracker, { judged, samples, values: measured.values, kept }, options);

  const keptTokens = correction.mask.reduce((sum, one) => sum + one, 0);
  const shownTokens = demonstrated.reduce(
    (sum, { decision }) => sum + decision.chosen.reduce((n, one) => n + one, 0),
    0,
  );
  const tokens = keptTokens + shownTokens;
  const report = {
    gradientNorm: 0,
    nonFinite: 0,
    policyLoss: 0,
    valueLoss: 0,
    imitationLoss: 0,
    clipFraction: 0,
    kl: 0,
  };
  for (let epoch = 0; epoch < options.epochs && tokens > 0; epoch++) {
    const sums: Record<string, number> = {};
    const add = (part: Readonly<Record<string, number>>): void => {
      for (const [name, value] of Object.entries(part)) sums[name] = (sums[name] ?? 0) + value;
    };
    for (const { trajectories, samples, firstStep, firstToken, columnTokens } of slices) {
      const steps = [firstStep, firstStep + samples.length], columns = [firstToken, firstToken + columnTokens];
      add(shardGradient(kernels, policy, trajectories, {
        advantages: credit.advantages.slice(...steps),
        returns: credit.returns.slice(...steps),
        correction: {
          proximalLogProbs: measured.logProbs.slice(...columns),
          scales: correction.scales.slice(...columns),
          mask: correction.mask.slice(...columns),
        },
      }, { kind: "ppo", tokens, steps: sampled.length, ...options }));
      await pause();
    }
    for (const { trajectories } of shown) {
      const none = { advantages: new Float32Array(), returns: new Float32Array() };
      add(shardGradient(kernels, policy, trajectories, none, {
        ...{ kind: "nll", tokens, prompts: 0, languageCoefficient: 0 },
      }));
      await pause();
    }
    const { gradientNorm, applied } = policy.update({ ...options, learningRate: parts.learningRate });
    const share = keptTokens > 0 ? tokens / keptTokens : 0;
    report.gradientNorm = gradientNorm;
    report.nonFinite = Math.max(report.nonFinite, Number(!applied));
    report.policyLoss = sums.policyLoss ?? 0;
    report.valueLoss = sums.valueLoss ?? 0;
    report.imitationLoss = sums.imitationLoss ?? 0;
    report.clipFraction = Math.max(report.clipFraction, (sums.clipFraction ?? 0) * share);
    report.kl = Math.max(report.kl, (sums.klK3 ?? 0) * share);
  }
  credit.remember(report.kl);

  const rewarded = judged.filter(({ source }) => source !== "correction");
  const reward = mean(rewarded.map((entry) => entry.reward));
  const entropy = mean([...measured.entropies].filter((_, token) => measured.mask[token] === 1));
  const actionLength = mean(sampled.map(({ decision }) => decision.tokens.length));
  const behind = sampled.map((sample) => newestVersion - sample.judged.step.policyVersion).sort((a, b) => a - b);
  const { logProbs, behaviorLogProbs, mask, values } = measured;
  const seen = policyLoss(
    kernels,
    { logProbs, behaviorLogProbs, mask, advantages: new Float32Array(mask.length) },
    { surrogate: "log-prob" },
  ).metrics;
  const { entropyRatio, ...ratios } = sampled.length > 0
    ? compare(memory, { gradientNorm: report.gradientNorm, actionLength, entropy })
    : { entropyRatio: 1, gradientNormRatio: 1, actionLengthRatio: 1 };
  const { kl: approximateKl, ...losses } = report;
  return {
    ...{ judgements: judged.length, version: policy.version, reward, entropy, ...losses, approximateKl, ...ratios },
    klK1: seen.kl.k1,
    klK3: seen.kl.k3,
    advantageStarvation: mean([...credit.advantages].map((advantage) => Number(Math.abs(advantage) < STARVED))),
    ...(reward < GOOD_REWARD ? { normalizedEntropy: Math.min(1, entropyRatio) } : {}),
    effectiveSampleShare: correction.effectiveSampleShare,
    cappedShare: correction.cappedShare,
    stalenessP95: behind[Math.ceil(0.95 * behind.length) - 1] ?? 0,
    explainedVariance: valueLoss(kernels, { values, returns: credit.returns }).metrics.explainedVariance,
    rejected: kept.length - kept.reduce((sum, one) => sum + one, 0),
    demonstrations: demonstrated.length,
    dropped: Object.values(dropped).reduce((sum, count) => sum + count, 0),
    ...{ droppedStale: dropped.stale, droppedGreedy: dropped.greedy },
    ...{ droppedUnreadable: dropped.unreadable, droppedWrong: dropped.wrong },
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
}
