/** Runners of credit, optimisers that know shapes, schedules, off-policy estimators and linear bandits. */
import type { Kernels } from "../../src/kernels/mod.ts";
import {
  audibertBounds,
  bootstrapBounds,
  createLinearBandit,
  directMethod,
  discountedReturns,
  doublyRobust,
  effectiveSampleSize,
  gae,
  gigpo,
  groupAdvantages,
  hoeffdingBounds,
  ips,
  learningRateFactor,
  type LearningRateSchedule,
  type MeanBounds,
  normalBounds,
  reinforce,
  replay,
  retrace,
  shrunkDoublyRobust,
  type StepAggregation,
  stepsToTokens,
  stepTokenWeights,
  studentBounds,
  switchDoublyRobust,
  trajectoryDoublyRobust,
  type TrajectoryEstimate,
  trajectoryIps,
  upgo,
} from "../../src/rl/mod.ts";
import { f32, flat, type Inputs, lengths, type Named, type Runner, type Tree, u32, u8 } from "./trees.ts";

const f64 = (tree: Tree): Float64Array => Float64Array.from(flat(tree));
const number = (inputs: Inputs, name: string): number => Number(inputs.config?.[name]);
/** Column `index[i]` of row `i`. */
const taken = (rows: Float64Array, index: Uint32Array): Float64Array =>
  Float64Array.from(index, (column, row) => rows[row * (rows.length / index.length) + column]);
/** Σ over each row of `a · b`. */
const rowDots = (a: Float64Array, b: Float64Array, rows: number): Float64Array => {
  const width = a.length / rows;
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let k = row * width; k < (row + 1) * width; k++) sum += a[k] * b[k];
    return sum;
  });
};

/** Updates of named tensors with their shapes: rows and columns, or a vector (columns 0); `undefined` leaves one out. */
function optimizeShaped(
  inputs: Inputs,
  prepare: (rows: number, columns: number) => undefined | ((p: Float32Array, g: Float32Array, t: number) => void),
): Named {
  const tensors = Object.entries(inputs.params as Record<string, Tree>).flatMap(([name, tree]) => {
    const rows = (tree as Tree[]).length;
    const [row] = tree as Tree[];
    const update = prepare(rows, Array.isArray(row) ? row.length : 0);
    return update ? [{ name, parameters: f32(tree), update }] : [];
  });
  const steps = (inputs.grads as unknown as Record<string, Tree>[]).map((gradients, k) =>
    Object.fromEntries(tensors.map(({ name, parameters, update }) => {
      update(parameters, f32(gradients[name]), k + 1);
      return [name, parameters.slice()];
    }))
  );
  return { steps };
}

/** Value and per-round values of one estimate, with every interval of the file. */
function withIntervals(inputs: Inputs, value: number, perRound: Float64Array): { readonly [name: string]: Tree } {
  const alpha = number(inputs, "alpha");
  const each = 1 - alpha / 2; // of each of two bounds that hold together with 1 − α
  const pair = ({ lower, upper }: MeanBounds): Tree => [lower, upper];
  const range = Math.max(...perRound) - Math.min(...perRound);
  return {
    value,
    perRound: [...perRound],
    ci: {
      normal: pair(normalBounds(perRound, 0, each)),
      student: pair(studentBounds(perRound, each)),
      empiricalBernstein: pair(audibertBounds(perRound, { range, confidence: 1 - alpha })),
      hoeffding: pair(hoeffdingBounds(perRound, { range, confidence: each })),
      bootstrap: pair(bootstrapBounds(perRound, { indices: u32(inputs.bootIdx), confidence: each })),
    },
  };
}

interface PackedSteps {
  readonly valid: Uint8Array;
  readonly width: number;
  packed<T extends Float32Array | Uint32Array>(column: T): T;
  unpacked(column: Float32Array): Float32Array;
  readonly stepsPerEpisode: Uint32Array;
  readonly episodeOf: Uint32Array;
}

/** Steps of the file's rectangles that are valid, one trajectory after the other, and the way back. */
function packedSteps(inputs: Inputs): PackedSteps {
  const valid = u8(inputs.stepMask);
  const episodes = inputs.stepMask as readonly Tree[];
  const at = [...valid.keys()].filter((step) => valid[step]);
  const width = valid.length / episodes.length;
  return {
    valid,
    width,
    packed: <T extends Float32Array | Uint32Array>(column: T) => column.filter((_, step) => valid[step] === 1) as T,
    unpacked: (column) => {
      const out = new Float32Array(valid.length);
      at.forEach((step, k) => out[step] = column[k]);
      return out;
    },
    stepsPerEpisode: Uint32Array.from(episodes, (row) => flat(row).reduce((sum, v) => sum + v, 0)),
    episodeOf: Uint32Array.from(valid, (_, step) => Math.floor(step / width)),
  };
}

function stepCredit(kernels: Kernels, inputs: Inputs): Named {
  const { valid, width, packed, unpacked, stepsPerEpisode, episodeOf } = packedSteps(inputs);
  const gamma = number(inputs, "gamma");
  const rewards = packed(f32(inputs.stepRewards));
  const groups = u32(inputs.group);
  const groupOfStep = packed(Uint32Array.from(valid, (_, step) => groups[episodeOf[step]]));
  const returns = discountedReturns(kernels, { rewards, rowLengths: stepsPerEpisode }, { gamma });
  const norm = { scale: "group", singleton: "raw", epsilon: number(inputs, "eps") } as const;
  const columns = { rewards, states: packed(u32(inputs.stateId)), stepsPerEpisode, groups };
  const options = { gamma, stepWeight: number(inputs, "stepWeight"), epsilon: number(inputs, "eps") };
  const truncated = u8(inputs.truncated);
  const cut = truncated.map((flag, step) => flag || (step + 1) % width !== 0 && !valid[step + 1] ? 1 : 0);
  const traced = gae(kernels, {
    rewards: f32(inputs.stepRewards),
    values: f32(inputs.stepValues),
    nextValues: f32(inputs.nextValues),
    terminated: u8(inputs.terminated),
    truncated: cut,
    rowLengths: lengths(inputs.stepMask),
  }, { gamma, lambda: number(inputs, "lambda") });
  const stepAdv = {
    gae: traced.advantages.map((advantage, step) => valid[step] ? advantage : 0),
    stepGrpo: unpacked(groupAdvantages(kernels, { rewards, groups: groupOfStep }, norm)),
    cumulative: unpacked(groupAdvantages(kernels, { rewards: returns, groups: groupOfStep }, norm)),
    gigpo: unpacked(gigpo(kernels, columns, { ...options, scale: "group" }).advantages),
    gigpoNoStd: unpacked(gigpo(kernels, columns, options).advantages),
  };
  const tokens = lengths(inputs.stepOf)[0];
  const stepOf = Int32Array.from(
    flat(inputs.stepOf),
    (step, token) => step < 0 ? -1 : Math.floor(token / tokens) * width + step,
  );
  const losses = {
    stepMeanTokenSum: "step-mean-token-sum",
    stepMeanTokenMean: "step-mean-token-mean",
    trajMeanStepMean: "episode-mean-step-mean",
  } satisfies Record<string, StepAggregation>;
  const advantages = stepsToTokens(stepAdv.gigpo, stepOf);
  const named = <T>(of: Record<string, T>, make: (value: T) => Tree) =>
    Object.fromEntries(Object.entries(of).map(([name, value]) => [name, make(value)]));
  return {
    returns: unpacked(returns),
    stepAdv,
    tokenAdv: named(stepAdv, (advantages) => stepsToTokens(advantages, stepOf)),
    losses: named(losses, (aggregation) => {
      const scales = stepTokenWeights({ stepOf, episodeOf }, aggregation);
      const { loss, dLogProbs } = reinforce(kernels, { logProbs: f32(inputs.logp), advantages, scales }, {
        aggregation: "token-sum",
      });
      return { loss, dLogp: dLogProbs };
    }),
  };
}

export const creditRunners: Readonly<Record<string, Runner>> = {
  retrace: (kernels, inputs) => {
    const { targets, errors, loss, dActionValues } = retrace(kernels, {
      actionValues: f32(inputs.q),
      actions: u32(inputs.actions),
      rewards: f32(inputs.rewards),
      discounts: f32(inputs.discounts),
      nextActionValues: f32(inputs.q1),
      nextProbabilities: f32(inputs.pi1),
      nextActions: u32(inputs.actions1),
      nextPropensities: f32(inputs.mu1),
    }, { lambda: number(inputs, "lambda"), epsilon: number(inputs, "eps") });
    return { targets, errors, loss, dQ: dActionValues };
  },
  upgo: (kernels, inputs) => {
    const plus = inputs.valuesPlus as readonly Tree[][];
    const { returns, advantages } = upgo(kernels, {
      rewards: f32(inputs.rewards),
      values: f32(plus.map((row) => row.slice(0, -1))),
      nextValues: f32(plus.map((row) => row.slice(1))),
      importanceRatios: f32(inputs.rho),
      rowLengths: lengths(inputs.rewards),
    });
    const [logits, actions] = [f32(inputs.logits), u32(inputs.actions)];
    const [logProbs, entropies] = [new Float32Array(actions.length), new Float32Array(actions.length)];
    kernels.categorical(logits, actions, logProbs, entropies);
    const { loss, dLogProbs } = reinforce(kernels, { logProbs, advantages });
    const dLogits = kernels.categoricalBackward(logits, actions, dLogProbs, new Float32Array(actions.length));
    return { returns, adv: advantages, loss, dLogits };
  },
  step_credit: stepCredit,
  lr_schedules: (_, inputs) => {
    const [warmup, total] = [number(inputs, "warmup"), number(inputs, "total")];
    const least = number(inputs, "minRatio");
    const factors = (schedule: LearningRateSchedule): number[] =>
      Array.from({ length: total + 4 }, (_, update) => learningRateFactor(update, schedule));
    return {
      constantWarmup: factors({ kind: "constant", warmup }),
      linear: factors({ kind: "linear", warmup, total }),
      cosine: factors({ kind: "cosine", warmup, total, after: "wave" }),
      cosineMin: factors({ kind: "cosine", warmup, total, end: least, after: "wave" }),
      inverseSqrt: factors({ kind: "inverse-square-root", warmup }),
      wsd: factors({
        kind: "warmup-stable-decay",
        warmup,
        stable: number(inputs, "stable"),
        decay: number(inputs, "decay"),
        least,
        shape: inputs.config!.decayType as "linear" | "cosine" | "1-sqrt",
      }),
      optaxCosine: factors({
        kind: "cosine",
        warmup,
        total,
        start: number(inputs, "optaxInit"),
        end: number(inputs, "optaxEnd"),
      }),
    };
  },
  optim_adafactor: (kernels, inputs) =>
    optimizeShaped(inputs, (rows, columns) => {
      const state = [new Float32Array(rows), new Float32Array(columns)];
      const of = (name: string) => number(inputs, name);
      const [huggingFace, scaled] = [inputs.config!.variant === "hf", Boolean(inputs.config!.scaleParameter)];
      return (parameters, gradients, t) =>
        kernels.adafactor(
          parameters,
          gradients,
          state[0],
          state[1],
          t,
          of("lr"),
          of("beta2Decay"),
          of("eps1"),
          of("eps2"),
          of("clip"),
          of("weightDecay"),
          1,
          huggingFace,
          scaled,
        );
    }),
  optim_muon: (kernels, inputs) =>
    optimizeShaped(inputs, (rows, columns) => {
      if (columns === 0) return undefined;
      const m = new Float32Array(rows * columns);
      const [lr, momentum, decay] = ["lr", "momentum", "weightDecay"].map((name) => number(inputs, name));
      const [nesterov, matched] = [Boolean(inputs.config!.nesterov), inputs.config!.adjustLr === "match_rms_adamw"];
      return (parameters, gradients) =>
        kernels.muon(parameters, gradients, m, rows, lr, momentum, nesterov, decay, matched, 1);
    }),
  ope_bandit: (_, inputs) => {
    const actions = u32(inputs.actions);
    const [target, q, rewards] = [f64(inputs.targetProbs), f64(inputs.q), f64(inputs.rewards)];
    const columns = { probabilities: taken(target, actions), propensities: f64(inputs.pscore), rewards };
    const model = { ...columns, logged: taken(q, actions), own: rowDots(target, q, actions.length) };
    const byWeight = ips(columns);
    const meanWeight = byWeight.weights.reduce((sum, w) => sum + w, 0) / actions.length;
    const estimates = {
      ips: byWeight,
      dm: directMethod(model.own),
      dr: doublyRobust(model),
      switchDr: switchDoublyRobust(model, { threshold: number(inputs, "tau") }),
      drOs: shrunkDoublyRobust(model, { strength: number(inputs, "lambda") }),
    };
    // The file's per-round values of the self-normalized two are not linearized.
    const share = byWeight.weights.map((w) => w / meanWeight);
    const normalized = {
      snips: share.map((w, i) => w * rewards[i]),
      sndr: share.map((w, i) => model.own[i] + w * (rewards[i] - model.logged[i])),
    };
    const mean = (x: Float64Array) => x.reduce((sum, value) => sum + value, 0) / x.length;
    return {
      ...Object.fromEntries(
        Object.entries(estimates).map(([name, { estimate, terms }]) => [name, withIntervals(inputs, estimate, terms)]),
      ),
      ...Object.fromEntries(
        Object.entries(normalized).map(([name, terms]) => [name, withIntervals(inputs, mean(terms), terms)]),
      ),
      replay: { value: replay(columns).estimate },
      ess: byWeight.effectiveSamples,
    };
  },
  ope_sequential: (_, inputs) => {
    const actions = u32(inputs.actions);
    const [target, q] = [f64(inputs.targetProbs), f64(inputs.q)];
    const gamma = number(inputs, "gamma");
    const columns = {
      probabilities: taken(target, actions),
      propensities: f64(inputs.pscore),
      rewards: f64(inputs.rewards),
      logged: taken(q, actions),
      own: rowDots(target, q, actions.length),
      lengths: lengths(inputs.actions),
    };
    const told = ({ estimate, values }: Pick<TrajectoryEstimate, "estimate" | "values">): Tree => ({
      value: estimate,
      perTrajectory: [...values],
    });
    const horizon = columns.lengths[0];
    const whole = trajectoryIps(columns, { gamma, perDecision: false });
    const byModel = directMethod(columns.own.filter((_, step) => step % horizon === 0));
    return {
      tis: told(whole),
      pdis: told(trajectoryIps(columns, { gamma })),
      dr: told(trajectoryDoublyRobust(columns, { gamma })),
      wis: told(trajectoryIps(columns, { gamma, perDecision: false, selfNormalized: true })),
      snpdis: told(trajectoryIps(columns, { gamma, selfNormalized: true })),
      sndr: told(trajectoryDoublyRobust(columns, { gamma, selfNormalized: true })),
      dm: told({ estimate: byModel.estimate, values: byModel.terms }),
      ess: effectiveSampleSize(whole.weights),
    };
  },
  bandit_linear: (_, inputs) => {
    const [contexts, queries] = [inputs.contexts, inputs.queries].map((rows) => (rows as Tree[]).map(flat));
    const [actions, rewards] = [inputs.actions, inputs.rewards].map(flat);
    const count = number(inputs, "nArms");
    const features = contexts[0].length;
    const bandit = createLinearBandit({ actions: count, features, ridge: number(inputs, "lambda") });
    contexts.forEach((context, t) => bandit.learn({ context, action: actions[t], reward: rewards[t] }));
    const alpha = number(inputs, "alpha");
    const ucb = queries.map((context) => bandit.upperBounds(context, alpha));
    const ts = queries.map((context) => bandit.samples(context, flat(inputs.z), alpha));
    const means = queries.map((context) => bandit.means(context));
    const best = (scores: Float64Array): number => scores.indexOf(Math.max(...scores));
    return {
      arms: Array.from({ length: count }, (_, arm) => ({
        Ainv: [...bandit.covariance(arm)],
        beta: [...bandit.coefficients(arm)],
        ucb: ucb.map((scores) => scores[arm]),
        ts: ts.map((scores) => scores[arm]),
        mean: means.map((scores) => scores[arm]),
      })),
      ucbChoice: ucb.map(best),
      tsChoice: ts.map(best),
    };
  },
};
