/** How the recorded losses over values of actions are computed by Eddy; see `objective_runners.ts`. */
import {
  actionValueLoss,
  advantageWeights,
  expectileLoss,
  nextActionValues,
  nll,
  nStepReturns,
  softValues,
  temperatureLoss,
} from "../../src/rl/mod.ts";
import type { Kernels } from "../../src/kernels/mod.ts";
import { f32, flat, type Inputs, need, type Runner, type Tree, u32 } from "./trees.ts";

/** `reward + discount·value` of what followed, each transition a row of its own. */
function targetsOf(kernels: Kernels, inputs: Inputs, nextValues: Float32Array, discounts: Float32Array): Float32Array {
  const rowLengths = new Uint32Array(nextValues.length).fill(1);
  return nStepReturns(kernels, { rewards: f32(inputs.rewards), nextValues, discounts, rowLengths }, { n: 1 });
}
const discounted = (inputs: Inputs) =>
  Float32Array.from(flat(inputs.terminated), (ended) => need(inputs, "gamma") * (1 - ended));

export const actionValueRunners: Readonly<Record<string, Runner>> = {
  iql: (kernels, inputs) => {
    const [q, values] = [f32(inputs.q), f32(inputs.values)];
    const critic = expectileLoss(kernels, { values, targets: q }, { expectile: need(inputs, "expectile") });
    const weights = advantageWeights(kernels, { advantages: q.map((x, i) => x - values[i]) }, {
      temperature: 1 / need(inputs, "weightTemp"),
      cap: need(inputs, "maxWeight"),
    });
    const actor = nll(kernels, { logProbs: f32(inputs.logp), weights });
    return {
      valueLoss: critic.loss,
      dValue: critic.dValues,
      weights,
      policyLoss: actor.loss,
      dLogp: actor.dLogProbs,
      targets: targetsOf(kernels, inputs, f32(inputs.nextValues), discounted(inputs)),
    };
  },
  cql: (kernels, inputs) => {
    const columns = { q: f32(inputs.q), taken: u32(inputs.actions), targets: f32(inputs.targets) };
    const whole = actionValueLoss(kernels, columns, { conservativeCoefficient: need(inputs, "alpha") });
    const tempered = actionValueLoss(kernels, columns, {
      errorCoefficient: 0,
      conservativeCoefficient: 1,
      temperature: need(inputs, "tau"),
    });
    return {
      conservative: whole.metrics.conservative,
      loss: whole.loss,
      dQ: whole.dQ,
      tempered: { loss: tempered.loss, dQ: tempered.dQ },
    };
  },
  sac_discrete: (kernels, inputs) => {
    const taken = u32(inputs.actions);
    const rows = taken.length;
    const logAlpha = need(inputs, "logAlpha");
    const alpha = { alpha: Math.exp(logAlpha) };
    const next = softValues(kernels, { logits: f32(inputs.nextLogits), q: f32(inputs.targetQ), rows }, alpha);
    const targets = targetsOf(kernels, inputs, next.values, discounted(inputs));
    const critics = (inputs.q as Tree[]).map((q) =>
      actionValueLoss(kernels, { q: f32(q), taken, targets }, { errorCoefficient: 2 })
    );
    const logits = f32(inputs.logits);
    const now = softValues(kernels, { logits, q: f32(inputs.q), rows }, alpha);
    const mean = (numbers: Float32Array) => numbers.reduce((sum, x) => sum + x, 0) / rows;
    const targetEntropy = need(inputs, "targetFrac") * Math.log(logits.length / rows);
    return {
      nextV: next.values,
      y: targets,
      criticLoss: critics.reduce((sum, { loss }) => sum + loss, 0),
      dQ: critics.map(({ dQ }) => dQ),
      actorLoss: -mean(now.values),
      dLogits: now.dLogits.map((slope) => -slope / rows),
      tempExpForm: { ...temperatureLoss(now.entropies, { logAlpha, targetEntropy }) },
      tempLogForm: { ...temperatureLoss(now.entropies, { logAlpha, targetEntropy, form: "log-alpha" }) },
      metrics: { entropy: mean(now.entropies) },
    };
  },
  dqn_targets: (kernels, inputs) => {
    const taken = u32(inputs.actions);
    const next = { q: f32(inputs.q1), rows: taken.length };
    const by = (choice: { readonly selector?: Float32Array; readonly probabilities?: Float32Array }) => {
      const values = nextActionValues(kernels, { ...next, ...choice });
      const targets = targetsOf(kernels, inputs, values, f32(inputs.discounts));
      const { errors, loss, dQ } = actionValueLoss(kernels, { q: f32(inputs.q), taken, targets });
      return { td: errors, loss, dQ };
    };
    return {
      q: by({}),
      double: by({ selector: f32(inputs.selector) }),
      expectedSarsa: by({ probabilities: f32(inputs.pi1) }),
    };
  },
};
