/** How the recorded corrections, policy losses and imitation losses are computed by Eddy; see `objective_runners.ts`. */
import type { Kernels } from "../../src/kernels/mod.ts";
import {
  type AdvantageWeightForm,
  advantageWeights,
  type AggregationMode,
  distillation,
  distillOnPolicy,
  dro,
  gmpo,
  importanceWeights,
  luspo,
  nat,
  nll,
  type PolicyLoss,
  ppoClip,
  type RatioLevel,
  reinforce,
  rejectionMask,
  type RejectionRule,
  rowsToTokens,
  unlikelihood,
  vespo,
} from "../../src/rl/mod.ts";
import {
  f32,
  flat,
  type Inputs,
  lengths,
  type Named,
  need,
  number,
  type Runner,
  type Tree,
  type Trees,
  u32,
  u8,
} from "./trees.ts";

const rows = (inputs: Inputs) => ({ mask: u8(inputs.mask), rowLengths: lengths(inputs.mask) });
const perToken = (inputs: Inputs, name: string) => rowsToTokens(f32(inputs[name]), lengths(inputs.mask));
const byLogp = ({ loss, dLogProbs }: Pick<PolicyLoss, "loss" | "dLogProbs">) => ({ loss, dLogp: dLogProbs });

/** `0.5_2` is a lower and an upper bound. */
const bounds = (text: string | number): number[] => String(text).split("_").map(Number);

/** verl's words: `seq_mean_k1` with `0.9_1.15`, bounds of k1 on the ratio itself; one bound of k1 bounds its inverse, too. */
function rule(name: string, text: string): RejectionRule {
  const [unit, divergence] = [name.slice(0, -3), name.slice(-2) as RejectionRule["divergence"]];
  const units = { "token": "token", "seq_sum": "row-sum", "seq_mean": "row-mean", "seq_max": "row-max" } as const;
  const between = bounds(text);
  const highest = between.at(-1)!;
  const lowest = between.length > 1 ? between[0] : 1 / highest;
  return {
    unit: units[unit as keyof typeof units],
    divergence,
    ...divergence === "k1" ? { lowest: Math.log(lowest), highest: Math.log(highest) } : { highest },
  };
}

/** Weights of TRL's modes, which have 1 where nothing is learnable. */
function corrected(kernels: Kernels, inputs: Inputs, level: RatioLevel, outside: "truncate" | "drop"): Trees {
  const { mask, rowLengths } = rows(inputs);
  const options = {
    level,
    outside,
    lowest: number(inputs, "lo") ?? 0,
    highest: need(inputs, "hi"),
    logRatioClamp: Infinity,
  };
  const columns = { logProbs: f32(inputs.oldLogp), behaviorLogProbs: f32(inputs.behLogp), mask, rowLengths };
  const { weights } = importanceWeights(kernels, columns, options);
  const one = { logProbs: new Float32Array(1), behaviorLogProbs: new Float32Array(1) };
  const [nothing] = importanceWeights(kernels, one, options).weights;
  const filled = weights.map((weight, t) => mask[t] ? weight : nothing);
  const ofRow = (row: number) => {
    const first = mask.subarray(row * rowLengths[row], (row + 1) * rowLengths[row]).indexOf(1);
    return first < 0 ? nothing : weights[row * rowLengths[row] + first];
  };
  const loss = ppoClip(kernels, {
    logProbs: f32(inputs.logp),
    behaviorLogProbs: columns.logProbs,
    advantages: perToken(inputs, "seqAdv"),
    scales: weights,
    mask,
    rowLengths,
  }, { clipLow: need(inputs, "clipLow"), clipHigh: need(inputs, "clipHigh"), logRatioClamp: Infinity });
  return { weights: level === "token" ? filled : Array.from(rowLengths, (_, row) => ofRow(row)), ...byLogp(loss) };
}

/** A loss of log-probabilities as one of logits. */
function throughLogits(
  kernels: Kernels,
  logits: Float32Array,
  taken: Uint32Array,
  loss: (logProbs: Float32Array) => Float32Array,
): Float32Array {
  const [logProbs, entropies] = [new Float32Array(taken.length), new Float32Array(taken.length)];
  kernels.categorical(logits, taken, logProbs, entropies);
  return kernels.categoricalBackward(logits, taken, loss(logProbs), new Float32Array(taken.length));
}

export const imitationRunners: Readonly<Record<string, Runner>> = {
  tis_mis: (kernels, inputs) => {
    const columns = { logProbs: f32(inputs.logp), behaviorLogProbs: f32(inputs.behLogp), ...rows(inputs) };
    const between = bounds(inputs.config!.threshold);
    const { weights, metrics } = importanceWeights(kernels, columns, {
      level: inputs.config!.level as RatioLevel,
      lowest: between.length > 1 ? between[0] : 0,
      highest: between.at(-1)!,
      outside: between.length > 1 ? "drop" : "truncate",
      normalize: Boolean(number(inputs, "normalize")),
    });
    const limits = String(inputs.config!.rejectBound ?? "").split(",");
    const names = String(inputs.config!.reject ?? "").split(",").filter(Boolean);
    const rejection = rejectionMask(kernels, columns, names.map((name, i) => rule(name, limits[i] ?? limits[0])));
    const loss = reinforce(
      kernels,
      { ...columns, advantages: f32(inputs.adv), scales: weights, mask: rejection.mask },
      {
        aggregation: inputs.config!.agg as AggregationMode,
        norm: number(inputs, "norm"),
      },
    );
    const seen = { ess: metrics.effectiveSampleShare, maskedFraction: rejection.rejectedShare };
    return { weights, newMask: rejection.mask, ...byLogp(loss), metrics: seen };
  },
  tis_variants: (kernels, inputs) => ({
    tokenTruncate: corrected(kernels, inputs, "token", "truncate"),
    tokenMask: corrected(kernels, inputs, "token", "drop"),
    sequenceTruncate: corrected(kernels, inputs, "sequence", "truncate"),
    sequenceMask: corrected(kernels, inputs, "sequence", "drop"),
    geometricTruncate: corrected(kernels, inputs, "geometric", "truncate"),
    geometricMask: corrected(kernels, inputs, "geometric", "drop"),
  }),
  more_policy_losses: (kernels, inputs) => {
    const columns = {
      logProbs: f32(inputs.logp),
      behaviorLogProbs: f32(inputs.oldLogp),
      advantages: perToken(inputs, "seqAdv"),
      ...rows(inputs),
    };
    const config = inputs.config as unknown as { vespo: Record<string, number>; luspoClip: number[] };
    const { kPos, lambdaPos, kNeg, lambdaNeg } = config.vespo;
    const clip = need(inputs, "gmpoClip");
    const [clipLow, clipHigh] = config.luspoClip;
    const globalRows = columns.rowLengths.length;
    return {
      gmpo: byLogp(gmpo(kernels, columns, { clipLow: clip, clipHigh: clip, globalRows })),
      dro: byLogp(dro(kernels, columns, { beta: need(inputs, "droBeta") })),
      gpg: byLogp(reinforce(kernels, columns)),
      vespo: byLogp(vespo(kernels, columns, {
        kPositive: kPos,
        lambdaPositive: lambdaPos,
        kNegative: kNeg,
        lambdaNegative: lambdaNeg,
      })),
      luspo: byLogp(luspo(kernels, columns, { clipLow, clipHigh, globalRows })),
    };
  },
  unlikelihood: (kernels, inputs) => {
    const columns = { logits: f32(inputs.logits), targets: u32(inputs.targets), ...rows(inputs) };
    const unwanted = Uint8Array.from(perToken(inputs, "bad"));
    const floor = need(inputs, "clamp");
    const token = unlikelihood(kernels, columns, { alpha: need(inputs, "alpha"), floor });
    const sequence = unlikelihood(kernels, { ...columns, unwanted }, { floor });
    return {
      token: { loss: token.loss, dLogits: token.dLogits },
      sequence: { loss: sequence.loss, dLogits: sequence.dLogits },
    };
  },
  nat: (kernels, inputs) => {
    const mask = u8(inputs.lossMask);
    const rowLengths = lengths(inputs.lossMask);
    const taken = Uint32Array.from((inputs.tokens as Tree[]).flatMap((row) => flat(row).slice(1)));
    let named: Named = {};
    const dLogits = throughLogits(kernels, f32(inputs.logits), taken, (logProbs) => {
      const { loss, dLogProbs, metrics } = nat(kernels, { logProbs, success: u8(inputs.success), mask, rowLengths });
      named = { loss, metrics: { rowsPos: metrics.successLoss, rowsNeg: metrics.failureLoss } };
      return dLogProbs;
    });
    return { ...named, dLogits };
  },
  distill_gkd: (kernels, inputs) => {
    const { mask, rowLengths } = rows(inputs);
    const columns = { logits: f32(inputs.logits), teacherLogits: f32(inputs.teacherLogits), tokens: mask.length };
    const betas = Array.from({ length: 21 }, (_, i) => i / 20); // the file names its outputs by beta
    return Object.fromEntries(betas.map((beta) => {
      const options = { beta, temperature: need(inputs, "tau") };
      const { loss, dLogits } = distillation(kernels, { ...columns, mask, rowLengths }, options);
      return [beta, { loss, dLogits }];
    }));
  },
  distill_on_policy: (kernels, inputs) => {
    const columns = { logProbs: f32(inputs.logp), teacherLogProbs: f32(inputs.teacherLogp), ...rows(inputs) };
    const options = { coefficient: need(inputs, "coef"), weightCap: need(inputs, "cap") };
    const plain = distillOnPolicy(kernels, columns, options);
    const weighted = distillOnPolicy(kernels, { ...columns, behaviorLogProbs: f32(inputs.behLogp) }, options);
    return { plain: byLogp(plain), is: byLogp(weighted), metrics: { revKL: plain.metrics.reverseKl } };
  },
  awr_awac: (kernels, inputs) => {
    const { mask, rowLengths } = rows(inputs);
    const by = (form: AdvantageWeightForm) => {
      const options = { form, temperature: need(inputs, "beta"), cap: need(inputs, "wMax") };
      const weights = advantageWeights(kernels, { advantages: f32(inputs.seqAdv) }, options);
      const columns = { logProbs: f32(inputs.logp), weights: rowsToTokens(weights, rowLengths), mask, rowLengths };
      return { weights, ...byLogp(nll(kernels, columns)) };
    };
    return { exp: by("exponential"), softmax: by("softmax"), binary: by("binary") };
  },
};
