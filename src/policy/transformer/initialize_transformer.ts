import type { Kernels } from "../../kernels/mod.ts";
import { LLAMA_BLOCKS, longRopeFrequencies, type ModelConfig, ropeFrequencies, ropeScale } from "../checkpoint/mod.ts";
import { SMALL_TRANSFORMER } from "./transformer_shape.ts";

/** The model in Rust: weights, caches, activations. Dispose it (`free`). */
export type TransformerModel = InstanceType<Kernels["Transformer"]>;

/** A model of some shape whose weights are still zero. */
export function openTransformer(kernels: Kernels, config: ModelConfig): TransformerModel {
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
    config.normEpsilon,
    config.tied,
    config.blocks && openBlocks(kernels, config),
  );
  setRotations(model, config);
  return model;
}

/** Gives a model the frequencies of its rotations. */
export function setRotations(
  model: Pick<TransformerModel, "setRopeFrequencies" | "setLongRopeFrequencies">,
  config: ModelConfig,
): void {
  model.setRopeFrequencies(ropeFrequencies(config), ropeScale(config), 0);
  const long = longRopeFrequencies(config);
  if (long !== undefined) model.setLongRopeFrequencies(long.frequencies, long.scale, long.above);
  if (config.localRope !== undefined) {
    const local = { ...config.localRope, headDimension: config.headDimension };
    model.setRopeFrequencies(ropeFrequencies(local), ropeScale(local), 1);
  }
}

/** What a model has otherwise than Llama, as the kernels take it. */
export function openBlocks(kernels: Kernels, config: ModelConfig): InstanceType<Kernels["TransformerBlocks"]> {
  const blocks = { ...LLAMA_BLOCKS, ...config.blocks };
  return new kernels.TransformerBlocks(
    blocks.norm,
    blocks.postNorms,
    blocks.queryKeyNorms,
    blocks.projectionBias,
    blocks.outputBias,
    blocks.feedForwardBias,
    blocks.gated,
    blocks.activation,
    blocks.attentionScale,
    blocks.attentionCap,
    blocks.logitCap,
    blocks.embeddingScale,
    blocks.learnedPositions,
    Uint32Array.from(blocks.windows),
    Uint32Array.from(blocks.localRopes, Number),
  );
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
  shape: Pick<ModelConfig, "vocabularySize"> & Partial<ModelConfig>,
  seed: number,
): { readonly model: TransformerModel; readonly config: ModelConfig } {
  const config = { ...SMALL_TRANSFORMER, ...shape };
  const model = openTransformer(kernels, config);
  model.initialize(BigInt(seed));
  return { model, config };
}
