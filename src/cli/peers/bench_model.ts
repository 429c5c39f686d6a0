/** Sizes of a Llama whose weights are random. */
export interface BenchModel {
  readonly name: string;
  readonly vocabulary: number;
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly intermediate: number;
}

/** SmolLM2-135M, and Qwen2.5-0.5B without its biases; heads of 64, heads and embeddings tied. */
export const BENCH_MODELS: readonly BenchModel[] = [
  { name: "135m", vocabulary: 49_152, hidden: 576, layers: 30, heads: 9, keyValueHeads: 3, intermediate: 1536 },
  { name: "0.5b", vocabulary: 151_936, hidden: 896, layers: 24, heads: 14, keyValueHeads: 2, intermediate: 4864 },
];

/** Numbers of a head. */
export const HEAD_DIMENSION = 64;
/** Tokens of the prompt. */
export const CONTEXT = 512;
/** Tokens that are decoded behind it. */
export const DECODED = 8;
/** Base of the rotations, and what is added to the norms' squares. */
export const ROPE_THETA = 1e4, NORM_EPSILON = 1e-5;

/** Bytes of blocks that are written at once; whole blocks of either type. */
export const PIECE = 18 * 34 * 4096;

/**
 * Blocks of Q4_0 or Q8_0 of usual size (integers of seven bits), the same for all matrices, as no speed depends on
 * them.
 */
export function randomBlocks(four: boolean): Uint8Array<ArrayBuffer> {
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

/** Weights that are read for each token: of the layers, and of the head. */
export function weightsOf({ layers, hidden, heads, keyValueHeads, intermediate, vocabulary }: BenchModel): {
  readonly layerWeights: number;
  readonly headWeights: number;
} {
  const layerWeights = layers * hidden * (HEAD_DIMENSION * (2 * heads + 2 * keyValueHeads) + 3 * intermediate);
  return { layerWeights, headWeights: vocabulary * hidden };
}
