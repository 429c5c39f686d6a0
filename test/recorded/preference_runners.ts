/** How the recorded preference losses are computed by Eddy; see `objective_runners.ts`. */
import type { Kernels } from "../../src/kernels/mod.ts";
import {
  cpo,
  dpo,
  ipo,
  kto,
  orpo,
  type PreferenceColumns,
  type PreferenceLoss,
  preferenceLoss,
  type PreferenceLossOptions,
  simpo,
  slic,
} from "../../src/rl/mod.ts";
import { f32, type Inputs, lengths, need, type Runner, type Tree, type Trees, u8 } from "./trees.ts";

/** Chosen rows, then rejected ones; pair b is row b of each. */
function pairColumns(inputs: Inputs): PreferenceColumns & { readonly mask: Uint8Array } {
  const both = (name: string) => Float32Array.from([...f32(inputs[`${name}W`]), ...f32(inputs[`${name}L`])]);
  const pairs = (inputs.maskW as Tree[]).length;
  return {
    logProbs: both("logp"),
    referenceLogProbs: both("ref"),
    mask: Uint8Array.from([...u8(inputs.maskW), ...u8(inputs.maskL)]),
    rowLengths: Uint32Array.from([...lengths(inputs.maskW), ...lengths(inputs.maskL)]),
    chosen: Uint32Array.from({ length: pairs }, (_, b) => b),
    rejected: Uint32Array.from({ length: pairs }, (_, b) => pairs + b),
  };
}
const split = ({ loss, dLogProbs }: PreferenceLoss) => {
  const half = dLogProbs.length / 2;
  return { loss, dLogpW: dLogProbs.slice(0, half), dLogpL: dLogProbs.slice(half) };
};

/** One of the variants that have no file of their own. */
function variant(kernels: Kernels, inputs: Inputs, options: Omit<PreferenceLossOptions, "beta">): Trees {
  return split(preferenceLoss(kernels, pairColumns(inputs), { beta: need(inputs, "beta"), ...options }));
}

export const preferenceRunners: Readonly<Record<string, Runner>> = {
  dpo: (kernels, inputs) => {
    const loss = dpo(kernels, pairColumns(inputs), { beta: need(inputs, "beta") });
    const { chosenReward, rejectedReward, accuracy, rewardMargin } = loss.metrics;
    return {
      ...split(loss),
      metrics: { rewardW: chosenReward, rewardL: rejectedReward, accuracy, margin: rewardMargin },
    };
  },
  cdpo: (kernels, inputs) => {
    const options = { beta: need(inputs, "beta"), labelSmoothing: need(inputs, "labelSmoothing") };
    const columns = pairColumns(inputs);
    return {
      cdpo: split(dpo(kernels, columns, options)),
      robust: split(dpo(kernels, columns, { ...options, robust: true })),
    };
  },
  dpo_variants: (kernels, inputs) => ({
    "nca_pair": variant(kernels, inputs, { pairLoss: "noise-contrast" }),
    "bco_pair": variant(kernels, inputs, { pairLoss: "classifier" }),
    "sppo_hard": variant(kernels, inputs, { pairLoss: "squared-each", margin: 0.5 }),
    "aot": variant(kernels, inputs, { pairLoss: "logistic", sorted: true }),
    "apo_zero": variant(kernels, inputs, { pairLoss: "anchor-zero" }),
    "apo_down": variant(kernels, inputs, { pairLoss: "anchor-down" }),
    "exo_pair": variant(kernels, inputs, { pairLoss: "reverse-kl", labelSmoothing: 0.1 }),
    "discopop": variant(kernels, inputs, { pairLoss: "blend", temperature: 0.05 }),
    "sigmoid_norm": variant(kernels, inputs, { pairLoss: "logistic", average: true }),
    "sigmoid/forward_kl": variant(kernels, inputs, { pairLoss: "logistic", form: "forward-kl" }),
    "sigmoid/js_divergence": variant(kernels, inputs, { pairLoss: "logistic", form: "jensen-shannon" }),
  }),
  ipo: (kernels, inputs) => {
    const by = (average: boolean) => split(ipo(kernels, pairColumns(inputs), { beta: need(inputs, "beta"), average }));
    return { mean: by(true), sum: by(false) };
  },
  simpo: (kernels, inputs) =>
    split(simpo(kernels, pairColumns(inputs), {
      beta: need(inputs, "beta"),
      margin: need(inputs, "gamma"),
      labelSmoothing: need(inputs, "labelSmoothing"),
    })),
  cpo: (kernels, inputs) => {
    const loss = cpo(kernels, pairColumns(inputs), {
      beta: need(inputs, "beta"),
      labelSmoothing: need(inputs, "labelSmoothing"),
      nllCoefficient: need(inputs, "alpha"),
    });
    return { ...split(loss), metrics: { preference: loss.metrics.preference, nll: loss.metrics.nll } };
  },
  orpo: (kernels, inputs) => {
    const loss = orpo(kernels, pairColumns(inputs), { beta: need(inputs, "beta") });
    const { nll, preference, rewardMargin } = loss.metrics;
    return { ...split(loss), metrics: { nll, logOddsRatio: -preference, logOdds: rewardMargin } };
  },
  slic_hinge: (kernels, inputs) => {
    const columns = pairColumns(inputs);
    const free = { ...columns, referenceLogProbs: undefined };
    const beta = need(inputs, "beta");
    return {
      hinge: split(slic(kernels, columns, { beta })),
      refFree: split(slic(kernels, free, { beta })),
      slic: split(slic(kernels, free, { margin: need(inputs, "delta"), nllCoefficient: need(inputs, "lam") })),
    };
  },
  kto: (kernels, inputs) => {
    const columns = {
      logProbs: f32(inputs.logp),
      referenceLogProbs: f32(inputs.refLogp),
      labels: f32(inputs.desirable),
      mask: u8(inputs.mask),
      rowLengths: lengths(inputs.mask),
    };
    const options = {
      beta: need(inputs, "beta"),
      weightGood: need(inputs, "weightDesirable"),
      weightBad: need(inputs, "weightUndesirable"),
    };
    const mismatched = { logProbs: f32(inputs.klPolicy), referenceLogProbs: f32(inputs.klRef) };
    const whole = kto(kernels, { ...columns, mismatched }, options);
    const zero = kto(kernels, columns, options);
    return {
      kto: { loss: whole.loss, dLogp: whole.dLogProbs, z: whole.metrics.baseline },
      apoZero: { loss: zero.loss, dLogp: zero.dLogProbs },
    };
  },
};
