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

/** All weights of a model. */
export function ownWeights(model: TransformerModel): TrainedWeights {
  return {
    parameterCount: model.parameterCount,
    select: () => model.learnAdapter(),
    openSlot: () => model.openSlot(),
    readGradients: () => model.readGradients(),
    writeGradients: (values) => model.writeGradients(values),
    update({ beta1, beta2, epsilon }, learningRate, weightDecay, maxGradientNorm): number {
      const norm = model.adamw(learningRate, beta1, beta2, epsilon, weightDecay, maxGradientNorm);
      if (!Number.isFinite(norm)) model.clearGradients();
      return norm;
    },
  };
}

/** An adapter; the model's own weights stay as they are. */
export function adapterWeights(model: TransformerModel, { id, parameterCount }: LowRankAdapter): TrainedWeights {
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
