import { EddyError } from "../../errors.ts";
import { type ActingModel, isOnGpu, isPacked } from "./acting_model.ts";
import type { LowRankAdapter } from "./adapter/low_rank_adapter.ts";
import type { TransformerModel } from "./initialize_transformer.ts";
import type { AdamOptions } from "./transformer_policy.ts";

/** What of a model an update moves: all of it, or an adapter beside it. */
export interface TrainedWeights {
  readonly parameterCount: number;
  /** Makes what runs from now on in `forward` go through them. */
  select(): void;
  /** Makes a slot go through them. */
  openSlot(): number;
  readGradients(): Float32Array;
  writeGradients(values: Float32Array): void;
  /** @returns The gradient's norm before clipping; when it is not finite nothing moved. */
  update(adam: AdamOptions, learningRate: number, weightDecay: number, maxGradientNorm: number): number;
}

/**
 * The model, if its own weights can learn.
 *
 * @throws {EddyError} `configuration_invalid` If they are packed, or on a GPU.
 */
export function learnerOf(model: ActingModel): TransformerModel {
  if (!isPacked(model)) return model;
  const state = isOnGpu(model)
    ? "it is in the memory of a GPU; load the checkpoint with loadTransformerPolicy to train it"
    : "its weights are packed and do not learn; open an adapter beside them, or load the checkpoint with " +
      "loadTransformerPolicy";
  throw new EddyError("configuration_invalid", `Cannot change or save the policy: ${state}`);
}

/** All weights of a model. */
export function ownWeights(model: ActingModel): TrainedWeights {
  return {
    parameterCount: model.parameterCount,
    select: () => model.learnAdapter(),
    openSlot: () => model.openSlot(),
    readGradients: () => learnerOf(model).readGradients(),
    writeGradients: (values) => learnerOf(model).writeGradients(values),
    update({ beta1, beta2, epsilon }, learningRate, weightDecay, maxGradientNorm): number {
      const learner = learnerOf(model);
      const norm = learner.adamw(learningRate, beta1, beta2, epsilon, weightDecay, maxGradientNorm);
      if (!Number.isFinite(norm)) learner.clearGradients();
      return norm;
    },
  };
}

/** An adapter; the model's own weights, packed or not, stay as they are. */
export function adapterWeights(model: ActingModel, { id, parameterCount }: LowRankAdapter): TrainedWeights {
  return {
    parameterCount,
    select: () => model.learnAdapter(id),
    openSlot(): number {
      const slot = model.openSlot();
      model.adaptSlot(slot, id);
      return slot;
    },
    readGradients: () => model.readAdapterGradients(id),
    writeGradients: (values) => model.writeAdapterGradients(id, values),
    update: ({ beta1, beta2, epsilon }, learningRate, weightDecay, maxGradientNorm) =>
      model.adapterAdamw(id, learningRate, beta1, beta2, epsilon, weightDecay, maxGradientNorm),
  };
}
