import { cpuUsage } from "node:process";
import type { Kernels } from "../../kernels/mod.ts";

/** One measured figure; `ratio` is its share of `against`, measured in the same run. */
export interface ModelFigure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly ratio: number;
  readonly against: string;
}

type Model = InstanceType<Kernels["PackedTransformer"]>;

/** Sizes of a Llama. */
interface Sizes {
  readonly name: string;
  readonly vocabulary: number;
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly intermediate: number;
}

/** SmolLM2-135M, and Qwen2.5-0.5B without its biases; heads of 64, heads and embeddings tied. */
const SIZES: readonly Sizes[] = [
  { name: "135m", vocabulary: 49_152, hidden: 576, layers: 30, heads: 9, keyValueHeads: 3, intermediate: 1536 },
  { name: "0.5b", vocabulary: 151_936, hidden: 896, layers: 24, heads: 14, keyValueHeads: 2, intermediate: 4864 },
];
/** Format of the layers, and of embedding and head; the cache is F16. */
const FORMATS = [["e4", "q8"], ["e4", "e4"], ["e7", "e7"], ["q8", "q8"]] as const;

const HEAD_DIMENSION = 64;
const CONTEXT = 512;
const PEAK_ITERATIONS = 2_000_000;
const DECODED = 8;
/** Bytes of blocks that are written at once; whole blocks of either type. */
const PIECE = 18 * 34 * 4096;
const ROUNDS = 3;
const NO_MASK = Uint32Array.of(0xffffffff);

/** A model with random weights of usual size: blocks of Q8_0 whose integers fit seven bits, or of Q4_0. */
function create(kernels: Kernels, sizes: Sizes, format: string, headFormat: string): Model {
  const { vocabulary, hidden, layers, heads, keyValueHeads, intermediate } = sizes;
  const model = new kernels.PackedTransformer(
    ...[vocabulary, hidden, layers, heads, keyValueHeads, HEAD_DIMENSION, intermediate, 2 * CONTEXT] as const,
    ...[1e4, 1e-5, true, format, headFormat, "f16"] as const,
  );
  const fours = randomBlocks(true), eights = randomBlocks(false);
  for (const name of model.tensorNames()) {
    const [rows, width] = model.tensorShape(name);
    if (width === undefined || name.startsWith("value_head")) continue;
    const four = (name.includes("embed") ? headFormat : format) === "e4";
    const rowBytes = width / 32 * (four ? 18 : 34), step = Math.floor(PIECE / rowBytes);
    const bytes = four ? fours : eights;
    for (let first = 0; first < rows; first += step) {
      const count = Math.min(step, rows - first);
      model.writeRows(name, four ? 2 : 8, first, bytes.subarray(0, count * rowBytes), 0);
    }
  }
  return model;
}

/** Blocks of Q4_0 or Q8_0; the same for all matrices, as no speed depends on them. */
function randomBlocks(four: boolean): Uint8Array {
  // F16 0.006 and 0.0005: deviations of about 0.025.
  const size = four ? 18 : 34, scale = four ? 0x1e25 : 0x1019;
  const bytes = new Uint8Array(PIECE);
  for (let i = 0, state = 1; i < PIECE; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    if (i % size < 2) bytes[i] = i % size === 0 ? scale & 255 : scale >> 8;
    else bytes[i] = four ? state >>> 24 : (state >>> 25) % 127 - 63;
  }
  return bytes;
}

/** CPU time, so that waiting for a core does not count. */
function seconds(work: () => void): number {
  const start = cpuUsage();
  work();
  const { user, system } = cpuUsage(start);
  return (user + system) / 1e6;
}

/** The best of several rounds; the peak loop takes turns with the work, as what else runs disturbs both. */
function best(kernels: Kernels, work: () => void): { time: number; peak: number } {
  work();
  let [time, peak] = [Infinity, 0];
  for (let round = 0; round < ROUNDS; round++) {
    time = Math.min(time, seconds(work));
    let done = 0;
    const took = seconds(() => done = kernels.peakDotProducts(PEAK_ITERATIONS));
    peak = Math.max(peak, done / took);
  }
  return { time, peak };
}

/** Prefill of 512 tokens, and greedy decoding behind a short and a long context, one sequence on one thread. */
function measure(kernels: Kernels, sizes: Sizes, format: string, headFormat: string): ModelFigure[] {
  using model = create(kernels, sizes, format, headFormat);
  const { vocabulary, hidden, layers, heads, keyValueHeads, intermediate } = sizes;
  const layerWeights = layers * hidden * (HEAD_DIMENSION * (2 * heads + 2 * keyValueHeads) + 3 * intermediate);
  const weights = layerWeights + vocabulary * hidden;
  const slot = Uint32Array.of(model.openSlot());
  const prompt = Uint32Array.from({ length: CONTEXT }, (_, i) => (i * 40_503) % vocabulary);
  const feed = (tokens: Uint32Array): void => model.feed(slot, Uint32Array.of(tokens.length), tokens);
  const prefill = best(kernels, () => {
    model.truncateSlot(slot[0], 0);
    feed(prompt);
  });
  const attention = layers * heads * HEAD_DIMENSION * CONTEXT * (CONTEXT + 1);
  const label = format === headFormat ? format : `${format}+${headFormat} head`;
  const against = (peak: number): string => `integer dot products in registers, ${(peak / 1e9).toFixed(1)} GMAC/s`;
  const rate = (layerWeights * CONTEXT + attention) / prefill.time;
  const name = `${sizes.name} ${label} ${kernels.instructionSet()}`;
  const figures: ModelFigure[] = [{
    name: `${name} prefill ${CONTEXT}: ${(CONTEXT / prefill.time).toFixed(0)} token/s`,
    value: rate / 1e9,
    unit: "GMAC/s",
    ratio: rate / prefill.peak,
    against: against(prefill.peak),
  }];
  const none = new Uint32Array(), zero = Uint32Array.of(0), seed = BigUint64Array.of(0n);
  for (const context of [32, CONTEXT]) {
    model.truncateSlot(slot[0], 0);
    feed(prompt.subarray(0, context));
    const decode = best(kernels, () => {
      model.truncateSlot(slot[0], context);
      for (let i = 0; i < DECODED; i++) {
        using drawn = model.sampleLast(NO_MASK, none, 0, 0, 1, 0, seed, zero, zero, false);
        feed(drawn.tokens as Uint32Array);
      }
    });
    const speed = weights * DECODED / decode.time;
    figures.push({
      name: `${name} decode at ${context}: ${(DECODED / decode.time).toFixed(1)} token/s`,
      value: speed / 1e9,
      unit: "G weights/s",
      ratio: speed / decode.peak,
      against: against(decode.peak),
    });
  }
  return figures;
}

/** Measures packed models of two sizes in all formats, on one thread. */
export function benchModels(kernels: Kernels): ModelFigure[] {
  return SIZES.flatMap((sizes) =>
    FORMATS.flatMap(([format, headFormat]) => measure(kernels, sizes, format, headFormat))
  );
}
