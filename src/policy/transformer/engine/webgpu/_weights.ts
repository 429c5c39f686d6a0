import { LLAMA_BLOCKS, type ModelBlocks, type ModelConfig, modelTensors } from "../../../checkpoint/mod.ts";
import { type Matrix, uploadMatrix } from "./_matrix.ts";
import type { WeightFormat } from "./shaders/product.ts";

/** A product and its bias; `bias` is undefined where there is none. */
export interface Product {
  readonly matrix: Matrix;
  readonly bias?: GPUBuffer;
}

/** Weights of one layer on the device. */
export interface LayerWeights {
  /** Queries, keys and values side by side. */
  readonly projections: Product;
  readonly output: Product;
  /** Gate and up side by side. */
  readonly gateUp: Product;
  readonly down: Product;
  readonly inputNorm: GPUBuffer;
  readonly middleNorm: GPUBuffer;
  readonly queryNorm?: GPUBuffer;
  readonly keyNorm?: GPUBuffer;
  readonly attentionNorm?: GPUBuffer;
  readonly feedForwardNorm?: GPUBuffer;
}

/** All weights on the device. */
export interface GpuWeights {
  readonly embedding: Matrix;
  readonly positions?: Matrix;
  readonly layers: readonly LayerWeights[];
  readonly norm: GPUBuffer;
  readonly head: Matrix;
}

/** Reads one tensor of the model by the names of `modelTensors`. */
export type ReadTensor = (name: string) => Float32Array;

/** Copies a model's weights to the device, tensor after tensor. */
export function uploadWeights(
  device: GPUDevice,
  config: ModelConfig,
  read: ReadTensor,
  format: WeightFormat,
): GpuWeights {
  const blocks: ModelBlocks = { ...LLAMA_BLOCKS, ...config.blocks };
  const names = modelTensors(config);
  const vector = (...parts: string[]): GPUBuffer => {
    const values = parts.map(read);
    const all = new Float32Array(values.reduce((sum, { length }) => sum + length, 0));
    values.reduce((at, part) => (all.set(part, at), at + part.length), 0);
    const buffer = device.createBuffer({ size: all.byteLength, usage: 0x80 | 0x08 });
    device.queue.writeBuffer(buffer, 0, all);
    return buffer;
  };
  const matrix = (...parts: string[]): Matrix => uploadMatrix(device, format, names.get(parts[0])![1], parts.map(read));
  const product = (at: string, parts: readonly string[], biased: boolean): Product => ({
    matrix: matrix(...parts.map((part) => `${at}.${part}.weight`)),
    ...(biased ? { bias: vector(...parts.map((part) => `${at}.${part}.bias`)) } : {}),
  });
  const norm = (name: string): GPUBuffer =>
    vector(`${name}.weight`, ...(names.has(`${name}.bias`) ? [`${name}.bias`] : []));
  const layer = (index: number): LayerWeights => {
    const at = `model.layers.${index}`;
    const middle = blocks.postNorms ? "pre_feedforward_layernorm" : "post_attention_layernorm";
    return {
      projections: product(`${at}.self_attn`, ["q_proj", "k_proj", "v_proj"], blocks.projectionBias),
      output: product(`${at}.self_attn`, ["o_proj"], blocks.outputBias),
      gateUp: product(`${at}.mlp`, blocks.gated ? ["gate_proj", "up_proj"] : ["up_proj"], blocks.feedForwardBias),
      down: product(`${at}.mlp`, ["down_proj"], blocks.feedForwardBias),
      inputNorm: norm(`${at}.input_layernorm`),
      middleNorm: norm(`${at}.${middle}`),
      ...(blocks.queryKeyNorms
        ? { queryNorm: norm(`${at}.self_attn.q_norm`), keyNorm: norm(`${at}.self_attn.k_norm`) }
        : {}),
      ...(blocks.postNorms
        ? {
          attentionNorm: norm(`${at}.post_attention_layernorm`),
          feedForwardNorm: norm(`${at}.post_feedforward_layernorm`),
        }
        : {}),
    };
  };
  const embedding = matrix("model.embed_tokens.weight");
  return {
    embedding,
    ...(blocks.learnedPositions ? { positions: matrix("model.embed_positions.weight") } : {}),
    layers: Array.from({ length: config.layers }, (_, index) => layer(index)),
    norm: norm("model.norm"),
    head: config.tied ? embedding : matrix("lm_head.weight"),
  };
}

/** Frees them. */
export function destroyWeights(weights: GpuWeights): void {
  const buffers = new Set<GPUBuffer>();
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if ("destroy" in value) buffers.add(value as GPUBuffer);
    else Object.values(value).forEach(visit);
  };
  visit(weights);
  for (const buffer of buffers) buffer.destroy();
}
