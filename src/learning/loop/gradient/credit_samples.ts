import type { JudgedStep } from "../../../episode/mod.ts";
import type { Kernels } from "../../../kernels/mod.ts";
import { type ValueTracker, whiten } from "../../../rl/mod.ts";
import type { Sample } from "./collect_samples.ts";
import { intentOf } from "./intent_of.ts";
import { returnsOf } from "./returns_of.ts";

/** Key of what the policy's own estimates miss on the whole. */
const OFFSET = "*";

/** What each sampled step of an update was worth, [steps]. */
export interface SampleCredit {
  /** Return less baseline; whitened over the kept steps where there are enough. */
  readonly advantages: Float32Array;
  /** Target of the value. */
  readonly returns: Float32Array;
  /** Tells the tracker how the steps turned out; done after the update, so that no step is its own baseline. */
  remember(kl: number): void;
}

/**
 * Compares what steps led to with what similar steps led to.
 *
 * ```text
 * A = G − baseline      baseline = (N·v_cluster + n·(V(s) + offset)) / (N + n)      see createValueTracker
 * ```
 *
 * V is the policy's own estimate, offset the running mean of G − V: an estimate that was never trained is harmless.
 *
 * @param judged All judged steps of the update, those that nothing is learned from included.
 * @param values [steps] V.
 * @param kept [steps] 0: left out of the statistics.
 */
export function creditSamples(
  kernels: Kernels,
  tracker: ValueTracker,
  { judged, samples, values, kept }: {
    readonly judged: readonly JudgedStep[];
    readonly samples: readonly Sample[];
    readonly values: Float32Array;
    readonly kept: Uint8Array;
  },
  { gamma, whitenFrom }: { readonly gamma: number; readonly whitenFrom: number },
): SampleCredit {
  const byStep = returnsOf(judged.filter(({ source }) => source !== "correction"), gamma);
  const keys = samples.map((sample) => intentOf(sample.judged.step));
  const returns = Float32Array.from(samples, (sample) => byStep.get(sample.judged.step.id) ?? sample.judged.reward);
  const offset = tracker.value(OFFSET, 0);
  const raw = returns.map((outcome, i) => outcome - tracker.value(keys[i], values[i] + offset));
  const count = kept.reduce((sum, one) => sum + one, 0);
  return {
    advantages: count >= whitenFrom ? whiten(kernels, raw, { mask: kept }) : raw,
    returns,
    remember: (kl) => {
      tracker.decay(kl);
      returns.forEach((outcome, i) => {
        tracker.add(keys[i], outcome);
        tracker.add(OFFSET, outcome - values[i]);
      });
    },
  };
}
