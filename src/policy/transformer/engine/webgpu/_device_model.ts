import { EddyError } from "../../../../errors.ts";
import type { ModelConfig } from "../../../checkpoint/model_config.ts";
import { longRopeFrequencies } from "../../../checkpoint/rope_frequencies.ts";
import { Buffers } from "./_buffers.ts";
import { checkDevice } from "./_check_device.ts";
import { Layers, type Segment } from "./_layers.ts";
import { programsOf } from "./_programs.ts";
import { Readings } from "./_readings.ts";
import { Recorder } from "./_recorder.ts";
import { givesSameBits } from "./_same_bits.ts";
import { type Slot, Slots } from "./_slots.ts";
import {
  allocateWeights,
  destroyWeights,
  type DeviceFormats,
  type DevicePiece,
  type PlacedWeights,
  writeWeights,
} from "./_weights.ts";

/** What a model on a device is made with. */
export interface DeviceModelOptions extends DeviceFormats {
  /** What computes; stays the caller's. */
  readonly device: GPUDevice;
  /** The model's shape. */
  readonly config: ModelConfig;
  /** Longest wait for the device; then it counts as lost. Milliseconds, default 60,000. */
  readonly deadlineMs?: number;
}

/** Tokens of a slot; the states of the last `keep` of them are kept. */
export interface KeptFeed {
  readonly slot: number;
  readonly tokens: Uint32Array;
  readonly keep: number;
}

/** Rows that go through the layers together, at most. */
const ROWS = 512;
/** Logits that stand on the device at once, at most. */
const LOGITS = 1 << 24;
/** Rows of states that a shader may be given with whatever else stands in their buffer. */
const FEW = 64;
/** Tokens that are scored together: their caches stand on the device at once. */
const SCORED = 4096;

/**
 * A language model in the memory of a device. Everything but reading only writes down what is to be done; whoever uses it
 * makes one call after the other.
 */
export class DeviceModel implements Disposable {
  readonly vocabularySize: number;
  readonly maximumPositions: number;
  readonly #device: GPUDevice;
  readonly #config: ModelConfig;
  readonly #placed: PlacedWeights;
  readonly #recorder: Recorder;
  readonly #buffers: Buffers;
  readonly #readings: Readings;
  readonly #layers: Layers;
  readonly #slots: Slots;
  readonly #rows: number;
  readonly #logits: number;
  /** Rows of `last` and `evaluated`. */
  readonly #counts = { last: 0, evaluated: 0 };

  /** A model whose weights are zero. @throws {EddyError} `model_unsupported` If the device has no room for its shape. */
  constructor({ device, config, deadlineMs = 60_000, ...formats }: DeviceModelOptions) {
    checkDevice(device, config, formats);
    this.#device = device;
    this.#config = config;
    const recorder = this.#recorder = new Recorder(device, programsOf(device));
    const buffers = this.#buffers = new Buffers(device, recorder);
    this.#readings = new Readings(device, recorder, deadlineMs);
    device.pushErrorScope("out-of-memory");
    this.#placed = allocateWeights(device, config, formats);
    this.#layers = new Layers({ device, config, weights: this.#placed.weights, recorder, buffers });
    this.#slots = new Slots(device, config);
    this.vocabularySize = config.vocabularySize;
    const long = longRopeFrequencies(config)?.above ?? Infinity;
    this.maximumPositions = Math.min(config.maximumPositions, long, this.#slots.most);
    const { maxStorageBufferBindingSize } = device.limits;
    this.#rows = Math.min(ROWS, Math.max(1, Math.floor(maxStorageBufferBindingSize / (4 * this.#layers.widest))));
    this.#logits = Math.min(LOGITS, Math.floor(maxStorageBufferBindingSize / 4));
  }

  write(piece: DevicePiece): void {
    writeWeights(this.#device, this.#placed.places, piece);
  }

  /**
   * Ends the writing of weights.
   *
   * @throws {EddyError} `model_unsupported` If the device has too little memory; `worker_failed` If it is lost.
   */
  async ready(): Promise<void> {
    const problem = await this.#device.popErrorScope();
    if (problem !== null) {
      throw new EddyError(
        "model_unsupported",
        `Cannot put the model on the GPU: its memory is too small (${problem.message}); use fewer bits a weight ('e4'), or the processor`,
      );
    }
    const { layers: [layer], head } = this.#placed.weights;
    for (const matrix of [layer.down.matrix, head]) {
      if (!await givesSameBits(matrix, this.#recorder, this.#buffers, this.#readings)) this.#layers.tiles = false;
    }
  }

  /** @throws {EddyError} `worker_failed` If the device is lost, here and below. */
  check(): void {
    this.#readings.check();
  }

  open(): number {
    return this.#slots.open();
  }

  /** Opens a slot that begins with what another has read. */
  copy(slot: number, length: number): number {
    return this.#slots.copy(slot, length);
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

  /** Appends tokens to slots; the states of kept rows stand in `last`, request after request. */
  feed(requests: readonly KeptFeed[]): void {
    this.#feed(requests, "last");
  }

  /** Reads sequences in slots that are closed again; all their states stand in `evaluated`. */
  forward(sequences: readonly Uint32Array[]): void {
    const slots = sequences.map(() => this.open());
    try {
      this.#feed(slots.map((slot, i) => ({ slot, tokens: sequences[i], keep: sequences[i].length })), "evaluated");
    } finally {
      for (const slot of slots) this.close(slot);
    }
  }

  /**
   * Logits and values of rows.
   *
   * @param from The last feed, or the last forward. @param rows Of it; absent: all.
   * @param logits [rows × vocabulary], filled; may be empty. @param values [rows], filled; may be empty.
   */
  async readRows(
    from: "last" | "evaluated",
    rows: Uint32Array | undefined,
    logits: Float32Array,
    values: Float32Array,
  ): Promise<void> {
    const wanted = rows ?? Uint32Array.from({ length: this.#counts[from] }, (_, row) => row);
    const wrong = wanted.find((row) => row >= this.#counts[from]);
    if (wrong !== undefined) throw new RangeError(`Cannot read row ${wrong}: it is not among ${this.#counts[from]}`);
    const width = this.vocabularySize, block = this.#blockRows(wanted.length);
    for (let first = 0; first < wanted.length; first += block) {
      const own = wanted.subarray(first, first + block);
      const states = this.#gather(from, own, block);
      const parts: { buffer: GPUBuffer; into: Float32Array }[] = [];
      if (values.length > 0) {
        const buffer = this.#buffers.get("values", block);
        this.#layers.value(states, own.length, buffer);
        parts.push({ buffer, into: values.subarray(first, first + own.length) });
      }
      if (logits.length > 0) {
        const buffer = this.#buffers.get("logits", block * width);
        this.#layers.head(states, own.length, buffer);
        parts.push({ buffer, into: logits.subarray(first * width, (first + own.length) * width) });
      }
      await this.#readings.read(parts);
    }
  }

  /** Log-probability of each token but the first of sequences, given those before it. */
  async score(sequences: readonly Uint32Array[]): Promise<Float32Array[]> {
    const results: Float32Array[] = [];
    for (let first = 0; first < sequences.length;) {
      let end = first, total = 0;
      while (end < sequences.length && (end === first || total + sequences[end].length <= SCORED)) {
        total += sequences[end++].length;
      }
      results.push(...await this.#scoreTogether(sequences.slice(first, end), total));
      first = end;
    }
    return results;
  }

  [Symbol.dispose](): void {
    this.#readings[Symbol.dispose]();
    this.#recorder[Symbol.dispose]();
    this.#slots.closeAll();
    this.#layers[Symbol.dispose]();
    this.#buffers[Symbol.dispose]();
    destroyWeights(this.#placed.weights);
  }

  async #scoreTogether(sequences: readonly Uint32Array[], total: number): Promise<Float32Array[]> {
    const targets = new Uint32Array(total);
    let at = 0;
    const starts = sequences.map((tokens) => {
      targets.set(tokens.subarray(1), at);
      return (at += tokens.length) - tokens.length;
    });
    const out = this.#buffers.get("scores", total);
    const slots = sequences.map(() => this.open());
    try {
      let done = 0;
      const parts = sequences.map((tokens, i) => ({ slot: this.#slots.get(slots[i]), tokens }));
      // Rows go through in the order of the tokens, whichever sequence they are of.
      this.#pass(parts, (_, rows) => {
        this.#scoreRows(rows, targets.subarray(done, done + rows), out, done);
        done += rows;
      });
      const scores = new Float32Array(total);
      await this.#readings.read([{ buffer: out, into: scores }]);
      return sequences.map(({ length }, i) => scores.slice(starts[i], starts[i] + length - 1));
    } finally {
      for (const slot of slots) this.close(slot);
    }
  }

  #feed(requests: readonly KeptFeed[], to: "last" | "evaluated"): void {
    this.check();
    const { hiddenSize } = this.#config;
    this.#counts[to] = 0;
    let count = 0;
    const plans = new Map(requests.map(({ slot, tokens, keep }) => {
      const found = this.#slots.get(slot);
      const first = found.length + tokens.length - keep;
      count += keep;
      return [found, { first, at: count - keep }];
    }));
    const kept = this.#buffers.get(to, count * hiddenSize);
    const parts = requests.map(({ slot, tokens }) => ({ slot: this.#slots.get(slot), tokens }));
    this.#pass(parts, (segments) => {
      const finals = this.#buffers.get("finals");
      this.#recorder.submit((encoder) => {
        for (const { slot, first, tokens: { length } } of segments) {
          const plan = plans.get(slot)!;
          const begin = slot.length - length, from = Math.max(begin, plan.first);
          if (from >= slot.length) continue;
          const [source, target] = [first + from - begin, plan.at + from - plan.first];
          const bytes = 4 * hiddenSize;
          encoder.copyBufferToBuffer(finals, source * bytes, kept, target * bytes, (slot.length - from) * bytes);
        }
      });
    });
    this.#counts[to] = count;
  }

  /** Rows whose logits stand on the device together. */
  #blockRows(rows: number): number {
    return Math.max(1, Math.min(rows, this.#rows, Math.floor(this.#logits / this.vocabularySize)));
  }

  /** Copies rows of states side by side; few rows that are all of them stay where they are. */
  #gather(from: "last" | "evaluated", rows: Uint32Array, room: number): GPUBuffer {
    const source = this.#buffers.get(from), bytes = 4 * this.#config.hiddenSize;
    if (rows.length <= FEW && rows.length === this.#counts[from] && rows.every((row, i) => row === i)) return source;
    const block = this.#buffers.get("block", room * this.#config.hiddenSize);
    this.#recorder.submit((encoder) => {
      for (let i = 0; i < rows.length;) {
        let end = i + 1;
        while (end < rows.length && rows[end] === rows[end - 1] + 1) end++;
        encoder.copyBufferToBuffer(source, rows[i] * bytes, block, i * bytes, (end - i) * bytes);
        i = end;
      }
    });
    return block;
  }

  /** Reads sequences in passes; `finish` sees the normed states in `finals`. */
  #pass(
    sequences: readonly { readonly slot: Slot; readonly tokens: Uint32Array }[],
    finish: (segments: readonly Segment[], rows: number) => void,
  ): void {
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
        const taken = tokens.subarray(at, at + this.#rows - rows);
        segments.push({ slot, first: rows, tokens: taken });
        rows += taken.length;
        at += taken.length;
        if (rows === this.#rows) flush();
      }
    }
    if (rows > 0) flush();
  }

  /** Log-probabilities of the targets of the rows of `finals`, to `out` from `offset` on. */
  #scoreRows(rows: number, targets: Uint32Array, out: GPUBuffer, offset: number): void {
    const { hiddenSize } = this.#config;
    const block = this.#blockRows(rows);
    const logits = this.#buffers.get("logits", block * this.vocabularySize);
    const [states, goals, results] = [
      this.#buffers.get("block", block * hiddenSize),
      this.#buffers.get("targets", block),
      this.#buffers.get("results", block),
    ];
    const finals = this.#buffers.get("finals"), bytes = 4 * hiddenSize;
    for (let first = 0; first < rows; first += block) {
      const count = Math.min(block, rows - first);
      this.#recorder.submit((encoder) => encoder.copyBufferToBuffer(finals, first * bytes, states, 0, count * bytes));
      this.#device.queue.writeBuffer(goals, 0, targets.slice(first, first + count));
      this.#layers.head(states, count, logits);
      this.#recorder.run("score", [this.vocabularySize, 0], [logits, goals, results], [count, 1]);
      this.#recorder.submit((encoder) => encoder.copyBufferToBuffer(results, 0, out, (offset + first) * 4, count * 4));
    }
  }
}
