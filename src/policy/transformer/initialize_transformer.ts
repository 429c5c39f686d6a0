import type { Kernels } from "../../kernels/mod.ts";
import { type LlamaConfig, ropeFrequencies } from "../checkpoint/mod.ts";
import { SMALL_TRANSFORMER } from "./transformer_shape.ts";

/** The model in Rust: weights, caches, activations. Dispose it (`free`). */
export type TransformerModel = InstanceType<Kernels["Transformer"]>;

/** A model of some shape whose weights are still zero. */
export function openTransformer(kernels: Kernels, config: LlamaConfig): TransformerModel {
  const model = new kernels.Transformer(
    config.vocabularySize,
    config.hiddenSize,
    config.layers,
    config.heads,
    config.keyValueHeads,
    config.headDimension,
    config.intermediateSize,
    config.maximumPositions,
    config.ropeTheta,
    config.rmsNormEpsilon,
    config.tied,
  );
  model.setRopeFrequencies(ropeFrequencies(config));
  return model;
}

/**
 * A model with random weights: matrices N(0, 2/(5·hiddenSize)), outputs of the residual branches smaller by √(2·layers), norms 1,
 * value head 0.
 *
 * @param shape The vocabulary's size, and what differs from {@linkcode SMALL_TRANSFORMER}.
 * @param seed Equal seeds give equal weights.
 */
export function initializeTransformer(
  kernels: Kernels,
  shape: Pick<LlamaConfig, "vocabularySize"> & Partial<LlamaConfig>,
  seed: number,
): { readonly model: TransformerModel; readonly config: LlamaConfig } {
  const config = { ...SMALL_TRANSFORMER, ...shape };
  const model = openTransformer(kernels, config);
  model.initialize(BigInt(seed));
  return { model, config };
}
