import { EddyError } from "../../errors.ts";
import type { Kernels } from "../../kernels/mod.ts";
import type { LearnedSequence, PolicySnapshot, TunableModel } from "../../policy/mod.ts";
import { learningRateFactor, type LearningRateSchedule, nll } from "../../rl/mod.ts";
import { cutBatches } from "./cut_batches.ts";
import { learnedTokens, type TunePlan } from "./plan_tuning.ts";
import type { TuneConfiguration } from "./tune_configuration.ts";
import type { TuneEvent } from "./tune_events.ts";

/** Most tokens that are run at once; a batch of more is run in parts. */
const RUN_AT_ONCE = 1024;

/** Longest time whose work can be lost. Milliseconds. */
const KEEP_MS = 600_000;

/** What tuning needs from outside. */
export interface TuneDependencies {
  readonly kernels: Kernels;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  readonly onEvent: (event: TuneEvent) => void;
  /** Keeps what was learned so far: after each epoch, every ten minutes, at the end, and when it is stopped. */
  readonly save: (snapshot: PolicySnapshot) => void;
  /** Aborted: ends after the update that it is at. */
  readonly signal: AbortSignal;
}

/**
 * Supervised fine-tuning: the mean negative log-likelihood of what the assistant wrote falls, update by update. A model that
 * has made some of the updates goes on with the next, and ends with the same bytes as one that was never stopped.
 *
 * @returns Whether it came to the end; false where the signal stopped it.
 * @throws {EddyError} `weights_not_finite` If a gradient is no number: nothing of that update is kept.
 */
export async function tune(
  configuration: TuneConfiguration,
  model: TunableModel,
  plan: TunePlan,
  { kernels, now, onEvent, save, signal }: TuneDependencies,
): Promise<boolean> {
  const { learningRate, weightDecay, maxGradientNorm } = configuration;
  const { batches, heldOut, epochUpdates } = plan;
  const schedule = scheduleOf(configuration, batches.length);
  const epochEnds = new Set(epochUpdates.map((_, epoch) => epochUpdates.slice(0, epoch + 1).reduce((a, b) => a + b)));
  const began = now(), first = model.updates;
  const seconds = (): number => (now() - began) / 1000;
  const sizes = batches.map((batch) => batch.reduce((sum, { tokens }) => sum + tokens.length, 0));
  let tokensRead = 0, left = sizes.slice(first).reduce((sum, size) => sum + size, 0), keptAt = began;
  const keep = (): void => {
    save(model.snapshot({ resume: true, own: { tune: configuration } }));
    keptAt = now();
  };

  if (first === 0) await measure();
  for (let update = first; update < batches.length; update++) {
    if (signal.aborted) {
      keep();
      return false;
    }
    const loss = await learn(batches[update]);
    const rate = learningRate * learningRateFactor(update + 1, schedule);
    const gradientNorm = model.update({ learningRate: rate, weightDecay, maxGradientNorm });
    if (!Number.isFinite(gradientNorm)) {
      throw new EddyError(
        "weights_not_finite",
        `Cannot tune on: the gradient of update ${update + 1} is ${gradientNorm}; use a smaller '--learning-rate'`,
      );
    }
    tokensRead += sizes[update];
    left -= sizes[update];
    const tokensPerSecond = tokensRead / Math.max(seconds(), 1e-3);
    onEvent({
      ...{ event: "update", update: update + 1, updates: batches.length, loss, learningRate: rate, gradientNorm },
      ...{ tokensPerSecond, seconds: seconds(), secondsLeft: left / tokensPerSecond },
    });
    const isEpochEnd = epochEnds.has(update + 1);
    if (isEpochEnd) await measure();
    if (isEpochEnd || now() - keptAt >= KEEP_MS) keep();
  }
  return true;

  /** Adds a batch's gradient. @returns Its loss. */
  async function learn(batch: readonly LearnedSequence[]): Promise<number> {
    const all = batch.reduce((sum, sequence) => sum + learnedTokens(sequence), 0);
    let loss = 0;
    for (const part of partsOf(batch)) {
      const logProbs = model.score(part);
      const weights = new Float32Array(logProbs.length).fill(logProbs.length / all);
      const { loss: share, dLogProbs } = nll(kernels, { logProbs, weights });
      model.backward(dLogProbs);
      loss += share;
      await breath();
    }
    return loss;
  }

  async function measure(): Promise<void> {
    if (heldOut.length === 0) return;
    let sum = 0, count = 0;
    for (const part of heldOut.flatMap(partsOf)) {
      const logProbs = model.score(part);
      sum -= logProbs.reduce((a, b) => a + b, 0);
      count += logProbs.length;
      await breath();
    }
    onEvent({ event: "evaluation", update: model.updates, heldOutLoss: sum / count, seconds: seconds() });
  }
}

/** Parts of a batch that are run one after the other. */
function partsOf(batch: readonly LearnedSequence[]): LearnedSequence[][] {
  const parts = cutBatches(batch.map(({ tokens }) => tokens.length), RUN_AT_ONCE);
  return parts.map((places) => places.map((place) => batch[place]));
}

function scheduleOf({ schedule, warmup }: TuneConfiguration, updates: number): LearningRateSchedule {
  // Updates are counted from 1, so that neither the first nor the last has the rate 0.
  const rise = Math.round(warmup * updates);
  return schedule === "constant"
    ? { kind: schedule, warmup: rise }
    : { kind: schedule, warmup: rise, total: updates + 1 };
}

/** Signals are heard between two parts. */
function breath(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
