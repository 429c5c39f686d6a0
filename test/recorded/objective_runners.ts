/**
 * How each recorded file of objectives is computed by Eddy: inputs in the file's words to outputs in the file's words.
 * Everything that is compared comes from `src/rl`; what stands here is renaming and composition.
 */
import type { Kernels } from "../../src/kernels/mod.ts";
import {
  a2c,
  type AggregationMode,
  cispo,
  createRegressionOracle,
  crossEntropy,
  dapo,
  discountedReturns,
  doublyRobustTargets,
  drGrpo,
  entropyBonus,
  type Exploration,
  explorationProbabilities,
  gae,
  groupAdvantages,
  grpo,
  type GrpoOptions,
  gspo,
  klEstimate,
  lambdaReturns,
  maskedGae,
  nStepReturns,
  pickIndex,
  type PolicyColumns,
  type PolicyLoss,
  policyLoss,
  type PolicyMetrics,
  ppoClip,
  type RegressionOracleOptions,
  reinforce,
  rloo,
  rowsToTokens,
  sapo,
  sequenceLogRatios,
  tokenWeights,
  topEntropyMask,
  valueLoss,
  vtrace,
  whiten,
} from "../../src/rl/mod.ts";
import { actionValueRunners } from "./action_value_runners.ts";
import { imitationRunners } from "./imitation_runners.ts";
import { preferenceRunners } from "./preference_runners.ts";
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
import { creditRunners } from "./credit_runners.ts";

export { flat, type Inputs, type Tree };

const aggregation = (inputs: Inputs, name = "agg"): { aggregation: AggregationMode } => ({
  aggregation: inputs.config![name] as AggregationMode,
});

type TokenColumns = Required<Omit<PolicyColumns, "logRatios" | "scales" | "referenceLogProbs">>;
/** Columns of a policy loss over rectangular rows. */
function policyColumns(inputs: Inputs, advantages: Float32Array): TokenColumns {
  const logProbs = f32(inputs.logp);
  return {
    logProbs,
    behaviorLogProbs: inputs.oldLogp === undefined ? logProbs : f32(inputs.oldLogp),
    advantages,
    mask: u8(inputs.mask),
    rowLengths: lengths(inputs.mask),
  };
}
const perToken = (inputs: Inputs, rows: Float32Array) => rowsToTokens(rows, lengths(inputs.mask));

/** verl's names of the metrics. */
const verlMetrics = (metrics: PolicyMetrics) => ({
  clipFrac: metrics.clipFraction,
  clipFracLower: metrics.clipFractionDual,
  klK1: metrics.kl.k1,
  kl: metrics.kl,
});
const verl = ({ loss, dLogProbs, metrics }: PolicyLoss) => ({ loss, dLogp: dLogProbs, metrics: verlMetrics(metrics) });

/** TRL's. */
function trl(kernels: Kernels, inputs: Inputs, { loss, dLogProbs, metrics }: PolicyLoss): Named {
  const entropies = inputs.entropy === undefined ? undefined : f32(inputs.entropy);
  return {
    loss,
    dLogp: dLogProbs,
    metrics: {
      clip_low: metrics.clipFractionLow,
      clip_high: metrics.clipFractionHigh,
      clip_region: metrics.clipFraction,
      klOld: metrics.kl,
      kl: metrics.referenceKl,
      ...entropies &&
        { entropy: entropyBonus(kernels, { entropies, mask: u8(inputs.mask) }, { coefficient: 0 }).metrics.entropy },
    },
  };
}
const clip = (inputs: Inputs) => ({ clipLow: need(inputs, "clipLow"), clipHigh: need(inputs, "clipHigh") });

/** Group advantages in TRL's way: ε 1e-4, singletons get 0. */
const trlAdvantages = (
  kernels: Kernels,
  rewards: Float32Array,
  groups: Uint32Array,
  scale: "group" | "batch" | "none",
) => groupAdvantages(kernels, { rewards, groups }, { scale, epsilon: 1e-4, singleton: "zero" });

function grpoColumns(
  kernels: Kernels,
  inputs: Inputs,
): { seqAdv: Float32Array; columns: PolicyColumns; options: GrpoOptions } {
  const scale = inputs.config!.scaleRewards as "group" | "batch" | "none";
  const seqAdv = trlAdvantages(kernels, f32(inputs.seqReward), u32(inputs.group), scale);
  const referenceLogProbs = number(inputs, "beta") ? f32(inputs.refLogp) : undefined;
  const options = {
    ...clip(inputs),
    ratioCap: number(inputs, "deltaUpper"),
    klCoefficient: number(inputs, "beta"),
    klTimesRatio: Boolean(number(inputs, "biaskl")),
  };
  return { seqAdv, columns: { ...policyColumns(inputs, perToken(inputs, seqAdv)), referenceLogProbs }, options };
}

const halfMeanSquare = (kernels: Kernels, values: Float32Array, returns: Float32Array) => {
  const { loss, dValues } = valueLoss(kernels, { values, returns });
  return { returns, tdError: returns.map((target, t) => target - values[t]), loss, dValue: dValues };
};

/** Log-probabilities and entropies of rows of logits, and the way back. */
function categorical(kernels: Kernels, logits: Float32Array, taken: Uint32Array): {
  logProbs: Float32Array;
  entropies: Float32Array;
  backward: (dLogProbs: Float32Array, dEntropies: Float32Array) => Float32Array;
} {
  const logProbs = new Float32Array(taken.length);
  const entropies = new Float32Array(taken.length);
  kernels.categorical(logits, taken, logProbs, entropies);
  const backward = (dLogProbs: Float32Array, dEntropies: Float32Array) =>
    kernels.categoricalBackward(logits, taken, dLogProbs, dEntropies);
  return { logProbs, entropies, backward };
}

/** Five updates of one optimiser over named tensors, each with its own state. */
function optimize(
  inputs: Inputs,
  state: number,
  update: (parameters: Float32Array, gradients: Float32Array, state: Float32Array[], t: number) => void,
): Named {
  const tensors = Object.entries(inputs.params as Record<string, Tree>).map(([name, tree]) => {
    const parameters = f32(tree);
    return { name, parameters, state: Array.from({ length: state }, () => new Float32Array(parameters.length)) };
  });
  const steps = (inputs.grads as unknown as Record<string, Tree>[]).map((gradients, k) =>
    Object.fromEntries(tensors.map(({ name, parameters, state }) => {
      update(parameters, f32(gradients[name]), state, k + 1);
      return [name, parameters.slice()];
    }))
  );
  return { steps };
}

/** What the file records of one way to explore. */
function explored(kernels: Kernels, inputs: Inputs, exploration: Exploration): Trees {
  const scores = f32(inputs.scores);
  const probs = explorationProbabilities(kernels, scores, exploration, { t: 1 });
  const uniform = explorationProbabilities(kernels, scores, { kind: "epsilon-greedy", epsilon: 1 }, { t: 1 });
  const mix = need(inputs, "mix");
  const epsMix = probs.map((p, i) => (1 - mix) * p + mix * uniform[i]);
  return {
    probs,
    epsMix,
    expected: epsMix.reduce((sum, p, i) => sum + p * scores[i], 0),
    pickAt: flat(inputs.uniforms).map((uniform) => pickIndex(epsMix, uniform)),
  };
}

/** Learns the rounds of the file in order with one regression. */
function regressed(inputs: Inputs, kind: Pick<RegressionOracleOptions, "loss" | "optimizer">): Trees {
  const contexts = (inputs.contexts as readonly Tree[]).map(flat);
  const [actions, rewards, probabilities] = [inputs.actions, inputs.rewards, inputs.probs].map(flat);
  const oracle = createRegressionOracle({
    ...kind,
    actions: need(inputs, "nActions"),
    features: contexts[0].length,
    learningRate: need(inputs, "lr"),
    weightCap: need(inputs, "iwCap"),
  });
  const predictions: number[][] = [];
  const targets: number[][] = [];
  contexts.forEach((context, t) => {
    const round = { context, action: actions[t], reward: rewards[t], probability: probabilities[t] };
    const predicted = oracle.predict(context);
    predictions.push([...predicted]);
    targets.push([...doublyRobustTargets(predicted, round, need(inputs, "pMin"))]);
    oracle.learn(round);
  });
  const width = contexts[0].length;
  const rows = Array.from({ length: need(inputs, "nActions") }, (_, a) => [
    ...oracle.weights.slice(a * width, (a + 1) * width),
  ]);
  return { predictions, W: rows, drTargets: targets };
}

export const runners: Readonly<Record<string, Runner>> = {
  ...preferenceRunners,
  ...imitationRunners,
  ...actionValueRunners,
  ...creditRunners,
  bandit_exploration: (kernels, inputs) => {
    const infinite = { exponent: 0, top: 0xffff_ffff, floor: 0 };
    return {
      epsGreedy: explored(kernels, inputs, { kind: "epsilon-greedy", epsilon: need(inputs, "epsilon") }),
      softmax: explored(kernels, inputs, { kind: "softmax", temperature: 1 / need(inputs, "lambda") }),
      squareCb: explored(kernels, inputs, { kind: "inverse-gap", scale: need(inputs, "gamma"), ...infinite }),
    };
  },
  bandit_regression_oracle: (_, inputs) => ({
    logistic: regressed(inputs, { loss: "logistic" }),
    squared: regressed(inputs, { loss: "squared" }),
    adagradLogistic: regressed(inputs, { loss: "logistic", optimizer: "adagrad" }),
  }),
  ppo_clip: (kernels, inputs) =>
    verl(ppoClip(kernels, policyColumns(inputs, f32(inputs.adv)), {
      ...clip(inputs),
      ...aggregation(inputs),
      logRatioClamp: need(inputs, "logRatioClamp"),
      norm: number(inputs, "norm"),
    })),
  ppo_dual_clip: (kernels, inputs) =>
    verl(ppoClip(kernels, policyColumns(inputs, f32(inputs.adv)), {
      ...clip(inputs),
      ...aggregation(inputs),
      dualClip: need(inputs, "dualClip"),
      logRatioClamp: need(inputs, "logRatioClamp"),
      norm: number(inputs, "norm"),
    })),
  loss_aggregation: (kernels, inputs) => {
    const losses = f32(inputs.l);
    const rows = { mask: u8(inputs.mask), rowLengths: lengths(inputs.mask) };
    const modes = ["token-mean", "token-sum", "seq-mean-token-sum", "seq-mean-token-mean", "seq-mean-token-sum-norm"];
    return Object.fromEntries(modes.map((mode) => {
      const weights = tokenWeights(kernels, rows, {
        aggregation: mode as AggregationMode,
        norm: number(inputs, "norm"),
        globalTokens: number(inputs, "globalTokens"),
        globalRows: number(inputs, "globalRows"),
      });
      return [mode, { loss: losses.reduce((sum, l, t) => sum + (weights[t] && weights[t] * l), 0), dLoss: weights }];
    }));
  },
  value_clip: (kernels, inputs) => {
    const columns = {
      values: f32(inputs.values),
      oldValues: f32(inputs.oldValues),
      returns: f32(inputs.returns),
      mask: u8(inputs.mask),
      rowLengths: lengths(inputs.mask),
    };
    const options = { ...aggregation(inputs), clipRange: need(inputs, "clipRange"), norm: number(inputs, "norm") };
    const { loss, dValues, metrics } = valueLoss(kernels, columns, options);
    return { loss, dValue: dValues, metrics: { clipFrac: metrics.clipFraction } };
  },
  nll: (kernels, inputs) => {
    const columns = {
      logits: f32(inputs.logits),
      targets: u32(inputs.targets),
      mask: u8(inputs.mask),
      rowLengths: lengths(inputs.mask),
    };
    const weights = perToken(inputs, f32(inputs.weights));
    return {
      tokenMean: { ...crossEntropy(kernels, columns) },
      seqMean: { ...crossEntropy(kernels, columns, { aggregation: "seq-mean-token-mean" }) },
      weighted: { ...crossEntropy(kernels, { ...columns, weights }) },
      smoothed: { ...crossEntropy(kernels, columns, { labelSmoothing: number(inputs, "labelSmoothing") }) },
    } as unknown as Record<string, Tree>;
  },
  z_loss: (kernels, inputs) => {
    const { loss, dLogits, metrics } = crossEntropy(kernels, {
      logits: f32(inputs.logits),
      targets: u32(inputs.targets),
      mask: u8(inputs.mask),
    }, { zCoefficient: need(inputs, "coef") });
    return { loss, dLogits, metrics: { zLoss: metrics.zLoss } };
  },
  gae: (kernels, inputs) => {
    const { advantages, returns } = gae(kernels, {
      rewards: f32(inputs.rewards),
      values: f32(inputs.values),
      nextValues: f32(inputs.nextValues),
      terminated: u8(inputs.terminated),
      truncated: u8(inputs.truncated),
      rowLengths: lengths(inputs.rewards),
    }, { gamma: need(inputs, "gamma"), lambda: need(inputs, "lambda") });
    return { adv: advantages, targets: returns };
  },
  gae_masked: (kernels, inputs) => {
    const mask = u8(inputs.mask);
    const { advantages, returns } = maskedGae(kernels, {
      rewards: f32(inputs.rewards),
      values: f32(inputs.values),
      mask,
      rowLengths: lengths(inputs.mask),
    }, { gamma: need(inputs, "gamma"), lambda: need(inputs, "lambda") });
    return { advRaw: advantages, returns, adv: whiten(kernels, advantages, { mask }) };
  },
  n_step: (kernels, inputs) => {
    const returns = nStepReturns(kernels, {
      rewards: f32(inputs.rewards),
      nextValues: f32(inputs.nextValues),
      discounts: f32(inputs.discounts),
      rowLengths: lengths(inputs.rewards),
    }, { n: need(inputs, "n") });
    return halfMeanSquare(kernels, f32(inputs.values), returns);
  },
  td_lambda: (kernels, inputs) => {
    const returns = lambdaReturns(kernels, {
      rewards: f32(inputs.rewards),
      nextValues: f32(inputs.nextValues),
      terminated: u8(inputs.terminated),
      truncated: u8(inputs.truncated),
      rowLengths: lengths(inputs.rewards),
    }, { gamma: need(inputs, "gamma"), lambda: need(inputs, "lambda") });
    return halfMeanSquare(kernels, f32(inputs.values), returns);
  },
  vtrace: (kernels, inputs) => {
    const [logProbs, values] = [f32(inputs.logp), f32(inputs.values)];
    const { errors, targets, q, advantages } = vtrace(kernels, {
      logProbs,
      behaviorLogProbs: f32(inputs.behLogp),
      rewards: f32(inputs.rewards),
      values,
      nextValues: f32(inputs.nextValues),
      discounts: f32(inputs.discounts),
      mask: u8(inputs.mask),
      rowLengths: lengths(inputs.mask),
    }, {
      lambda: need(inputs, "lambda"),
      rhoBar: need(inputs, "rhoBar"),
      policyRhoBar: need(inputs, "pgRhoBar"),
    });
    const critic = valueLoss(kernels, { values, returns: targets });
    const actor = reinforce(kernels, { logProbs, advantages });
    return {
      errors,
      q,
      pgAdv: advantages,
      valueLoss: critic.loss,
      dValue: critic.dValues,
      policyLoss: actor.loss,
      dLogp: actor.dLogProbs,
    };
  },
  group_advantage: (kernels, inputs) => {
    const mask = u8(inputs.mask);
    const rewards = f32(inputs.seqReward);
    const lengthOf = (row: Tree) => flat(row).reduce((sum, m) => sum + m, 0);
    const columns = { rewards, groups: u32(inputs.group), lengths: Float32Array.from(inputs.mask as Tree[], lengthOf) };
    const raw = { singleton: "raw" } as const;
    const centered = groupAdvantages(kernels, columns, raw);
    return {
      grpo: groupAdvantages(kernels, columns, { ...raw, scale: "group" }),
      drGrpo: centered,
      rloo: groupAdvantages(kernels, columns, { ...raw, baseline: "others" }),
      opo: groupAdvantages(kernels, columns, { ...raw, baseline: "length-weighted" }),
      gpg: groupAdvantages(kernels, columns, { ...raw, scale: "non-zero-share" }),
      rppBaseline: whiten(kernels, perToken(inputs, centered), { mask }),
      trlGroup: trlAdvantages(kernels, rewards, columns.groups, "group"),
      trlBatch: trlAdvantages(kernels, rewards, columns.groups, "batch"),
      trlNone: trlAdvantages(kernels, rewards, columns.groups, "none"),
    };
  },
  grpo: (kernels, inputs) => {
    const { seqAdv, columns, options } = grpoColumns(kernels, inputs);
    return { seqAdv, ...trl(kernels, inputs, grpo(kernels, columns, options)) };
  },
  dr_grpo: (kernels, inputs) => {
    const { seqAdv, columns, options } = grpoColumns(kernels, inputs);
    const loss = drGrpo(kernels, columns, { ...options, maxLength: need(inputs, "maxLen") });
    return { seqAdv, ...trl(kernels, inputs, loss) };
  },
  reinforce_baseline: (kernels, inputs) => {
    const mask = u8(inputs.mask);
    const rowLengths = lengths(inputs.mask);
    const values = f32(inputs.values);
    const returns = discountedReturns(kernels, { rewards: f32(inputs.rewards), mask, rowLengths }, {
      gamma: need(inputs, "gamma"),
    });
    const weights = tokenWeights(kernels, { mask, rowLengths });
    const mean = returns.reduce((sum, value, t) => sum + weights[t] * value, 0);
    const baselines = { "none": () => 0, "value": (t: number) => values[t], "batch-mean": () => mean };
    const baseline = baselines[inputs.config!.baseline as keyof typeof baselines];
    const adv = returns.map((value, t) => mask[t] ? value - baseline(t) : 0);
    const options = { ...aggregation(inputs), norm: number(inputs, "norm") };
    return { returns, adv, ...verl(reinforce(kernels, policyColumns(inputs, adv), options)) };
  },
  a2c: (kernels, inputs) => {
    const { logProbs, entropies, backward } = categorical(kernels, f32(inputs.logits), u32(inputs.actions));
    const rowLengths = lengths(inputs.mask);
    const returns = discountedReturns(kernels, {
      rewards: f32(inputs.rewards),
      terminated: u8(inputs.terminated),
      bootstrap: f32(inputs.bootstrap),
      rowLengths,
    }, { gamma: need(inputs, "gamma") });
    const columns = {
      logProbs,
      entropies,
      values: f32(inputs.values),
      returns,
      scales: f32(inputs.weights),
      rowLengths,
    };
    const { loss, dLogProbs, dEntropies, dValues, metrics } = a2c(kernels, columns, {
      valueCoefficient: need(inputs, "valueCoef"),
      entropyCoefficient: need(inputs, "entCoef"),
    });
    return {
      returns,
      loss,
      dLogits: backward(dLogProbs, dEntropies),
      dValue: dValues,
      metrics: {
        policyLoss: metrics.policy.policyLoss,
        valueLoss: metrics.value.loss,
        entropy: metrics.entropy.entropy,
      },
    };
  },
  entropy_bonus: (kernels, inputs) => {
    const mask = u8(inputs.mask);
    const rowLengths = lengths(inputs.mask);
    if (inputs.logits !== undefined) {
      const taken = new Uint32Array(mask.length);
      const { entropies, backward } = categorical(kernels, f32(inputs.logits), taken);
      const options = { ...aggregation(inputs), coefficient: -1, norm: number(inputs, "norm") };
      const bonus = entropyBonus(kernels, { entropies, mask, rowLengths }, options);
      return {
        entropy: bonus.metrics.entropy,
        tokenEntropy: entropies,
        dLogits: backward(new Float32Array(mask.length), bonus.dEntropies),
      };
    }
    const entropies = f32(inputs.entropy);
    const top = topEntropyMask(kernels, { entropies, mask }, { share: need(inputs, "topEntropyQuantile") });
    const tokens = mask.reduce((sum, m) => sum + m, 0);
    const advantages = perToken(inputs, f32(inputs.seqAdv));
    const columns = { ...policyColumns(inputs, advantages), mask: top };
    const policy = dapo(kernels, columns, { ...clip(inputs), globalTokens: tokens });
    const coefficient = need(inputs, "entCoef");
    const bonus = entropyBonus(kernels, { entropies, mask: top }, { coefficient });
    const all = entropyBonus(kernels, { entropies, mask }, { coefficient });
    return {
      loss: policy.loss + bonus.loss,
      dLogp: policy.dLogProbs,
      dEntropy: bonus.dEntropies,
      metrics: { entropy: all.metrics.entropy, policyLoss: policy.loss },
    };
  },
  kl_estimators: (kernels, inputs) => {
    const columns = { logProbs: f32(inputs.logp), referenceLogProbs: f32(inputs.refLogp), mask: u8(inputs.mask) };
    const names = {
      "k1": "k1",
      "abs": "abs",
      "k2": "k2",
      "k3": "k3-clamped",
      "k1+": "k1+",
      "k3+": "k3+",
      "k3Unclamped": "k3",
    } as const;
    return Object.fromEntries(
      Object.entries(names).map(([name, estimator]) => {
        const { values, dLogProbs } = klEstimate(kernels, columns, { estimator });
        return [name, { value: values, dLogp: dLogProbs }];
      }),
    );
  },
  cispo: (kernels, inputs) => {
    const columns = policyColumns(inputs, perToken(inputs, f32(inputs.seqAdv)));
    const both = cispo(kernels, columns, {
      ...clip(inputs),
      ...aggregation(inputs, "verlAgg"),
      logRatioClamp: need(inputs, "logRatioClampVerl"),
    });
    const above = cispo(kernels, columns, { clipHigh: need(inputs, "trlMaxRatio") - 1, logRatioClamp: Infinity });
    return { verl: verl(both), trl: { ...verl(above), metrics: { clipFrac: above.metrics.clipFractionHigh } } };
  },
  gspo: (kernels, inputs) => {
    const columns = policyColumns(inputs, perToken(inputs, f32(inputs.seqAdv)));
    const rows = columns.rowLengths.length;
    const { loss, dLogp } = verl(gspo(kernels, columns, { ...clip(inputs), globalRows: rows }));
    // TRL counts clipped sequences, empty ones among them: one decision a row.
    const ratios = sequenceLogRatios(kernels, columns, { mean: true });
    const starts = Array.from(columns.rowLengths, (length, row) => row * length);
    const ofRow = (start: number, row: number) => ratios.slice(start, start + columns.rowLengths[row]);
    const logRatios = Float32Array.from(starts, (start, row) => ofRow(start, row).find((x) => x !== 0) ?? 0);
    const perRow = { logProbs: logRatios, logRatios, advantages: f32(inputs.seqAdv) };
    const { metrics } = policyLoss(kernels, perRow, { ...clip(inputs), surrogate: "clip" });
    return {
      verl: verl(gspo(kernels, columns, { ...clip(inputs), ...aggregation(inputs, "verlAgg") })),
      trl: { loss, dLogp, metrics: { clipFrac: metrics.clipFraction } },
    };
  },
  sapo: (kernels, inputs) =>
    verl(sapo(kernels, policyColumns(inputs, perToken(inputs, f32(inputs.seqAdv))), {
      tauPositive: need(inputs, "tauPos"),
      tauNegative: need(inputs, "tauNeg"),
    })),
  remax: (kernels, inputs) => {
    const mask = u8(inputs.mask);
    const rowLengths = lengths(inputs.mask);
    const returns = discountedReturns(kernels, { rewards: f32(inputs.rewards), mask, rowLengths }, { gamma: 1 });
    const greedy = perToken(inputs, f32(inputs.greedyReward));
    const adv = returns.map((value, t) => mask[t] ? value - greedy[t] : 0);
    return { returns, adv, ...verl(reinforce(kernels, policyColumns(inputs, adv))) };
  },
  off_policy_mask: (kernels, inputs) => {
    const columns = policyColumns(inputs, perToken(inputs, f32(inputs.seqAdv)));
    const gaps = sequenceLogRatios(kernels, columns, { mean: true });
    const tokens = columns.mask.reduce((sum, m) => sum + m, 0);
    const drops = columns.advantages.map((a, t) => Number(a < 0 && -gaps[t] > need(inputs, "threshold")));
    const mask = columns.mask.map((m, t) => drops[t] ? 0 : m);
    let start = 0;
    const keep = Array.from(columns.rowLengths, (length) => {
      const row = [start, start += length];
      return Number(!drops.slice(...row).some((drop, t) => drop && columns.mask[row[0] + t]));
    });
    const { loss, dLogProbs } = dapo(kernels, { ...columns, mask }, { ...clip(inputs), globalTokens: tokens });
    return { keep, loss, dLogp: dLogProbs };
  },
  rloo: (kernels, inputs) => {
    const columns = policyColumns(inputs, new Float32Array(flat(inputs.mask).length));
    const { mask, rowLengths } = columns;
    const options = { ...clip(inputs), normalize: Boolean(number(inputs, "normalize")) };
    const kls = sequenceLogRatios(kernels, {
      ...columns,
      logProbs: f32(inputs.oldLogp),
      behaviorLogProbs: f32(inputs.refLogp),
    }, { mean: false });
    const rows = Array.from(rowLengths, (length, row) => ({ start: row * length, end: (row + 1) * length }));
    const first = ({ start, end }: { start: number; end: number }) => mask.subarray(start, end).indexOf(1) + start;
    const kl = rows.map((row) => first(row) < row.start ? 0 : kls[first(row)]);
    const rewards = f32(inputs.seqReward).map((reward, row) => reward - need(inputs, "beta") * kl[row]);
    let seqAdv = groupAdvantages(kernels, { rewards, groups: u32(inputs.group) }, {
      baseline: "others",
      singleton: "raw",
    });
    if (options.normalize) {
      const groups = new Uint32Array(seqAdv.length);
      seqAdv = groupAdvantages(kernels, { rewards: seqAdv, groups }, {
        scale: "batch",
        epsilon: 1e-4,
        singleton: "zero",
      });
    }
    const { loss, dLogProbs, metrics } = rloo(kernels, { ...columns, advantages: seqAdv }, clip(inputs));
    const meanKl = kl.reduce((sum, k) => sum + k, 0) / kl.length;
    return { seqAdv, loss, dLogp: dLogProbs, metrics: { clipFrac: metrics.clipFraction, kl: meanKl } };
  },
  reinforce_pp: (kernels, inputs) => {
    const mask = u8(inputs.mask);
    const rowLengths = lengths(inputs.mask);
    const [old, reference, token] = [f32(inputs.oldLogp), f32(inputs.refLogp), f32(inputs.tokenReward)];
    const rewards = token.map((reward, t) => reward - need(inputs, "beta") * (old[t] - reference[t]));
    const returns = discountedReturns(kernels, { rewards, mask, rowLengths }, { gamma: need(inputs, "gamma") });
    const adv = whiten(kernels, returns, { mask });
    const options = { ...clip(inputs), logRatioClamp: 20 };
    return { returns, adv, ...verl(ppoClip(kernels, policyColumns(inputs, adv), options)) };
  },
  dapo: (kernels, inputs) => {
    const count = (row: Tree) => flat(row).reduce((sum, m) => sum + m, 0);
    const buffer = need(inputs, "buffer");
    const over = (row: Tree) => (count(row) - (need(inputs, "maxResp") - buffer)) / buffer * need(inputs, "factor");
    const overlong = Float32Array.from(inputs.mask as Tree[], (row) => Math.min(-over(row), 0));
    const raw = f32(inputs.seqReward);
    const reward = raw.map((value, row) => value + overlong[row]);
    const groups = u32(inputs.group);
    const seqAdv = trlAdvantages(kernels, reward, groups, "group");
    const differs = (row: number) =>
      groups.some((group, other) => group === groups[row] && reward[other] !== reward[row]);
    const loss = dapo(kernels, policyColumns(inputs, perToken(inputs, seqAdv)), {
      ...clip(inputs),
      globalTokens: need(inputs, "globalTokens"),
    });
    const keepGroup = Array.from(groups, (_, row) => Number(differs(row)));
    return { overlong, reward, keepGroup, seqAdv, ...trl(kernels, inputs, loss) };
  },
  optim_adamw: (kernels, inputs) =>
    optimize(inputs, 2, (parameters, gradients, [m, v], t) => {
      const [lr, b1, b2] = [need(inputs, "lr"), need(inputs, "b1"), need(inputs, "b2")];
      const decay = need(inputs, "weightDecay");
      kernels.adamw(parameters, gradients, m, v, t, lr, b1, b2, need(inputs, "eps"), decay, 1);
    }),
  optim_adam: (kernels, inputs) =>
    optimize(inputs, 2, (parameters, gradients, [m, v], t) => {
      const [lr, b1, b2] = [need(inputs, "lr"), need(inputs, "b1"), need(inputs, "b2")];
      const decay = need(inputs, "weightDecay");
      kernels.adam(parameters, gradients, m, v, t, lr, b1, b2, need(inputs, "eps"), decay, 1);
    }),
  optim_sgd: (kernels, inputs) =>
    optimize(inputs, 1, (parameters, gradients, [velocity]) => {
      const nesterov = Boolean(number(inputs, "nesterov"));
      const [lr, momentum] = [need(inputs, "lr"), need(inputs, "momentum")];
      kernels.sgd(parameters, gradients, velocity, lr, momentum, nesterov, need(inputs, "weightDecay"), 1);
    }),
  optim_lion: (kernels, inputs) =>
    optimize(inputs, 1, (parameters, gradients, [m]) => {
      const [lr, b1, b2] = [need(inputs, "lr"), need(inputs, "b1"), need(inputs, "b2")];
      kernels.lion(parameters, gradients, m, lr, b1, b2, need(inputs, "weightDecay"), 1);
    }),
  optim_rmsprop: (kernels, inputs) =>
    optimize(inputs, 3, (parameters, gradients, [v, average, buffer]) => {
      const [lr, alpha, momentum] = [need(inputs, "lr"), need(inputs, "alpha"), need(inputs, "momentum")];
      const centered = Boolean(number(inputs, "centered"));
      kernels.rmsprop(parameters, gradients, v, average, buffer, lr, alpha, need(inputs, "eps"), momentum, centered, 1);
    }),
  grad_clip: (kernels, inputs) => {
    const tensors = Object.entries(inputs.grads as Record<string, Tree>).map(([name, tree]) =>
      [name, f32(tree)] as const
    );
    const norm = kernels.globalNorm(Float32Array.from(tensors.flatMap(([, gradient]) => [...gradient])));
    const clipped = (optax: boolean) => {
      const scale = kernels.clipScale(norm, need(inputs, "maxNorm"), optax);
      return Object.fromEntries(tensors.map(([name, gradient]) => [name, gradient.map((g) => g * scale)]));
    };
    return { norm, torch: clipped(false), optax: clipped(true) };
  },
};
