import { LLAMA_BLOCKS, type ModelBlocks, type ModelConfig } from "../../../checkpoint/model_config.ts";
import type { Buffers } from "./_buffers.ts";
import type { Matrix } from "./_matrix.ts";
import type { Recorder } from "./_recorder.ts";
import type { Slot } from "./_slots.ts";
import { type TurnTable, turnTables } from "./_turns.ts";
import type { GpuWeights, LayerWeights, Product } from "./_weights.ts";
import { lanesOf } from "./shaders/product.ts";

/** From this many rows on a product goes by tiles. */
export const TILED = 8;
const NORMS: readonly ModelBlocks["norm"][] = ["rms", "rms-from-one", "layer"];
const ACTIVATIONS: readonly ModelBlocks["activation"][] = ["silu", "gelu-tanh", "gelu"];

/** Consecutive rows of one slot within a pass. */
export interface Segment {
  readonly slot: Slot;
  readonly first: number;
  readonly tokens: Uint32Array;
}

/** What layers run with. */
export interface LayersOptions {
  readonly device: GPUDevice;
  readonly config: ModelConfig;
  readonly weights: GpuWeights;
  readonly recorder: Recorder;
  readonly buffers: Buffers;
}

/** Writes down what a model does with rows of tokens. */
export class Layers {
  readonly #device: GPUDevice;
  readonly #config: ModelConfig;
  readonly #blocks: ModelBlocks;
  readonly #weights: GpuWeights;
  readonly #recorder: Recorder;
  readonly #buffers: Buffers;
  readonly #turns: readonly TurnTable[];
  /** Whether products of many rows go by tiles; without, all go row by row, slower. */
  tiles = true;

  constructor({ device, config, weights, recorder, buffers }: LayersOptions) {
    this.#device = device;
    this.#config = config;
    this.#blocks = { ...LLAMA_BLOCKS, ...config.blocks };
    this.#weights = weights;
    this.#recorder = recorder;
    this.#buffers = buffers;
    this.#turns = turnTables(device, config);
  }

  /** Numbers of a row in each buffer. */
  get #widths(): Readonly<Record<string, number>> {
    const { hiddenSize, heads, keyValueHeads, headDimension, intermediateSize } = this.#config;
    const [queryWidth, keyWidth] = [heads * headDimension, keyValueHeads * headDimension];
    return {
      stream: hiddenSize,
      normed: hiddenSize,
      branch: hiddenSize,
      finals: hiddenSize,
      projected: queryWidth + 2 * keyWidth,
      attended: queryWidth,
      up: intermediateSize * (this.#blocks.gated ? 2 : 1),
      gated: intermediateSize,
      ids: 1,
      positions: 1,
    };
  }

  /** Numbers of the longest row. */
  get widest(): number {
    return Math.max(...Object.values(this.#widths));
  }

  /** Takes the rows through all layers; their normed states stand in `finals` then. */
  run(segments: readonly Segment[], rows: number): void {
    const { layers } = this.#config;
    // All buffers first: one that grows is replaced, and a run must not name the old one.
    for (const [name, width] of Object.entries(this.#widths)) this.#buffers.get(name, rows * width);
    const [ids, positions] = [new Uint32Array(rows), new Uint32Array(rows)];
    for (const { slot, first, tokens } of segments) {
      ids.set(tokens, first);
      for (let row = 0; row < tokens.length; row++) positions[first + row] = slot.length + row;
    }
    this.#device.queue.writeBuffer(this.#buffers.get("ids"), 0, ids);
    this.#device.queue.writeBuffer(this.#buffers.get("positions"), 0, positions);
    this.#gather(this.#weights.embedding, "ids", rows, this.#blocks.embeddingScale, false);
    if (this.#weights.positions) this.#gather(this.#weights.positions, "positions", rows, 1, true);
    const longest = positions.reduce((most, position) => Math.max(most, position + 1), 1);
    for (let layer = 0; layer < layers; layer++) {
      this.#layer(this.#weights.layers[layer], layer, segments, rows, longest);
    }
    this.#norm(this.#weights.norm, "stream", "finals", rows);
  }

  #layer(weights: LayerWeights, layer: number, segments: readonly Segment[], rows: number, longest: number): void {
    const { intermediateSize } = this.#config;
    const [blocks, up, gated] = [this.#blocks, this.#buffers.get("up"), this.#buffers.get("gated")];
    this.#norm(weights.inputNorm, "stream", "normed", rows);
    this.#product(weights.projections, "normed", rows, "projected", false);
    this.#attend(weights, layer, segments, rows, longest);
    this.#join(weights.output, weights.attentionNorm, "attended", rows);
    this.#norm(weights.middleNorm, "stream", "normed", rows);
    this.#product(weights.gateUp, "normed", rows, "up", false);
    const activation = ACTIVATIONS.indexOf(blocks.activation);
    const groups = [Math.ceil(intermediateSize / 64), rows] as const;
    this.#recorder.run("gate", [rows, intermediateSize, Number(blocks.gated), activation], [up, gated], groups);
    this.#join(weights.down, weights.feedForwardNorm, "gated", rows);
  }

  #attend(weights: LayerWeights, layer: number, segments: readonly Segment[], rows: number, longest: number): void {
    const { heads, keyValueHeads, headDimension, normEpsilon } = this.#config;
    const [queryWidth, keyWidth] = [heads * headDimension, keyValueHeads * headDimension];
    const stride = queryWidth + 2 * keyWidth;
    const [projected, attended] = [this.#buffers.get("projected"), this.#buffers.get("attended")];
    const headNorm = (weight: GPUBuffer | undefined, pieces: number, column: number): void => {
      if (weight === undefined) return;
      const kind = this.#blocks.norm === "rms-from-one" ? 1 : 0;
      const parameters = [headDimension, pieces, stride, column, kind, 0, normEpsilon];
      this.#recorder.run("normInPlace", parameters, [weight, projected], [rows, pieces]);
    };
    headNorm(weights.queryNorm, heads, 0);
    headNorm(weights.keyNorm, keyValueHeads, queryWidth);
    const table = this.#turns[this.#blocks.localRopes[layer] ? 1 : 0];
    if (table.pairs > 0) {
      const turning = heads + keyValueHeads;
      const parameters = [rows, stride, turning, headDimension, table.pairs];
      const buffers = [this.#buffers.get("positions"), table.reach(longest), projected];
      this.#recorder.run("rope", parameters, buffers, [Math.ceil(turning * table.pairs / 64), rows]);
    }
    const scale = this.#blocks.attentionScale || 1 / Math.sqrt(headDimension);
    const [window, cap] = [this.#blocks.windows[layer] ?? 0, this.#blocks.attentionCap];
    for (const { slot, first, tokens: { length } } of segments) {
      const cache = slot.caches[layer];
      const stored = [length, first, slot.length, stride, queryWidth, keyWidth, slot.capacity];
      this.#recorder.run("store", stored, [projected, cache], [Math.ceil(2 * keyWidth / 64), length]);
      const group = heads / keyValueHeads;
      const parameters = [first, slot.length, stride, heads, group, headDimension, slot.capacity, window, scale, cap];
      this.#recorder.run("attention", parameters, [projected, cache, attended], [length, heads]);
    }
  }

  /** `stream += norm(x · Wᵀ + b)`, the norm where there is one. */
  #join(product: Product, norm: GPUBuffer | undefined, from: string, rows: number): void {
    if (norm === undefined) return this.#product(product, from, rows, "stream", true);
    this.#product(product, from, rows, "branch", false);
    this.#norm(norm, "branch", "stream", rows, true);
  }

  #norm(weight: GPUBuffer, from: string, to: string, rows: number, adds = false): void {
    const { hiddenSize, normEpsilon } = this.#config;
    const kind = NORMS.indexOf(this.#blocks.norm);
    const parameters = [hiddenSize, 1, hiddenSize, 0, kind, Number(adds), normEpsilon];
    this.#recorder.run("norm", parameters, [weight, this.#buffers.get(from), this.#buffers.get(to)], [rows, 1]);
  }

  #product({ matrix, bias }: Product, from: string, rows: number, to: string, adds: boolean): void {
    this.#multiply(matrix, bias, this.#buffers.get(from), rows, this.#buffers.get(to), { adds, cap: 0 });
  }

  #multiply(
    matrix: Matrix,
    bias: GPUBuffer | undefined,
    x: GPUBuffer,
    rows: number,
    y: GPUBuffer,
    { adds, cap }: { readonly adds: boolean; readonly cap: number },
  ): void {
    const { format, inner, outer, pieces } = matrix;
    const tiled = rows >= TILED && this.tiles;
    const lanes = lanesOf(inner);
    for (const { weights, scales, first, rows: outputs } of pieces) {
      const parameters = [rows, inner, outputs, outer, first, Number(bias !== undefined), Number(adds), lanes, cap];
      const groups = tiled
        ? [Math.ceil(outputs / 32), Math.ceil(rows / 32)] as const
        : [Math.ceil(outputs * lanes / 64), rows] as const;
      const buffers = [x, weights, scales, bias ?? this.#buffers.get("none", 1), y];
      this.#recorder.run(tiled ? "tileProduct" : "rowProduct", parameters, buffers, groups, format);
    }
  }

  /** `logits [rows, vocabulary] = states · headᵀ`, capped where the model caps them. */
  head(states: GPUBuffer, rows: number, logits: GPUBuffer): void {
    this.#multiply(this.#weights.head, undefined, states, rows, logits, { adds: false, cap: this.#blocks.logitCap });
  }

  /** `values [rows]`: what an episode is thought to return from here. */
  value(states: GPUBuffer, rows: number, values: GPUBuffer): void {
    const { matrix, bias } = this.#weights.valueHead;
    this.#multiply(matrix, bias, states, rows, values, { adds: false, cap: 0 });
  }

  #gather(matrix: Matrix, ids: string, rows: number, scale: number, adds: boolean): void {
    for (const { weights, scales, first, rows: count } of matrix.pieces) {
      const parameters = [rows, matrix.inner, first, count, scale, Number(adds)];
      const buffers = [this.#buffers.get(ids), weights, scales, this.#buffers.get("stream")];
      this.#recorder.run("gather", parameters, buffers, [rows, 1], matrix.format);
    }
  }

  [Symbol.dispose](): void {
    for (const table of this.#turns) table.destroy();
  }
}
