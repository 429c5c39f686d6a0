import { EddyError } from "../../../../errors.ts";
import { longRopeFrequencies, type ModelConfig } from "../../../checkpoint/mod.ts";
import { checkFeed, checkSequences } from "../check_feed.ts";
import type { InferenceEngine } from "../inference_engine.ts";
import { Buffers } from "./_buffers.ts";
import { Layers, type Segment } from "./_layers.ts";
import { createPrograms } from "./_programs.ts";
import { Recorder } from "./_recorder.ts";
import { type Slot, Slots } from "./_slots.ts";
import { destroyWeights, type GpuWeights, type ReadTensor, uploadWeights } from "./_weights.ts";
import { LARGEST_HEAD } from "./shaders/attention.ts";
import type { WeightFormat } from "./shaders/product.ts";

/** What {@link openWebGpuEngine} needs. */
export interface WebGpuEngineOptions {
  /** What computes; stays the caller's. Ask its adapter for its largest `maxStorageBufferBindingSize`. */
  readonly device: GPUDevice;
  /** The model's shape. */
  readonly config: ModelConfig;
  /** Gives each tensor once, by the names of `modelTensors`. */
  readonly read: ReadTensor;
  /** How matrices are kept. Default `f32`. */
  readonly format?: WeightFormat;
}

/** Rows that go through the layers together. */
const ROWS = 512;
/** Numbers of logits that stand on the device at once when scoring. */
const SCORED = 1 << 24;
const [COPY_TO, MAP_READ] = [0x08, 0x01];

/** What a pass does with the states of its rows. */
type Finish = (segments: readonly Segment[], rows: number) => void;

/**
 * Runs a language model on a GPU, or on a software adapter: all architectures of `readModelConfig`, f32 arithmetic.
 *
 * A pass is one submission, results are read once a call: on Deno every wait for the device costs about 11 ms, so a GPU
 * pays for long prompts, many sequences and large models. `fasterEngine` measures whether it does.
 *
 * @throws {EddyError} `model_unsupported` If the model has sizes that are no multiples of 4 or a head that is too large.
 *
 * @example
 * ```ts
 * import { initializeTransformer, loadKernels, openWebGpuEngine } from "@eddy/eddy";
 * const adapter = await navigator.gpu?.requestAdapter();
 * if (adapter) {
 *   const { model, config } = initializeTransformer(await loadKernels(), { vocabularySize: 300 }, 7);
 *   const device = await adapter.requestDevice();
 *   using engine = openWebGpuEngine({ device, config, read: (name) => model.readTensor(name) });
 *   const slot = engine.open();
 *   console.log((await engine.feed([{ slot, tokens: Uint32Array.of(1, 2, 3) }])).length); // 300
 * }
 * ```
 */
export function openWebGpuEngine(options: WebGpuEngineOptions): InferenceEngine {
  checkModel(options.config);
  return new WebGpuEngine(options);
}

class WebGpuEngine implements InferenceEngine {
  readonly backend = "webgpu";
  readonly vocabularySize: number;
  readonly maximumPositions: number;
  readonly #device: GPUDevice;
  readonly #config: ModelConfig;
  readonly #weights: GpuWeights;
  readonly #recorder: Recorder;
  readonly #buffers: Buffers;
  readonly #layers: Layers;
  readonly #slots: Slots;
  #lost?: string;
  /** Calls run one after the other: they share the device's memory. */
  #last: Promise<unknown> = Promise.resolve();

  constructor({ device, config, read, format = "f32" }: WebGpuEngineOptions) {
    this.#device = device;
    this.#config = config;
    const recorder = this.#recorder = new Recorder(device, createPrograms(device, format));
    const buffers = this.#buffers = new Buffers(device, recorder);
    const weights = this.#weights = uploadWeights(device, config, read, format);
    this.#layers = new Layers({ device, config, weights, recorder, buffers });
    this.#slots = new Slots(device, config);
    this.vocabularySize = config.vocabularySize;
    const long = longRopeFrequencies(config)?.above ?? Infinity;
    this.maximumPositions = Math.min(config.maximumPositions, long, this.#slots.most);
    device.lost.then(({ message }) => this.#lost = message || "it was destroyed");
  }

  open(): number {
    return this.#slots.open();
  }

  close(slot: number): void {
    this.#recorder.forget();
    this.#slots.close(slot);
  }

  length(slot: number): number {
    return this.#slots.get(slot).length;
  }

  truncate(slot: number, length: number): void {
    const found = this.#slots.get(slot);
    if (!(length >= 0 && length <= found.length)) {
      throw new RangeError(`Cannot keep ${length} of ${found.length} tokens`);
    }
    found.length = length;
  }

  feed(requests: Parameters<InferenceEngine["feed"]>[0]): Promise<Float32Array> {
    return this.#inTurn(() => {
      checkFeed(this, requests);
      const { hiddenSize } = this.#config;
      const slots = requests.map(({ slot }) => this.#slots.get(slot));
      const last = this.#buffers.get("last", requests.length * hiddenSize);
      this.#pass(slots.map((slot, index) => ({ slot, tokens: requests[index].tokens })), (segments) => {
        const finals = this.#buffers.get("finals");
        this.#recorder.submit((encoder) => {
          for (const { slot, first, tokens } of segments) {
            const index = slots.indexOf(slot);
            const row = first + tokens.length - 1;
            encoder.copyBufferToBuffer(finals, row * hiddenSize * 4, last, index * hiddenSize * 4, hiddenSize * 4);
          }
        });
      });
      const count = requests.length * this.vocabularySize;
      const logits = this.#buffers.get("logits", count);
      this.#layers.head(last, requests.length, logits);
      return this.#read(logits, count);
    });
  }

  score(sequences: readonly Uint32Array[]): Promise<Float32Array[]> {
    return this.#inTurn(async () => {
      checkSequences(this, sequences);
      const results: Float32Array[] = [];
      for (const tokens of sequences) {
        const slot = this.#slots.open();
        try {
          const out = this.#buffers.get("scores", tokens.length);
          const found = this.#slots.get(slot);
          this.#pass([{ slot: found, tokens }], ([{ tokens: read }], rows) => {
            const done = found.length - read.length;
            const targets = new Uint32Array(rows);
            targets.set(tokens.subarray(done + 1, done + 1 + rows));
            this.#scoreRows(rows, targets, out, done);
          });
          results.push((await this.#read(out, tokens.length)).subarray(0, tokens.length - 1));
        } finally {
          this.close(slot);
        }
      }
      return results;
    });
  }

  [Symbol.dispose](): void {
    this.#recorder[Symbol.dispose]();
    this.#slots.closeAll();
    this.#layers[Symbol.dispose]();
    this.#buffers[Symbol.dispose]();
    destroyWeights(this.#weights);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => {
      if (this.#lost !== undefined) {
        throw new EddyError(
          "worker_failed",
          `Cannot run the model: the GPU is lost (${this.#lost}); open another engine`,
        );
      }
      return work();
    });
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** Reads sequences in passes of at most {@link ROWS} rows; `finish` sees the normed states in `finals`. */
  #pass(sequences: readonly { readonly slot: Slot; readonly tokens: Uint32Array }[], finish: Finish): void {
    let segments: Segment[] = [];
    let rows = 0;
    const flush = (): void => {
      this.#layers.run(segments, rows);
      for (const { slot, tokens } of segments) slot.length += tokens.length;
      finish(segments, rows);
      [segments, rows] = [[], 0];
    };
    for (const { slot, tokens } of sequences) {
      if (this.#slots.reserve(slot, slot.length + tokens.length)) this.#recorder.forget();
      for (let at = 0; at < tokens.length;) {
        const taken = tokens.subarray(at, at + ROWS - rows);
        segments.push({ slot, first: rows, tokens: taken });
        rows += taken.length;
        at += taken.length;
        if (rows === ROWS) flush();
      }
    }
    if (rows > 0) flush();
  }

  /** Log-probabilities of the targets of the rows of `finals`, to `out` from `offset` on. */
  #scoreRows(rows: number, targets: Uint32Array, out: GPUBuffer, offset: number): void {
    const { hiddenSize } = this.#config;
    const block = Math.max(1, Math.min(rows, Math.floor(SCORED / this.vocabularySize)));
    const logits = this.#buffers.get("logits", block * this.vocabularySize);
    const [states, goals, results] = [
      this.#buffers.get("block", block * hiddenSize),
      this.#buffers.get("targets", block),
      this.#buffers.get("results", block),
    ];
    for (let first = 0; first < rows; first += block) {
      const count = Math.min(block, rows - first);
      this.#recorder.submit((encoder) =>
        encoder.copyBufferToBuffer(
          this.#buffers.get("finals"),
          first * hiddenSize * 4,
          states,
          0,
          count * hiddenSize * 4,
        )
      );
      this.#device.queue.writeBuffer(goals, 0, targets.slice(first, first + count));
      this.#layers.head(states, count, logits);
      this.#recorder.run("score", [this.vocabularySize, 0], [logits, goals, results], [count, 1]);
      this.#recorder.submit((encoder) => encoder.copyBufferToBuffer(results, 0, out, (offset + first) * 4, count * 4));
    }
  }

  async #read(buffer: GPUBuffer, numbers: number): Promise<Float32Array> {
    const copy = this.#device.createBuffer({ size: Math.max(4, numbers * 4), usage: MAP_READ | COPY_TO });
    try {
      this.#recorder.submit((encoder) => encoder.copyBufferToBuffer(buffer, 0, copy, 0, numbers * 4));
      await copy.mapAsync(1);
      return new Float32Array(copy.getMappedRange().slice(0, numbers * 4));
    } catch (error) {
      throw new EddyError("worker_failed", "Cannot read from the GPU: it is lost; open another engine", {
        cause: error,
      });
    } finally {
      copy.destroy();
    }
  }
}

function checkModel(config: ModelConfig): void {
  const { hiddenSize, intermediateSize, heads, headDimension } = config;
  const widths = { hiddenSize, intermediateSize, queries: heads * headDimension };
  for (const [name, width] of Object.entries(widths)) {
    if (width % 4 !== 0) refuse(`${name} ${width} is no multiple of 4`);
  }
  if (headDimension > LARGEST_HEAD) refuse(`heads of ${headDimension} are larger than ${LARGEST_HEAD}`);
}

function refuse(state: string): never {
  throw new EddyError("model_unsupported", `Cannot run the model on a GPU: ${state}; use the kernels`);
}
