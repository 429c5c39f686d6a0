/* tslint:disable */
/* eslint-disable */

/**
 * A byte-level byte-pair tokenizer.
 */
export class BytePairTokenizer {
    free(): void;
    [Symbol.dispose](): void;
    decode(ids: Uint32Array, skip_special: boolean): string;
    /**
     * ids, then start and end of each in code points: [3 × ids].
     */
    encodeWithOffsets(text: string, parse_special: boolean): Uint32Array;
    encode(text: string, parse_special: boolean): Uint32Array;
    /**
     * Tokens as concatenated bytes, their lengths and ids; merges as (left, right, product) ids by rank.
     */
    constructor(token_bytes: Uint8Array, token_lengths: Uint32Array, token_ids: Uint32Array, merges: Uint32Array, added_bytes: Uint8Array, added_lengths: Uint32Array, added_ids: Uint32Array, added_special: Uint8Array, split_name: string, ignore_merges: boolean);
    /**
     * Bytes of one token; empty when there is none.
     */
    tokenBytes(id: number): Uint8Array;
    readonly size: number;
}

/**
 * Bytes in, whole characters out.
 */
export class CharacterStream {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * What is held back, with U+FFFD for broken characters.
     */
    finish(): string;
    constructor();
    /**
     * Adds a token; gives the text that became whole, or undefined.
     */
    push(tokenizer: BytePairTokenizer, id: number): string | undefined;
}

/**
 * A product with its own random matrices, so that a benchmark times nothing but the product.
 */
export class GemmBench {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Kinds as in `gemm`.
     */
    constructor(kind: string, m: number, n: number, k: number);
    /**
     * The product of the last run.
     */
    result(): Float32Array;
    /**
     * Multiplies `times` times; returns one element so that nothing can be dropped.
     */
    run(times: number): number;
}

/**
 * Tokens drawn for the slots of the last feed, with their log-probabilities in nats.
 */
export class Samples {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    readonly behaviorLogProbs: Float32Array;
    readonly rawLogProbs: Float32Array;
    readonly tokens: Uint32Array;
}

/**
 * Log-probabilities and entropies of scored rows, in nats.
 */
export class Scores {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    readonly entropies: Float32Array;
    readonly logProbs: Float32Array;
}

/**
 * What training found.
 */
export class TrainedBytePairs {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * (left, right) ids by rank.
     */
    readonly merges: Uint32Array;
    readonly tokenBytes: Uint8Array;
    readonly tokenLengths: Uint32Array;
}

/**
 * A causal language model of the Llama shape with a value head. Owns its memory: dispose it.
 */
export class Transformer {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * One update; returns the global gradient norm before clipping. A norm that is not finite changes no weight.
     */
    adamw(learningRate: number, beta1: number, beta2: number, epsilon: number, weightDecay: number, maxGradientNorm: number): number;
    /**
     * Adds the gradient of the rows of the last `score` and of values.
     */
    backward(dLogProbs: Float32Array, dEntropies: Float32Array, valueRows: Uint32Array, dValues: Float32Array): void;
    clearGradients(): void;
    closeSlot(slot: number): void;
    /**
     * Appends counts[i] tokens to slots[i], all as one batch.
     */
    feed(slots: Uint32Array, counts: Uint32Array, tokens: Uint32Array): void;
    /**
     * Runs packed sequences, keeping what `backward` needs.
     */
    forward(tokens: Uint32Array, lengths: Uint32Array): void;
    /**
     * Random weights; equal seeds give equal weights.
     */
    initialize(seed: bigint): void;
    /**
     * [slots, vocabulary] after the last token of each slot of the last feed.
     */
    lastLogits(): Float32Array;
    /**
     * [slots] there.
     */
    lastValues(): Float32Array;
    /**
     * [rows, vocabulary] of rows of the last forward.
     */
    logitsAt(rows: Uint32Array): Float32Array;
    /**
     * A model whose weights are 0 and whose norms are 1: call `initialize` or write tensors.
     */
    constructor(vocabularySize: number, hiddenSize: number, layers: number, heads: number, keyValueHeads: number, headDimension: number, intermediateSize: number, maximumPositions: number, ropeTheta: number, rmsNormEpsilon: number, tied: boolean);
    /**
     * Opens the memory of one episode.
     */
    openSlot(): number;
    readGradient(name: string): Float32Array;
    /**
     * All accumulated gradients, flat, in the order of `tensorNames`.
     */
    readGradients(): Float32Array;
    /**
     * First, then second moments, [2 · parameterCount].
     */
    readMoments(): Float32Array;
    /**
     * All parameters, flat, in the order of `tensorNames`.
     */
    readParameters(): Float32Array;
    readTensor(name: string): Float32Array;
    /**
     * Draws one token for each slot of the last feed; (seed, stream, counter) names each draw.
     */
    sampleLast(maskIndex: Uint32Array, masks: Uint32Array, temperature: number, topK: number, topP: number, minP: number, seeds: BigUint64Array, streams: Uint32Array, counters: Uint32Array): Samples;
    /**
     * Log-probabilities of targets[i] after rows[i], and entropies; remembered for `backward`.
     */
    score(rows: Uint32Array, targets: Uint32Array, maskIndex: Uint32Array, masks: Uint32Array, temperature: number): Scores;
    /**
     * Replaces the inverse frequencies of the rotation, [headDimension/2].
     */
    setRopeFrequencies(inverseFrequencies: Float32Array): void;
    slotLength(slot: number): number;
    /**
     * Names of all tensors, in storage order.
     */
    tensorNames(): string[];
    tensorShape(name: string): Uint32Array;
    truncateSlot(slot: number, length: number): void;
    /**
     * [rows] of the last forward.
     */
    valuesAt(rows: Uint32Array): Float32Array;
    writeGradients(values: Float32Array): void;
    writeMoments(values: Float32Array): void;
    writeParameters(values: Float32Array): void;
    writeTensor(name: string, values: Float32Array): void;
    readonly parameterCount: number;
    /**
     * Updates applied so far.
     */
    updates: number;
}

/**
 * See `optim::adam`: parameters and moments are updated in place, gradients are overwritten.
 */
export function adam(parameters: Float32Array, gradients: Float32Array, m: Float32Array, v: Float32Array, update: number, learning_rate: number, beta1: number, beta2: number, epsilon: number, weight_decay: number, gradient_scale: number): void;

/**
 * See `optim::adamw`: parameters and moments are updated in place.
 */
export function adamw(parameters: Float32Array, gradients: Float32Array, m: Float32Array, v: Float32Array, update: number, learning_rate: number, beta1: number, beta2: number, epsilon: number, weight_decay: number, gradient_scale: number): void;

/**
 * See `optim::clip_scale`; `optax` chooses that library's rule over PyTorch's.
 */
export function clipScale(norm: number, max_norm: number, optax: boolean): number;

/**
 * `exp`, `sigmoid` or `tanh` of each element, by the kernels' own polynomials.
 */
export function elementary(name: string, x: Float32Array): Float32Array;

/**
 * See `rl::gae`: fills `advantages` and `returns`.
 */
export function gae(rewards: Float32Array, values: Float32Array, next_values: Float32Array, terminated: Uint8Array, truncated: Uint8Array, row_lengths: Uint32Array, gamma: number, lambda: number, advantages: Float32Array, returns: Float32Array): void;

/**
 * `C[m,n] = A·B` or, when `c` is given, `c + A·B`, dense and row-major.
 *
 * `kind`: `nn` A[m,k] B[k,n] · `nt` A[m,k] B[n,k]ᵀ · `tn` A[k,m]ᵀ B[k,n] · `packed_nn`, `packed_nt` through packed weights.
 */
export function gemm(kind: string, m: number, n: number, k: number, a: Float32Array, b: Float32Array, c?: Float32Array | null): Float32Array;

/**
 * See `optim::global_norm`.
 */
export function globalNorm(gradients: Float32Array): number;

/**
 * Name of the instruction set that this build was compiled for: `relaxed`, `simd128` or `scalar`.
 */
export function instructionSet(): string;

/**
 * See `optim::lion`: parameters and momentum are updated in place.
 */
export function lion(parameters: Float32Array, gradients: Float32Array, m: Float32Array, learning_rate: number, beta1: number, beta2: number, weight_decay: number, gradient_scale: number): void;

/**
 * ln Σ exp(logits / temperature) over the allowed entries; mask bit j % 32 of word j / 32, none allows all.
 */
export function logNormalizer(logits: Float32Array, mask: Uint32Array | null | undefined, temperature: number): number;

/**
 * See `rl::nll`: fills `d_log_probs`; returns loss and the number of non-finite tokens. `scales` may be empty.
 */
export function nll(log_probs: Float32Array, scales: Float32Array, mask: Uint8Array, row_lengths: Uint32Array, aggregation: number, norm: number, global_tokens: number, global_rows: number, d_log_probs: Float32Array): Float64Array;

/**
 * Runs `iterations` rounds of 12 independent vector multiply-adds in registers; FLOP = `iterations · 96`.
 */
export function peakMultiplyAdds(iterations: number): number;

/**
 * See `rl::policy_loss`: fills `d_log_probs`; returns the fields of `PolicyLoss` in their order. Empty columns are absent.
 */
export function policyLoss(log_probs: Float32Array, behavior: Float32Array, advantages: Float32Array, reference: Float32Array, scales: Float32Array, mask: Uint8Array, row_lengths: Uint32Array, aggregation: number, norm: number, global_tokens: number, global_rows: number, surrogate: number, clip_low: number, clip_high: number, dual_clip: number, ratio_cap: number, log_ratio_clamp: number, kl_coefficient: number, kl_times_ratio: boolean, d_log_probs: Float32Array): Float64Array;

/**
 * Softmax of logits / temperature over the allowed entries, 0 elsewhere.
 */
export function probabilities(logits: Float32Array, mask: Uint32Array | null | undefined, temperature: number): Float32Array;

/**
 * See `optim::rmsprop`: parameters and moments are updated in place.
 */
export function rmsprop(parameters: Float32Array, gradients: Float32Array, v: Float32Array, average: Float32Array, buffer: Float32Array, learning_rate: number, alpha: number, epsilon: number, momentum: number, centered: boolean, gradient_scale: number): void;

/**
 * See `optim::sgd`: parameters and velocity are updated in place.
 */
export function sgd(parameters: Float32Array, gradients: Float32Array, velocity: Float32Array, learning_rate: number, momentum: number, nesterov: boolean, weight_decay: number, gradient_scale: number): void;

/**
 * Entropy of that softmax in nats.
 */
export function softmaxEntropy(logits: Float32Array, mask: Uint32Array | null | undefined, temperature: number): number;

/**
 * See `rl::token_weights`.
 */
export function tokenWeights(aggregation: number, norm: number, global_tokens: number, global_rows: number, mask: Uint8Array, row_lengths: Uint32Array): Float32Array;

/**
 * Learns merges; the first `added` ids are those of the added tokens, then come the 256 bytes, then the products.
 */
export function trainBytePairs(texts: string[], vocabulary_size: number, minimum_count: number, added_bytes: Uint8Array, added_lengths: Uint32Array, split_name: string): TrainedBytePairs;

/**
 * Uniform in [0, 1): a pure function of its arguments (Philox 4x32-10).
 */
export function uniform(seed: number, stream: number, counter: number): number;

/**
 * See `rl::value_loss`: fills `d_values`; returns the fields of `ValueLoss` in their order. `old_values` may be empty.
 */
export function valueLoss(values: Float32Array, old_values: Float32Array, returns: Float32Array, mask: Uint8Array, row_lengths: Uint32Array, aggregation: number, norm: number, global_tokens: number, global_rows: number, clip_range: number, d_values: Float32Array): Float64Array;

export type InitInput = RequestInfo | URL | Response | BufferSource | WebAssembly.Module;

export interface InitOutput {
    readonly memory: WebAssembly.Memory;
    readonly __wbg_bytepairtokenizer_free: (a: number, b: number) => void;
    readonly __wbg_characterstream_free: (a: number, b: number) => void;
    readonly __wbg_gemmbench_free: (a: number, b: number) => void;
    readonly __wbg_samples_free: (a: number, b: number) => void;
    readonly __wbg_scores_free: (a: number, b: number) => void;
    readonly __wbg_trainedbytepairs_free: (a: number, b: number) => void;
    readonly __wbg_transformer_free: (a: number, b: number) => void;
    readonly adam: (a: number, b: number, c: any, d: number, e: number, f: any, g: number, h: number, i: any, j: number, k: number, l: any, m: number, n: number, o: number, p: number, q: number, r: number, s: number) => [number, number];
    readonly adamw: (a: number, b: number, c: any, d: number, e: number, f: number, g: number, h: any, i: number, j: number, k: any, l: number, m: number, n: number, o: number, p: number, q: number, r: number) => [number, number];
    readonly bytepairtokenizer_decode: (a: number, b: number, c: number, d: number) => [number, number];
    readonly bytepairtokenizer_encode: (a: number, b: number, c: number, d: number) => [number, number];
    readonly bytepairtokenizer_encodeWithOffsets: (a: number, b: number, c: number, d: number) => [number, number];
    readonly bytepairtokenizer_new: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number, p: number, q: number, r: number, s: number) => [number, number, number];
    readonly bytepairtokenizer_size: (a: number) => number;
    readonly bytepairtokenizer_tokenBytes: (a: number, b: number) => [number, number];
    readonly characterstream_finish: (a: number) => [number, number];
    readonly characterstream_new: () => number;
    readonly characterstream_push: (a: number, b: number, c: number) => [number, number];
    readonly clipScale: (a: number, b: number, c: number) => number;
    readonly elementary: (a: number, b: number, c: number, d: number) => [number, number, number, number];
    readonly gae: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number, p: number, q: any, r: number, s: number, t: any) => [number, number];
    readonly gemm: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number) => [number, number, number, number];
    readonly gemmbench_new: (a: number, b: number, c: number, d: number, e: number) => [number, number, number];
    readonly gemmbench_result: (a: number) => [number, number];
    readonly gemmbench_run: (a: number, b: number) => number;
    readonly globalNorm: (a: number, b: number) => number;
    readonly instructionSet: () => [number, number];
    readonly lion: (a: number, b: number, c: any, d: number, e: number, f: number, g: number, h: any, i: number, j: number, k: number, l: number, m: number) => [number, number];
    readonly logNormalizer: (a: number, b: number, c: number, d: number, e: number) => [number, number, number];
    readonly nll: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: any) => [number, number, number, number];
    readonly peakMultiplyAdds: (a: number) => number;
    readonly policyLoss: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number, p: number, q: number, r: number, s: number, t: number, u: number, v: number, w: number, x: number, y: number, z: number, a1: number, b1: number, c1: any) => [number, number, number, number];
    readonly probabilities: (a: number, b: number, c: number, d: number, e: number) => [number, number, number, number];
    readonly rmsprop: (a: number, b: number, c: any, d: number, e: number, f: number, g: number, h: any, i: number, j: number, k: any, l: number, m: number, n: any, o: number, p: number, q: number, r: number, s: number, t: number) => [number, number];
    readonly samples_behaviorLogProbs: (a: number) => [number, number];
    readonly samples_rawLogProbs: (a: number) => [number, number];
    readonly samples_tokens: (a: number) => [number, number];
    readonly scores_entropies: (a: number) => [number, number];
    readonly scores_logProbs: (a: number) => [number, number];
    readonly sgd: (a: number, b: number, c: any, d: number, e: number, f: number, g: number, h: any, i: number, j: number, k: number, l: number, m: number) => [number, number];
    readonly softmaxEntropy: (a: number, b: number, c: number, d: number, e: number) => [number, number, number];
    readonly tokenWeights: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => [number, number, number, number];
    readonly trainBytePairs: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number) => [number, number, number];
    readonly trainedbytepairs_merges: (a: number) => [number, number];
    readonly trainedbytepairs_tokenBytes: (a: number) => [number, number];
    readonly trainedbytepairs_tokenLengths: (a: number) => [number, number];
    readonly transformer_adamw: (a: number, b: number, c: number, d: number, e: number, f: number, g: number) => [number, number, number];
    readonly transformer_backward: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number) => [number, number];
    readonly transformer_clearGradients: (a: number) => void;
    readonly transformer_closeSlot: (a: number, b: number) => [number, number];
    readonly transformer_feed: (a: number, b: number, c: number, d: number, e: number, f: number, g: number) => [number, number];
    readonly transformer_forward: (a: number, b: number, c: number, d: number, e: number) => [number, number];
    readonly transformer_initialize: (a: number, b: bigint) => void;
    readonly transformer_lastLogits: (a: number) => [number, number, number, number];
    readonly transformer_lastValues: (a: number) => [number, number, number, number];
    readonly transformer_logitsAt: (a: number, b: number, c: number) => [number, number, number, number];
    readonly transformer_new: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number) => [number, number, number];
    readonly transformer_openSlot: (a: number) => number;
    readonly transformer_parameterCount: (a: number) => number;
    readonly transformer_readGradient: (a: number, b: number, c: number) => [number, number, number, number];
    readonly transformer_readGradients: (a: number) => [number, number, number, number];
    readonly transformer_readMoments: (a: number) => [number, number, number, number];
    readonly transformer_readParameters: (a: number) => [number, number];
    readonly transformer_readTensor: (a: number, b: number, c: number) => [number, number, number, number];
    readonly transformer_sampleLast: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number) => [number, number, number];
    readonly transformer_score: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number) => [number, number, number];
    readonly transformer_setRopeFrequencies: (a: number, b: number, c: number) => [number, number];
    readonly transformer_set_updates: (a: number, b: number) => void;
    readonly transformer_slotLength: (a: number, b: number) => [number, number, number];
    readonly transformer_tensorNames: (a: number) => [number, number];
    readonly transformer_tensorShape: (a: number, b: number, c: number) => [number, number, number, number];
    readonly transformer_truncateSlot: (a: number, b: number, c: number) => [number, number];
    readonly transformer_updates: (a: number) => number;
    readonly transformer_valuesAt: (a: number, b: number, c: number) => [number, number, number, number];
    readonly transformer_writeGradients: (a: number, b: number, c: number) => [number, number];
    readonly transformer_writeMoments: (a: number, b: number, c: number) => [number, number];
    readonly transformer_writeParameters: (a: number, b: number, c: number) => [number, number];
    readonly transformer_writeTensor: (a: number, b: number, c: number, d: number, e: number) => [number, number];
    readonly uniform: (a: number, b: number, c: number) => number;
    readonly valueLoss: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number, p: number, q: number, r: any) => [number, number, number, number];
    readonly __wbindgen_malloc: (a: number, b: number) => number;
    readonly __wbindgen_realloc: (a: number, b: number, c: number, d: number) => number;
    readonly __wbindgen_externrefs: WebAssembly.Table;
    readonly __externref_table_dealloc: (a: number) => void;
    readonly __wbindgen_free: (a: number, b: number, c: number) => void;
    readonly __externref_table_alloc: () => number;
    readonly __externref_drop_slice: (a: number, b: number) => void;
    readonly __wbindgen_start: () => void;
}

export type SyncInitInput = BufferSource | WebAssembly.Module;

/**
 * Instantiates the given `module`, which can either be bytes or
 * a precompiled `WebAssembly.Module`.
 *
 * @param {{ module: SyncInitInput }} module - Passing `SyncInitInput` directly is deprecated.
 *
 * @returns {InitOutput}
 */
export function initSync(module: { module: SyncInitInput } | SyncInitInput): InitOutput;

/**
 * If `module_or_path` is {RequestInfo} or {URL}, makes a request and
 * for everything else, calls `WebAssembly.instantiate` directly.
 *
 * @param {{ module_or_path: InitInput | Promise<InitInput> }} module_or_path - Passing `InitInput` directly is deprecated.
 *
 * @returns {Promise<InitOutput>}
 */
export default function __wbg_init (module_or_path?: { module_or_path: InitInput | Promise<InitInput> } | InitInput | Promise<InitInput>): Promise<InitOutput>;
