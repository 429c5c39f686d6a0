import type { Kernels } from "../kernels/mod.ts";
import { createLinearPolicy, type LinearPolicy, type LinearPolicyOptions } from "../policy/mod.ts";
import { actionValueLoss, softValues } from "../rl/mod.ts";
import type { Transition } from "./transitions.ts";

/** An actor and two critics with their slow copies. */
export interface SoftActorCritic extends Disposable {
  /** What acts. */
  readonly actor: LinearPolicy;
  /** One update of all from steps of anybody; each step has as many candidates. */
  learn(batch: readonly Transition[], options: SoftActorCriticOptions): void;
}

/** How to learn. */
export interface SoftActorCriticOptions {
  /** Size of a step, of actor and critics. */
  readonly learningRate: number;
  /** What a nat of entropy is worth. */
  readonly alpha: number;
  /** What the next step is worth in this one. */
  readonly gamma: number;
  /** Share of the way that the slow copies go at each update. */
  readonly pace: number;
}

/**
 * Discrete soft actor-critic on hashed texts: actor and critics score the same candidates.
 *
 * ```text
 * y = r + γ(1 − terminated)·Σ_a π(a|s')·(min_k Q̄_k(s', a) − α·ln π(a|s'))
 * L_Q = ½·mean (Q_k(s, a) − y)²      L_π = mean Σ_a π(a|s)·(α·ln π(a|s) − min_k Q_k(s, a))      Q̄ ← Q̄ + pace·(Q − Q̄)
 * ```
 *
 * @see Christodoulou, arXiv 1910.07207.
 */
export function softActorCritic(kernels: Kernels, options: LinearPolicyOptions): SoftActorCritic {
  const all = Array.from({ length: 5 }, () => createLinearPolicy(kernels, options));
  const [actor, critics, copies] = [all[0], all.slice(1, 3), all.slice(3)];
  return {
    actor,
    learn(batch, { learningRate, alpha, gamma, pace }): void {
      const rows = batch.length;
      const following = batch.map(({ next, candidates }) => ({ text: next, candidates }));
      const ahead = softValues(kernels, {
        logits: actor.scores(following),
        q: joined(copies.map((copy) => copy.scores(following))),
        rows,
      }, {
        alpha,
      });
      const targets = Float32Array.from(
        batch,
        ({ reward, terminated }, row) => reward + (terminated ? 0 : gamma * ahead.values[row]),
      );
      const taken = Uint32Array.from(batch, (step) => step.taken);
      const values = critics.map((critic) => critic.scores(batch));
      const here = softValues(kernels, { logits: actor.scores(batch), q: joined(values), rows }, { alpha });
      critics.forEach((critic, index) => {
        critic.backwardScores(actionValueLoss(kernels, { q: values[index], taken, targets }).dQ);
        critic.update({ learningRate });
      });
      actor.backwardScores(here.dLogits.map((gradient) => -gradient / rows));
      actor.update({ learningRate });
      critics.forEach((critic, index) => copies[index].follow(critic, pace));
    },
    [Symbol.dispose](): void {
      for (const each of all) each[Symbol.dispose]();
    },
  };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
  return all;
}
