import { LLAMA_BLOCKS, type ModelBlocks, type ModelConfig } from "../../../checkpoint/model_config.ts";
import { modelTensors } from "../../../checkpoint/model_tensors.ts";
import { allocateMatrix, type Matrix, matrixBytes, writeMatrixRows } from "./_matrix.ts";
import { BLOCK, isPackedFormat, type WeightFormat } from "./shaders/stored_weights.ts";

/** How the matrices of a model are kept on the device. */
export interface DeviceFormats {
  /** Those of the layers. Default `f32`. */
  readonly format?: WeightFormat;
  /** Embedding and head. Default `q8` where the layers are packed, otherwise that of the layers. */
  readonly headFormat?: WeightFormat;
}

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
  readonly valueHead: Product;
}

/** Where a tensor lies: rows of a matrix, or bytes of a vector. */
type Place =
  | { readonly matrix: Matrix; readonly first: number; readonly rows: number }
  | { readonly vector: GPUBuffer; readonly at: number };

/** Weights, and where each tensor of the model lies in them. */
export interface PlacedWeights {
  readonly weights: GpuWeights;
  readonly places: ReadonlyMap<string, Place>;
}

const [EMBEDDING, HEAD, POSITIONS] = [
  "model.embed_tokens.weight",
  "lm_head.weight",
  "model.embed_positions.weight",
];

/** The format in which a tensor is kept; undefined for a vector, in float32. */
export function formatOf(config: ModelConfig, name: string, formats: DeviceFormats): WeightFormat | undefined {
  const { format = "f32" } = formats;
  const { headFormat = isPackedFormat(format) ? "q8" : format } = formats;
  if (name === POSITIONS || name === "value_head.weight") return "f32";
  if (name === EMBEDDING || name === HEAD) return headFormat;
  return modelTensors(config).get(name)?.length === 2 ? format : undefined;
}

/** Bytes of all matrices on the device. */
export function weightBytes(config: ModelConfig, formats: DeviceFormats): number {
  let bytes = 0;
  for (const [name, [outer, inner]] of modelTensors(config)) {
    const format = formatOf(config, name, formats);
    bytes += format === undefined ? 4 * outer : matrixBytes(format, inner, outer);
  }
  return bytes;
}

/** Makes room for a model's weights, all zero. */
export function allocateWeights(device: GPUDevice, config: ModelConfig, formats: DeviceFormats): PlacedWeights {
  const blocks: ModelBlocks = { ...LLAMA_BLOCKS, ...config.blocks };
  const shapes = new Map(modelTensors(config))
    .set("value_head.weight", [1, config.hiddenSize]).set("value_head.bias", [1]);
  const places = new Map<string, Place>();
  const vector = (...parts: string[]): GPUBuffer => {
    const lengths = parts.map((part) => shapes.get(part)![0]);
    const bytes = 4 * lengths.reduce((sum, length) => sum + length, 0);
    const buffer = device.createBuffer({ size: Math.max(16, bytes), usage: 0x80 | 0x08 }); // storage, copy destination
    let at = 0;
    parts.forEach((part, index) => {
      places.set(part, { vector: buffer, at });
      at += 4 * lengths[index];
    });
    return buffer;
  };
  const matrix = (...parts: string[]): Matrix => {
    const rows = parts.map((part) => shapes.get(part)![0]);
    const inner = shapes.get(parts[0])![1];
    const whole = allocateMatrix(
      device,
      formatOf(config, parts[0], formats)!,
      inner,
      rows.reduce((sum, count) => sum + count, 0),
    );
    let first = 0;
    parts.forEach((part, index) => {
      places.set(part, { matrix: whole, first, rows: rows[index] });
      first += rows[index];
    });
    return whole;
  };
  const product = (at: string, parts: readonly string[], biased: boolean): Product => ({
    matrix: matrix(...parts.map((part) => `${at}.${part}.weight`)),
    ...(biased ? { bias: vector(...parts.map((part) => `${at}.${part}.bias`)) } : {}),
  });
  const norm = (name: string): GPUBuffer =>
    vector(`${name}.weight`, ...(shapes.has(`${name}.bias`) ? [`${name}.bias`] : []));
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
  const embedding = matrix(EMBEDDING);
  const weights = {
    embedding,
    ...(blocks.learnedPositions ? { positions: matrix(POSITIONS) } : {}),
    layers: Array.from({ length: config.layers }, (_, index) => layer(index)),
    norm: norm("model.norm"),
    head: config.tied ? embedding : matrix(HEAD),
    valueHead: { matrix: matrix("value_head.weight"), bias: vector("value_head.bias") },
  };
  return { weights, places };
}

/**
 * Copies rows of a tensor to the device.
 *
 * @param bytes Of a matrix: whole blocks of its format, of a vector: float32.
 * @param pairedHeads Not 0: rows (2i, 2i + 1) of each of so many heads are the model's rows (i, i + d/2).
 */
export function writeWeights(
  device: GPUDevice,
  places: PlacedWeights["places"],
  { name, first, bytes, pairedHeads }: DevicePiece,
): void {
  const place = places.get(name);
  if (place === undefined) throw new RangeError(`Cannot write '${name}': there is no such tensor`);
  if ("vector" in place) return device.queue.writeBuffer(place.vector, place.at + 4 * first, bytes);
  const { matrix, rows, first: start } = place;
  const height = pairedHeads === 0 ? rows : rows / pairedHeads;
  writeMatrixRows(device, matrix, bytes, (row) => {
    const inside = (first + row) % height;
    const turned = pairedHeads === 0 ? inside : inside % 2 * (height / 2) + (inside - inside % 2) / 2;
    return start + first + row - inside + turned;
  });
}

/** Rows of a tensor as the device keeps them. */
export interface DevicePiece {
  readonly name: string;
  readonly first: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly pairedHeads: number;
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

/** Numbers of a row as the device keeps it: whole blocks. */
export function paddedWidth(width: number): number {
  return Math.ceil(width / BLOCK) * BLOCK;
}
