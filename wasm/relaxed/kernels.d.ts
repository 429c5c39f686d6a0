/* tslint:disable */
/* eslint-disable */

/**
 * Learns which of a fixed list of actions is right from single judgements.
 */
export class BeliefModel {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * [actions] probability that each is right.
     */
    estimates(features: Uint32Array): Float32Array;
    /**
     * [actions] the best estimate, as logits.
     */
    exploit(features: Uint32Array): Float32Array;
    /**
     * [actions] what to act on while judgements are expected.
     */
    explore(features: Uint32Array): Float32Array;
    /**
     * An equal model of its own.
     */
    fork(): BeliefModel;
    /**
     * Learns one judgement.
     */
    learn(features: Uint32Array, action: number, reward: number, weight: number): void;
    /**
     * `names`: feature ids of each action's text, row i at `offsets[i]..offsets[i + 1]`; no offsets where texts say nothing.
     */
    constructor(actions: number, names: Uint32Array, offsets: Uint32Array);
    /**
     * The state in numbers, by part: 0 counters, 1 entries, 2 slots, 3 confirmed, 4 rows, 5 weights, 6 squares, 7 clusters.
     */
    read(part: number): Float32Array;
    /**
     * Takes a state that `read` gave; a wrong one changes nothing.
     */
    restore(counters: Float32Array, entries: Float32Array, slots: Float32Array, confirmed: Float32Array, rows: Float32Array, weights: Float32Array, squares: Float32Array, clusters: Float32Array): void;
}

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
 * One drawn token.
 */
export class ChainSample {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    behaviorLogProb: number;
    rawLogProb: number;
    token: number;
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
 * XXH64 with the seed 0 of everything that it is given: it finds damage, not intent. Owns its memory: dispose it.
 */
export class Checksum {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Of all bytes so far, as 16 hexadecimal digits.
     */
    digest(): string;
    /**
     * Of nothing yet.
     */
    constructor();
    /**
     * Goes on with more bytes.
     */
    update(bytes: Uint8Array): void;
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
 * Softmax policy with a value over hashed features; owns its weights, AdaGrad memory and accumulated gradient.
 */
export class LinearModel {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Adds the gradient of a loss, given by its derivatives by what `score` returns.
     */
    backwardScores(context: Uint32Array, ids: Uint32Array, offsets: Uint32Array, d_scores: Float32Array): void;
    /**
     * Adds the gradient of a loss, given by its derivatives by what `evaluate` returns.
     */
    backward(context: Uint32Array, ids: Uint32Array, offsets: Uint32Array, index: number, temperature: number, d_log_prob: number, d_entropy: number, d_value: number): void;
    /**
     * Chooses; returns [index, behaviour log-probability, raw log-probability, value].
     */
    decide(context: Uint32Array, ids: Uint32Array, offsets: Uint32Array, temperature: number, top_k: number, top_p: number, min_p: number, seed: bigint, stream: number, counter: number): Float32Array;
    /**
     * [log π(index), entropy, value] under the current weights.
     */
    evaluate(context: Uint32Array, ids: Uint32Array, offsets: Uint32Array, index: number, temperature: number): Float32Array;
    /**
     * Moves every weight by `share` of the way to another model's of the same size.
     */
    follow(other: LinearModel, share: number): void;
    /**
     * A table of 2^bits weights, all zero; `similarityWeight` is what the likeness of context and candidate starts with,
     * `hidden` the number of tanh units in between.
     */
    constructor(bits: number, similarity_weight: number, hidden: number);
    readGradients(): Float32Array;
    /**
     * AdaGrad's sums of squared gradients, or RMSprop's means.
     */
    readSquares(): Float32Array;
    readWeights(): Float32Array;
    /**
     * One logit for each candidate.
     */
    score(context: Uint32Array, ids: Uint32Array, offsets: Uint32Array): Float32Array;
    /**
     * Applies and clears the gradient; returns its norm before clipping. A norm that is not finite changes nothing.
     * `maxGradientNorm` of 0 or less does not clip; `memory` of 1 takes AdaGrad, below
     * it RMSprop, 0 plain SGD.
     */
    update(learning_rate: number, max_gradient_norm: number, weight_decay: number, memory: number): number;
    writeGradients(from: Float32Array): void;
    writeSquares(from: Float32Array): void;
    writeWeights(from: Float32Array): void;
    /**
     * Number of parameters.
     */
    readonly parameterCount: number;
}

/**
 * Logistic regression of a reward on hashed features of (context, candidate).
 */
export class LogisticModel {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * [candidates] standard deviations of the logits.
     */
    deviations(context: Uint32Array, ids: Uint32Array, offsets: Uint32Array): Float32Array;
    /**
     * An equal model of its own.
     */
    fork(): LogisticModel;
    /**
     * One step on one judged candidate.
     */
    learn(context: Uint32Array, ids: Uint32Array, offsets: Uint32Array, choice: number, reward: number, weight: number): void;
    /**
     * A table of 2^bits weights, all zero.
     */
    constructor(bits: number, learning_rate: number, l2: number);
    /**
     * AdaGrad's sums of squared gradients.
     */
    readSquares(): Float32Array;
    readWeights(): Float32Array;
    /**
     * [candidates] logits of the reward. Row i is `ids[offsets[i]..offsets[i + 1]]`: identity, then features.
     */
    scores(context: Uint32Array, ids: Uint32Array, offsets: Uint32Array): Float32Array;
    writeSquares(from: Float32Array): void;
    writeWeights(from: Float32Array): void;
}

/**
 * A causal language model whose matrices have four or eight bits a weight: it acts, and an adapter beside it learns.
 * Owns its memory: dispose it.
 */
export class PackedTransformer {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Sends what a slot is fed from now on through an adapter, or through none.
     */
    adaptSlot(slot: number, adapter?: number | null): void;
    /**
     * One update of an adapter, as `adamw` makes one of the weights.
     */
    adapterAdamw(adapter: number, learningRate: number, beta1: number, beta2: number, epsilon: number, weightDecay: number, maxGradientNorm: number): number;
    adapterUpdates(adapter: number): number;
    /**
     * Adds a low-rank adapter that changes nothing yet and returns its number: `y += scale · (x · Aᵀ) · Bᵀ`. Targets are
     * fives of layer, part (0 projections, 1 output, 2 gate and up, 3 down), first output, number of outputs, and rank;
     * scales are one a target. A is uniform in ±1/√in by the seed, or 0 without one; B is 0.
     */
    addAdapter(targets: Uint32Array, scales: Float32Array, seed?: bigint | null): number;
    /**
     * Adds to the gradient of the adapter that learns what flows back through the frozen weights.
     */
    backward(dLogProbs: Float32Array, dEntropies: Float32Array, valueRows: Uint32Array, dValues: Float32Array): void;
    closeSlot(slot: number): void;
    /**
     * Opens an episode that begins with the first `length` tokens of another; both share the memory of these.
     */
    copySlot(slot: number, length: number): number;
    /**
     * Appends counts[i] tokens to slots[i], all as one batch, and keeps the last keep[i] rows of each (1 when left out)
     * for `lastLogits`, `lastValues` and `sampleLast`.
     */
    feed(slots: Uint32Array, counts: Uint32Array, tokens: Uint32Array, keep?: Uint32Array | null): void;
    /**
     * Runs packed sequences for `logitsAt`, `valuesAt`, `score` and `backward`.
     */
    forward(tokens: Uint32Array, lengths: Uint32Array): void;
    /**
     * As `lastLogits`, of the tokens that masks allow to any of the rows: where these are few, no others are computed,
     * and theirs are −∞.
     */
    lastLogitsUnder(maskIndex: Uint32Array, masks: Uint32Array): Float32Array;
    /**
     * [kept rows, vocabulary] of the last feed.
     */
    lastLogits(): Float32Array;
    /**
     * [kept rows] there.
     */
    lastValues(): Float32Array;
    /**
     * Sends what `forward` runs through an adapter, which alone learns then; or, with none, through the weights.
     */
    learnAdapter(adapter?: number | null): void;
    /**
     * [rows, vocabulary] of rows of the last forward.
     */
    logitsAt(rows: Uint32Array): Float32Array;
    /**
     * A model whose weights are 0 and whose norms are 1. Format and headFormat (of embedding and head): "e4", "e7" or
     * "q8"; cacheFormat: "f16" or "q8". Without `blocks`: a Llama.
     */
    constructor(vocabularySize: number, hiddenSize: number, layers: number, heads: number, keyValueHeads: number, headDimension: number, intermediateSize: number, maximumPositions: number, ropeTheta: number, normEpsilon: number, tied: boolean, format: string, headFormat: string, cacheFormat: string, blocks?: TransformerBlocks | null);
    /**
     * Opens the memory of one episode.
     */
    openSlot(): number;
    readAdapterGradients(adapter: number): Float32Array;
    /**
     * First, then second moments.
     */
    readAdapterMoments(adapter: number): Float32Array;
    /**
     * Target after target A [rank, in] and B [out, rank]; then the value head's weight and bias.
     */
    readAdapter(adapter: number): Float32Array;
    /**
     * The numbers that rows of a tensor stand for; a vector has one row.
     */
    readRows(name: string, first: number, count: number): Float32Array;
    removeAdapter(adapter: number): void;
    /**
     * Opens a slot from the bytes of `saveSlot`.
     */
    restoreSlot(bytes: Uint8Array): number;
    /**
     * Draws one token behind each kept row of the last feed; as `Transformer.sampleLast`.
     */
    sampleLast(maskIndex: Uint32Array, masks: Uint32Array, temperature: number, topK: number, topP: number, minP: number, seeds: BigUint64Array, streams: Uint32Array, counters: Uint32Array, raw?: boolean | null): Samples;
    /**
     * All that a slot has read, as bytes for `restoreSlot` of a model with the same weights and formats.
     */
    saveSlot(slot: number): Uint8Array;
    /**
     * Log-probabilities of targets[i] after rows[i], and entropies: the bits of `sampleLast`; remembered for `backward`.
     */
    score(rows: Uint32Array, targets: Uint32Array, maskIndex: Uint32Array, masks: Uint32Array, temperature: number): Scores;
    /**
     * As `Transformer.setLongRopeFrequencies`; open slots are emptied.
     */
    setLongRopeFrequencies(inverseFrequencies: Float32Array, scale: number, above: number): void;
    /**
     * As `Transformer.setRopeFrequencies`; open slots are emptied.
     */
    setRopeFrequencies(inverseFrequencies: Float32Array, scale?: number | null, set?: number | null): void;
    slotLength(slot: number): number;
    /**
     * Tokens that a slot has read.
     */
    slotTokens(slot: number): Uint32Array;
    tensorNames(): string[];
    tensorShape(name: string): Uint32Array;
    truncateSlot(slot: number, length: number): void;
    /**
     * [rows] of the last forward.
     */
    valuesAt(rows: Uint32Array): Float32Array;
    writeAdapterGradients(adapter: number, values: Float32Array): void;
    writeAdapterMoments(adapter: number, values: Float32Array, updates: number): void;
    writeAdapter(adapter: number, values: Float32Array): void;
    /**
     * Writes rows `first ..` of a tensor from whole blocks of a `ggml_type` (0: F32). `pairedHeads` not 0: rows
     * (2i, 2i + 1) of each of so many heads go to (i, i + d/2). Open slots are emptied.
     */
    writeRows(name: string, kind: number, first: number, bytes: Uint8Array, pairedHeads: number): void;
    /**
     * Bytes of the caches of all slots; what slots share counts once.
     */
    readonly cacheBytes: number;
    /**
     * Number of weights.
     */
    readonly parameterCount: number;
    /**
     * Bytes of all weights.
     */
    readonly weightBytes: number;
}

/**
 * A model over pieces of text that the caller cut.
 */
export class PieceModel {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * (id, start, end) of every token, in UTF-16 units of `text`: [3 × tokens].
     */
    encodeWithSpans(text: string, bounds: Uint32Array): Uint32Array;
    /**
     * Ids of the pieces; `bounds` are their starts and ends in UTF-16 units.
     */
    encode(text: string, bounds: Uint32Array): Uint32Array;
    /**
     * Byte pairs over characters; merges as (left, right, product) ids by rank.
     */
    static pairs(token_bytes: Uint8Array, token_lengths: Uint32Array, token_ids: Uint32Array, merges: Uint32Array, prefix: string, suffix: string, unknown: number | null | undefined, fuse_unknown: boolean, byte_fallback: boolean, ignore_merges: boolean): PieceModel;
    /**
     * Byte pairs over characters, the pair of the lowest rank of its token first; what has no token becomes bytes.
     */
    static rankedPairs(token_bytes: Uint8Array, token_lengths: Uint32Array, token_ids: Uint32Array, token_ranks: Uint32Array, unknown?: number | null): PieceModel;
    /**
     * Tokens with log-probabilities; ids are places.
     */
    static unigram(token_bytes: Uint8Array, token_lengths: Uint32Array, scores: Float64Array, unknown: number | null | undefined, byte_fallback: boolean): PieceModel;
    /**
     * Longest tokens from the left; those inside a word have the prefix.
     */
    static wordPiece(token_bytes: Uint8Array, token_lengths: Uint32Array, token_ids: Uint32Array, prefix: string, unknown: number | null | undefined, most_characters: number): PieceModel;
    /**
     * Every piece is one token.
     */
    static words(token_bytes: Uint8Array, token_lengths: Uint32Array, token_ids: Uint32Array, unknown?: number | null): PieceModel;
}

/**
 * One drawn token.
 */
export class SampledToken {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    behaviorLogProb: number;
    rawLogProb: number;
    token: number;
}

/**
 * How to choose tokens from rows of logits.
 */
export class Sampler {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * The row after everything but the draw; removed tokens are −Infinity. The temperature must not be 0.
     */
    filter(logits: Float32Array, mask?: Uint32Array | null): Float32Array;
    constructor(temperature: number, top_k: number, top_p: number, min_p: number, typical: number, epsilon: number, eta: number, min_keep: number);
    /**
     * Draws one token; undefined when the row has none that may be drawn, or a logit that is not a number.
     */
    sample(logits: Float32Array, mask: Uint32Array | null | undefined, uniform: number): SampledToken | undefined;
    /**
     * `context` is prompt and generated ids; `generated` only the latter.
     */
    setPenalties(repetition: number, frequency: number, presence: number, context: Uint32Array, generated: Uint32Array): void;
}

/**
 * A chain of samplers, and how surprised it wants to be.
 */
export class SamplerChain {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Draws by adaptive-p: `mu` is the mean probability of the last tokens from now on, at first `target`.
     */
    adaptive(target: number, decay: number): void;
    /**
     * Adds `by` to the logit of a token, before all steps.
     */
    bias(id: number, by: number): void;
    /**
     * Adds the step dry; `breakers` holds sequences of tokens one after the other, of `lengths`.
     */
    dry(multiplier: number, base: number, allowed_length: number, window: number, breakers: Uint32Array, lengths: Uint32Array): void;
    /**
     * The row after all steps; removed tokens are −Infinity.
     */
    filter(logits: Float32Array, mask: Uint32Array | null | undefined, context: Uint32Array, seed: bigint, stream: number, counter: number): Float32Array;
    /**
     * Adds the step infill: the bytes of all tokens, one after the other, of `lengths`; tokens that end a text.
     */
    infill(bytes: Uint8Array, lengths: Uint32Array, ends: Uint32Array): void;
    /**
     * `mirostat` is 0, 1 or 2.
     */
    constructor(min_keep: number, greedy: boolean, raw: boolean, mirostat: number, most: number, tau: number, eta: number);
    /**
     * Draws one token; undefined when nothing is left, or a logit is not a number.
     */
    sample(logits: Float32Array, mask: Uint32Array | null | undefined, context: Uint32Array, seed: bigint, stream: number, counter: number): ChainSample | undefined;
    /**
     * Adds a step of at most three numbers: 1 penalties (repetition, frequency, presence) of a window, 2 top-n-sigma,
     * 3 top-k, 4 typical, 5 top-p, 6 min-p, 7 xtc (probability, threshold), 8 temperature (value, range, exponent).
     */
    step(kind: number, a: number, b: number, c: number, window: number): void;
    /**
     * The surprise that mirostat allows next, in bits, or the mean that adaptive-p has reached.
     */
    mu: number;
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
 * A causal language model with a value head. Owns its memory: dispose it.
 */
export class Transformer {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * One update; returns the global gradient norm before clipping. A norm that is not finite changes no weight.
     */
    adamw(learningRate: number, beta1: number, beta2: number, epsilon: number, weightDecay: number, maxGradientNorm: number): number;
    /**
     * Sends what a slot is fed from now on through an adapter, or through none.
     */
    adaptSlot(slot: number, adapter?: number | null): void;
    /**
     * One update of an adapter, as `adamw` makes one of the weights.
     */
    adapterAdamw(adapter: number, learningRate: number, beta1: number, beta2: number, epsilon: number, weightDecay: number, maxGradientNorm: number): number;
    adapterUpdates(adapter: number): number;
    /**
     * Adds a low-rank adapter that changes nothing yet and returns its number: `y += scale · (x · Aᵀ) · Bᵀ`. Targets are
     * fives of layer, part (0 projections, 1 output, 2 gate and up, 3 down), first output, number of outputs, and rank;
     * scales are one a target. A is uniform in ±1/√in by the seed, or 0 without one; B is 0.
     */
    addAdapter(targets: Uint32Array, scales: Float32Array, seed?: bigint | null): number;
    /**
     * Adds the gradient of the rows of the last `score` and of values.
     */
    backward(dLogProbs: Float32Array, dEntropies: Float32Array, valueRows: Uint32Array, dValues: Float32Array): void;
    /**
     * Whether learning keeps of each layer its input alone and runs the layer again on the way back: less memory, about a
     * third more time, the same bits.
     */
    checkpointLayers(on: boolean): void;
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
     * As `lastLogits`, of the tokens that masks allow to any of the rows: where these are few, no others are computed,
     * and theirs are −∞.
     */
    lastLogitsUnder(maskIndex: Uint32Array, masks: Uint32Array): Float32Array;
    /**
     * [slots, vocabulary] after the last token of each slot of the last feed.
     */
    lastLogits(): Float32Array;
    /**
     * [slots] there.
     */
    lastValues(): Float32Array;
    /**
     * Sends what `forward` runs through an adapter, which alone learns then; or, with none, through the weights.
     */
    learnAdapter(adapter?: number | null): void;
    /**
     * [rows, vocabulary] of rows of the last forward.
     */
    logitsAt(rows: Uint32Array): Float32Array;
    /**
     * A model whose weights are 0 and whose norms are 1: call `initialize` or write tensors. Without `blocks`: a Llama.
     */
    constructor(vocabularySize: number, hiddenSize: number, layers: number, heads: number, keyValueHeads: number, headDimension: number, intermediateSize: number, maximumPositions: number, ropeTheta: number, normEpsilon: number, tied: boolean, blocks?: TransformerBlocks | null);
    /**
     * Opens the memory of one episode.
     */
    openSlot(): number;
    readAdapterGradients(adapter: number): Float32Array;
    /**
     * First, then second moments.
     */
    readAdapterMoments(adapter: number): Float32Array;
    /**
     * Target after target A [rank, in] and B [out, rank]; then the value head's weight and bias.
     */
    readAdapter(adapter: number): Float32Array;
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
    removeAdapter(adapter: number): void;
    /**
     * Draws one token for each slot of the last feed; (seed, stream, counter) names each draw.
     * Without `raw` (true when left out) the raw log-probabilities are NaN.
     */
    sampleLast(maskIndex: Uint32Array, masks: Uint32Array, temperature: number, topK: number, topP: number, minP: number, seeds: BigUint64Array, streams: Uint32Array, counters: Uint32Array, raw?: boolean | null): Samples;
    /**
     * Log-probabilities of targets[i] after rows[i], and entropies; remembered for `backward`.
     */
    score(rows: Uint32Array, targets: Uint32Array, maskIndex: Uint32Array, masks: Uint32Array, temperature: number): Scores;
    /**
     * Frequencies in place of set 0 for sequences of more than `above` tokens.
     */
    setLongRopeFrequencies(inverseFrequencies: Float32Array, scale: number, above: number): void;
    /**
     * Replaces the inverse frequencies of a set of rotations, at most [headDimension/2]; fewer leave the end of each head
     * as it is. Cosines and sines are multiplied by `scale`, default 1. Set 0 unless told otherwise.
     */
    setRopeFrequencies(inverseFrequencies: Float32Array, scale?: number | null, set?: number | null): void;
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
    writeAdapterGradients(adapter: number, values: Float32Array): void;
    writeAdapterMoments(adapter: number, values: Float32Array, updates: number): void;
    writeAdapter(adapter: number, values: Float32Array): void;
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
 * What a model has otherwise than Llama; hand it to the constructor of `Transformer`, which consumes it.
 */
export class TransformerBlocks {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Norm: "rms", "rms-from-one" (weights count from 1) or "layer". Activation: "silu", "gelu-tanh" or "gelu".
     * A scale or cap of 0 is none (attentionScale: 1/√headDimension). Windows [layers]: positions that a query sees,
     * itself among them, 0 all. Ropes [layers]: set of rotation frequencies. Both may be empty.
     */
    constructor(norm: string, postNorms: boolean, queryKeyNorms: boolean, projectionBias: boolean, outputBias: boolean, feedForwardBias: boolean, gated: boolean, activation: string, attentionScale: number, attentionCap: number, logitCap: number, embeddingScale: number, learnedPositions: boolean, windows: Uint32Array, ropes: Uint32Array);
}

/**
 * See `rl::action_value_loss`: fills `errors` and `d_q`; returns the fields of `ActionValueLoss` in their order.
 * `scales` may be empty.
 */
export function actionValueLoss(q: Float32Array, taken: Uint32Array, targets: Float32Array, scales: Float32Array, mask: Uint8Array, row_lengths: Uint32Array, aggregation: number, norm: number, global_tokens: number, global_rows: number, error_coefficient: number, conservative_coefficient: number, temperature: number, errors: Float32Array, d_q: Float32Array): Float64Array;

/**
 * See `optim::adafactor`: parameters and squares are updated in place. A vector has no `column_squares`.
 * `hugging_face` chooses that library's form over PyTorch's; `scale_parameter` is read there only.
 */
export function adafactor(parameters: Float32Array, gradients: Float32Array, row_squares: Float32Array, column_squares: Float32Array, update: number, learning_rate: number, beta2_decay: number, epsilon1: number, epsilon2: number, clip: number, weight_decay: number, gradient_scale: number, hugging_face: boolean, scale_parameter: boolean): void;

/**
 * See `optim::adam`: parameters and moments are updated in place, gradients are overwritten.
 */
export function adam(parameters: Float32Array, gradients: Float32Array, m: Float32Array, v: Float32Array, update: number, learning_rate: number, beta1: number, beta2: number, epsilon: number, weight_decay: number, gradient_scale: number): void;

/**
 * See `optim::adamw`: parameters and moments are updated in place.
 */
export function adamw(parameters: Float32Array, gradients: Float32Array, m: Float32Array, v: Float32Array, update: number, learning_rate: number, beta1: number, beta2: number, epsilon: number, weight_decay: number, gradient_scale: number): void;

/**
 * See `rl::advantage_weights`.
 */
export function advantageWeights(advantages: Float32Array, mask: Uint8Array, form: number, temperature: number, cap: number): Float32Array;

/**
 * See `rl::categorical`: fills `log_probs` and `entropies`.
 */
export function categorical(logits: Float32Array, taken: Uint32Array, log_probs: Float32Array, entropies: Float32Array): void;

/**
 * See `rl::categorical_backward`.
 */
export function categoricalBackward(logits: Float32Array, taken: Uint32Array, d_log_probs: Float32Array, d_entropies: Float32Array): Float32Array;

/**
 * See `optim::clip_scale`; `optax` chooses that library's rule over PyTorch's.
 */
export function clipScale(norm: number, max_norm: number, optax: boolean): number;

/**
 * See `rl::cross_entropy`: fills `d_logits`; returns the loss and the z-loss in it. `scales` may be empty.
 */
export function crossEntropy(logits: Float32Array, targets: Uint32Array, scales: Float32Array, mask: Uint8Array, row_lengths: Uint32Array, aggregation: number, norm: number, global_tokens: number, global_rows: number, label_smoothing: number, z_coefficient: number, d_logits: Float32Array): Float64Array;

/**
 * The numbers of whole blocks; `kind` is the number of a `ggml_type`.
 *
 * # Errors
 * If the type is not one that can be read, the bytes are no whole blocks, or there is no memory for the numbers.
 */
export function dequantize(kind: number, bytes: Uint8Array): Float32Array;

/**
 * See `rl::discounted_returns`. `terminated` and `bootstrap` may be empty.
 */
export function discountedReturns(rewards: Float32Array, mask: Uint8Array, terminated: Uint8Array, bootstrap: Float32Array, row_lengths: Uint32Array, gamma: number): Float32Array;

/**
 * See `rl::distillation`: fills `d_logits`; returns the loss and the number of non-finite tokens.
 */
export function distillation(logits: Float32Array, teacher: Float32Array, mask: Uint8Array, row_lengths: Uint32Array, aggregation: number, norm: number, global_tokens: number, global_rows: number, temperature: number, beta: number, d_logits: Float32Array): Float64Array;

/**
 * `exp`, `sigmoid` or `tanh` of each element, by the kernels' own polynomials.
 */
export function elementary(name: string, x: Float32Array): Float32Array;

/**
 * See `rl::entropy_bonus`: fills `d_entropies`; returns loss, aggregated entropy and the number of non-finite tokens.
 */
export function entropyBonus(entropies: Float32Array, scales: Float32Array, mask: Uint8Array, row_lengths: Uint32Array, aggregation: number, norm: number, global_tokens: number, global_rows: number, coefficient: number, d_entropies: Float32Array): Float64Array;

/**
 * [candidates] probabilities: ε/K each and 1 − ε more for the best; greedy at ε = 0.
 */
export function epsilonGreedy(scores: Float32Array, epsilon: number): Float32Array;

/**
 * See `rl::expectile_loss`: fills `d_values`; returns the loss and the number of non-finite tokens. `scales` may be empty.
 */
export function expectileLoss(values: Float32Array, targets: Float32Array, scales: Float32Array, mask: Uint8Array, row_lengths: Uint32Array, aggregation: number, norm: number, global_tokens: number, global_rows: number, expectile: number, d_values: Float32Array): Float64Array;

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
 * See `rl::group_advantages`. `lengths` may be empty (all 1).
 */
export function groupAdvantages(rewards: Float32Array, groups: Uint32Array, lengths: Float32Array, baseline: number, scale: number, epsilon: number, singleton_raw: boolean): Float32Array;

/**
 * See `rl::importance_weights`: fills `out`; returns the share outside the bounds and that of the effective sample size.
 */
export function importanceWeights(log_probs: Float32Array, behavior: Float32Array, mask: Uint8Array, row_lengths: Uint32Array, level: number, lowest: number, highest: number, drop_outside: boolean, normalize: boolean, log_ratio_clamp: number, out: Float32Array): Float64Array;

/**
 * Name of the instruction set that this build was compiled for: `relaxed`, `simd128` or `scalar`.
 */
export function instructionSet(): string;

/**
 * [candidates] probabilities 1 / (K + γ · gap), the rest to the best.
 */
export function inverseGap(scores: Float32Array, gamma: number, top: number, extra: number, floor: number): Float32Array;

/**
 * See `rl::judged_loss`: fills `d_log_probs`; returns the fields of `JudgedLoss` in their order. `reference` and
 * `weights` may be empty.
 */
export function judgedLoss(log_probs: Float32Array, reference: Float32Array, mask: Uint8Array, row_lengths: Uint32Array, labels: Float32Array, weights: Float32Array, cross_entropy: boolean, mean: boolean, beta: number, baseline: number, weight_good: number, weight_bad: number, global_rows: number, d_log_probs: Float32Array): Float64Array;

/**
 * See `rl::kl_estimate`: fills `values` and `d_log_probs`.
 */
export function klEstimate(log_probs: Float32Array, reference: Float32Array, mask: Uint8Array, estimator: number, values: Float32Array, d_log_probs: Float32Array): void;

/**
 * See `rl::lambda_returns`.
 */
export function lambdaReturns(rewards: Float32Array, next_values: Float32Array, terminated: Uint8Array, truncated: Uint8Array, row_lengths: Uint32Array, gamma: number, lambda: number): Float32Array;

/**
 * See `optim::lion`: parameters and momentum are updated in place.
 */
export function lion(parameters: Float32Array, gradients: Float32Array, m: Float32Array, learning_rate: number, beta1: number, beta2: number, weight_decay: number, gradient_scale: number): void;

/**
 * ln Σ exp(logits / temperature) over the allowed entries; mask bit j % 32 of word j / 32, none allows all.
 */
export function logNormalizer(logits: Float32Array, mask: Uint32Array | null | undefined, temperature: number): number;

/**
 * See `rl::masked_gae`: fills `advantages` and `returns`.
 */
export function maskedGae(rewards: Float32Array, values: Float32Array, mask: Uint8Array, row_lengths: Uint32Array, gamma: number, lambda: number, advantages: Float32Array, returns: Float32Array): void;

/**
 * See `optim::muon`: parameters and momentum of one matrix with this many rows are updated in place.
 * `match_rms_adamw` chooses that rate over the original one.
 */
export function muon(parameters: Float32Array, gradients: Float32Array, m: Float32Array, rows: number, learning_rate: number, momentum: number, nesterov: boolean, weight_decay: number, match_rms_adamw: boolean, gradient_scale: number): void;

/**
 * See `rl::n_step_returns`.
 */
export function nStepReturns(rewards: Float32Array, next_values: Float32Array, discounts: Float32Array, truncated: Uint8Array, row_lengths: Uint32Array, n: number): Float32Array;

/**
 * See `rl::next_action_values`. `selector` and `probabilities` may be empty.
 */
export function nextActionValues(q: Float32Array, selector: Float32Array, probabilities: Float32Array, rows: number): Float32Array;

/**
 * See `rl::nll`: fills `d_log_probs`; returns loss and the number of non-finite tokens. `scales` may be empty.
 */
export function nll(log_probs: Float32Array, scales: Float32Array, mask: Uint8Array, row_lengths: Uint32Array, aggregation: number, norm: number, global_tokens: number, global_rows: number, d_log_probs: Float32Array): Float64Array;

/**
 * `mean[i] + scale · deviation[i] · N(0, 1)`, `count` rows one after another: a pure function of its arguments.
 */
export function normalDraws(means: Float32Array, deviations: Float32Array, count: number, scale: number, seed: number, stream: number): Float32Array;

/**
 * Rows of `k` numbers, from whole blocks of a `ggml_type`, as blocks of "e4" (Q4_0), "e7" or "q8" (Q8_0), by the rule of
 * `PackedTransformer.writeRows`; what a row lacks to whole blocks is 0.
 */
export function packRows(format: string, kind: number, k: number, bytes: Uint8Array): Uint8Array;

/**
 * `x · Wᵀ` through packed weights, for tests and the self-test: x `[rows, k]`, w `[n, k]`, result `[rows, n]`.
 */
export function packedProduct(format: string, rows: number, n: number, k: number, x: Float32Array, w: Float32Array): Float32Array;

/**
 * As `peakMultiplyAdds` with integer dot products; returns the multiply-adds that were done.
 */
export function peakDotProducts(iterations: number): number;

/**
 * Runs `iterations` rounds of 12 independent vector multiply-adds in registers; FLOP = `iterations · 96`.
 */
export function peakMultiplyAdds(iterations: number): number;

/**
 * See `rl::policy_loss`: fills `d_log_probs`; returns the fields of `PolicyLoss` in their order. Empty columns are absent.
 */
export function policyLoss(log_probs: Float32Array, behavior: Float32Array, log_ratios: Float32Array, advantages: Float32Array, reference: Float32Array, scales: Float32Array, mask: Uint8Array, row_lengths: Uint32Array, aggregation: number, norm: number, global_tokens: number, global_rows: number, surrogate: number, clip_low: number, clip_high: number, dual_clip: number, ratio_cap: number, log_ratio_low: number, log_ratio_high: number, kl_coefficient: number, kl_times_ratio: boolean, d_log_probs: Float32Array): Float64Array;

/**
 * See `rl::preference_loss`: fills `d_log_probs`; returns the fields of `PreferenceLoss` in their order. `reference`,
 * `margins` and `weights` may be empty.
 */
export function preferenceLoss(log_probs: Float32Array, reference: Float32Array, mask: Uint8Array, row_lengths: Uint32Array, chosen: Uint32Array, rejected: Uint32Array, margins: Float32Array, weights: Float32Array, pair_loss: number, form: number, alpha: number, mean: boolean, sorted: boolean, beta: number, margin: number, label_smoothing: number, temperature: number, center: number, coefficient: number, nll_coefficient: number, nll_by_token: boolean, global_pairs: number, d_log_probs: Float32Array): Float64Array;

/**
 * Softmax of logits / temperature over the allowed entries, 0 elsewhere.
 */
export function probabilities(logits: Float32Array, mask: Uint32Array | null | undefined, temperature: number): Float32Array;

/**
 * See `rl::rejection_mask`.
 */
export function rejectionMask(log_probs: Float32Array, behavior: Float32Array, mask: Uint8Array, row_lengths: Uint32Array, unit: number, order: number, lowest: number, highest: number, log_ratio_clamp: number): Uint8Array;

/**
 * See `rl::retrace`.
 */
export function retrace(next_q: Float32Array, next_probabilities: Float32Array, next_actions: Uint32Array, next_propensities: Float32Array, rewards: Float32Array, discounts: Float32Array, row_lengths: Uint32Array, lambda: number, epsilon: number): Float32Array;

/**
 * See `optim::rmsprop`: parameters and moments are updated in place.
 */
export function rmsprop(parameters: Float32Array, gradients: Float32Array, v: Float32Array, average: Float32Array, buffer: Float32Array, learning_rate: number, alpha: number, epsilon: number, momentum: number, centered: boolean, gradient_scale: number): void;

/**
 * Draws one token from each row of `logits [rows, vocabulary]`; as `Transformer.sampleLast`.
 */
export function sampleRows(logits: Float32Array, vocabulary: number, maskIndex: Uint32Array, masks: Uint32Array, temperature: number, topK: number, topP: number, minP: number, seeds: BigUint64Array, streams: Uint32Array, counters: Uint32Array, raw?: boolean | null): Samples;

/**
 * The uniform number in [0, 1) of a draw: a pure function, so that every draw can be repeated.
 */
export function samplingUniform(seed: bigint, stream: number, counter: number): number;

/**
 * Log-probabilities of targets[i] in row i of `logits [rows, vocabulary]`, and entropies; as `Transformer.score`.
 */
export function scoreRows(logits: Float32Array, vocabulary: number, targets: Uint32Array, maskIndex: Uint32Array, masks: Uint32Array, temperature: number): Scores;

/**
 * See `rl::sequence_log_ratios`.
 */
export function sequenceLogRatios(log_probs: Float32Array, behavior: Float32Array, mask: Uint8Array, row_lengths: Uint32Array, mean: boolean): Float32Array;

/**
 * See `optim::sgd`: parameters and velocity are updated in place.
 */
export function sgd(parameters: Float32Array, gradients: Float32Array, velocity: Float32Array, learning_rate: number, momentum: number, nesterov: boolean, weight_decay: number, gradient_scale: number): void;

/**
 * See `rl::soft_values`: fills `values`, `entropies` and `d_logits`.
 */
export function softValues(logits: Float32Array, q: Float32Array, alpha: number, values: Float32Array, entropies: Float32Array, d_logits: Float32Array): void;

/**
 * Entropy of that softmax in nats.
 */
export function softmaxEntropy(logits: Float32Array, mask: Uint32Array | null | undefined, temperature: number): number;

/**
 * [candidates] probabilities ∝ exp(score / temperature).
 */
export function softmaxExploration(scores: Float32Array, temperature: number): Float32Array;

/**
 * Sorted, distinct feature ids of a text: words, pairs of words, and character n-grams of `shortest` to `longest`
 * (none when `shortest` is 0).
 */
export function textFeatures(text: string, words: boolean, bigrams: boolean, shortest: number, longest: number): Uint32Array;

/**
 * Id of a whole text, as written.
 */
export function textIdentity(text: string): number;

/**
 * [candidates] share of the draws `[draws × candidates]` in which each is best.
 */
export function thompson(draws: Float32Array, candidates: number): Float32Array;

/**
 * See `rl::token_weights`.
 */
export function tokenWeights(aggregation: number, norm: number, global_tokens: number, global_rows: number, mask: Uint8Array, row_lengths: Uint32Array): Float32Array;

/**
 * See `rl::top_entropy_mask`.
 */
export function topEntropyMask(entropies: Float32Array, mask: Uint8Array, share: number): Uint8Array;

/**
 * The `count` most likely tokens of a row, the most likely first: their ids, then as many log-probabilities as bits.
 */
export function topLogProbs(logits: Float32Array, count: number): Uint32Array;

/**
 * Learns merges; the first `added` ids are those of the added tokens, then come the 256 bytes, then the products.
 */
export function trainBytePairs(texts: string[], vocabulary_size: number, minimum_count: number, added_bytes: Uint8Array, added_lengths: Uint32Array, split_name: string): TrainedBytePairs;

/**
 * Uniform in [0, 1): a pure function of its arguments (Philox 4x32-10).
 */
export function uniform(seed: number, stream: number, counter: number): number;

/**
 * See `rl::unlikelihood`: fills `d_logits`; returns the loss, its unlikelihood and the number of non-finite tokens.
 * `unwanted` may be empty.
 */
export function unlikelihood(logits: Float32Array, targets: Uint32Array, unwanted: Uint8Array, mask: Uint8Array, row_lengths: Uint32Array, aggregation: number, norm: number, global_tokens: number, global_rows: number, alpha: number, floor: number, d_logits: Float32Array): Float64Array;

/**
 * See `rl::upgo`.
 */
export function upgo(rewards: Float32Array, next_values: Float32Array, discounts: Float32Array, row_lengths: Uint32Array): Float32Array;

/**
 * See `rl::value_loss`: fills `d_values`; returns the fields of `ValueLoss` in their order. `old_values` may be empty.
 */
export function valueLoss(values: Float32Array, old_values: Float32Array, returns: Float32Array, scales: Float32Array, mask: Uint8Array, row_lengths: Uint32Array, aggregation: number, norm: number, global_tokens: number, global_rows: number, clip_range: number, d_values: Float32Array): Float64Array;

/**
 * See `rl::vtrace`: fills `errors`, `q` and `advantages`.
 */
export function vtrace(log_probs: Float32Array, behavior: Float32Array, rewards: Float32Array, values: Float32Array, next_values: Float32Array, discounts: Float32Array, mask: Uint8Array, row_lengths: Uint32Array, lambda: number, rho_bar: number, policy_rho_bar: number, errors: Float32Array, q: Float32Array, advantages: Float32Array): void;

/**
 * See `rl::whiten`: changes `values` in place.
 */
export function whiten(values: Float32Array, mask: Uint8Array, epsilon: number): void;

export type InitInput = RequestInfo | URL | Response | BufferSource | WebAssembly.Module;

export interface InitOutput {
    readonly memory: WebAssembly.Memory;
    readonly __wbg_beliefmodel_free: (a: number, b: number) => void;
    readonly __wbg_bytepairtokenizer_free: (a: number, b: number) => void;
    readonly __wbg_chainsample_free: (a: number, b: number) => void;
    readonly __wbg_characterstream_free: (a: number, b: number) => void;
    readonly __wbg_checksum_free: (a: number, b: number) => void;
    readonly __wbg_gemmbench_free: (a: number, b: number) => void;
    readonly __wbg_get_chainsample_behaviorLogProb: (a: number) => number;
    readonly __wbg_get_chainsample_rawLogProb: (a: number) => number;
    readonly __wbg_get_chainsample_token: (a: number) => number;
    readonly __wbg_get_sampledtoken_behaviorLogProb: (a: number) => number;
    readonly __wbg_get_sampledtoken_rawLogProb: (a: number) => number;
    readonly __wbg_get_sampledtoken_token: (a: number) => number;
    readonly __wbg_linearmodel_free: (a: number, b: number) => void;
    readonly __wbg_logisticmodel_free: (a: number, b: number) => void;
    readonly __wbg_packedtransformer_free: (a: number, b: number) => void;
    readonly __wbg_piecemodel_free: (a: number, b: number) => void;
    readonly __wbg_sampledtoken_free: (a: number, b: number) => void;
    readonly __wbg_sampler_free: (a: number, b: number) => void;
    readonly __wbg_samplerchain_free: (a: number, b: number) => void;
    readonly __wbg_samples_free: (a: number, b: number) => void;
    readonly __wbg_scores_free: (a: number, b: number) => void;
    readonly __wbg_set_chainsample_behaviorLogProb: (a: number, b: number) => void;
    readonly __wbg_set_chainsample_rawLogProb: (a: number, b: number) => void;
    readonly __wbg_set_chainsample_token: (a: number, b: number) => void;
    readonly __wbg_set_sampledtoken_behaviorLogProb: (a: number, b: number) => void;
    readonly __wbg_set_sampledtoken_rawLogProb: (a: number, b: number) => void;
    readonly __wbg_set_sampledtoken_token: (a: number, b: number) => void;
    readonly __wbg_trainedbytepairs_free: (a: number, b: number) => void;
    readonly __wbg_transformer_free: (a: number, b: number) => void;
    readonly __wbg_transformerblocks_free: (a: number, b: number) => void;
    readonly actionValueLoss: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number, p: number, q: number, r: number, s: number, t: number, u: number, v: any, w: number, x: number, y: any) => [number, number, number, number];
    readonly adafactor: (a: number, b: number, c: any, d: number, e: number, f: number, g: number, h: any, i: number, j: number, k: any, l: number, m: number, n: number, o: number, p: number, q: number, r: number, s: number, t: number, u: number) => [number, number];
    readonly adam: (a: number, b: number, c: any, d: number, e: number, f: any, g: number, h: number, i: any, j: number, k: number, l: any, m: number, n: number, o: number, p: number, q: number, r: number, s: number) => [number, number];
    readonly adamw: (a: number, b: number, c: any, d: number, e: number, f: number, g: number, h: any, i: number, j: number, k: any, l: number, m: number, n: number, o: number, p: number, q: number, r: number) => [number, number];
    readonly advantageWeights: (a: number, b: number, c: number, d: number, e: number, f: number, g: number) => [number, number, number, number];
    readonly beliefmodel_estimates: (a: number, b: number, c: number) => [number, number];
    readonly beliefmodel_exploit: (a: number, b: number, c: number) => [number, number];
    readonly beliefmodel_explore: (a: number, b: number, c: number) => [number, number];
    readonly beliefmodel_fork: (a: number) => number;
    readonly beliefmodel_learn: (a: number, b: number, c: number, d: number, e: number, f: number) => [number, number];
    readonly beliefmodel_new: (a: number, b: number, c: number, d: number, e: number) => [number, number, number];
    readonly beliefmodel_read: (a: number, b: number) => [number, number, number, number];
    readonly beliefmodel_restore: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number, p: number, q: number) => [number, number];
    readonly bytepairtokenizer_decode: (a: number, b: number, c: number, d: number) => [number, number];
    readonly bytepairtokenizer_encode: (a: number, b: number, c: number, d: number) => [number, number];
    readonly bytepairtokenizer_encodeWithOffsets: (a: number, b: number, c: number, d: number) => [number, number];
    readonly bytepairtokenizer_new: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number, p: number, q: number, r: number, s: number) => [number, number, number];
    readonly bytepairtokenizer_size: (a: number) => number;
    readonly bytepairtokenizer_tokenBytes: (a: number, b: number) => [number, number];
    readonly categorical: (a: number, b: number, c: number, d: number, e: number, f: number, g: any, h: number, i: number, j: any) => [number, number];
    readonly categoricalBackward: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => [number, number, number, number];
    readonly characterstream_finish: (a: number) => [number, number];
    readonly characterstream_new: () => number;
    readonly characterstream_push: (a: number, b: number, c: number) => [number, number];
    readonly checksum_digest: (a: number) => [number, number];
    readonly checksum_new: () => number;
    readonly checksum_update: (a: number, b: number, c: number) => void;
    readonly clipScale: (a: number, b: number, c: number) => number;
    readonly crossEntropy: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number, p: number, q: number, r: number, s: any) => [number, number, number, number];
    readonly dequantize: (a: number, b: number, c: number) => [number, number, number, number];
    readonly discountedReturns: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number) => [number, number, number, number];
    readonly distillation: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number, p: number, q: any) => [number, number, number, number];
    readonly elementary: (a: number, b: number, c: number, d: number) => [number, number, number, number];
    readonly entropyBonus: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number, p: any) => [number, number, number, number];
    readonly epsilonGreedy: (a: number, b: number, c: number) => [number, number, number, number];
    readonly expectileLoss: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number, p: number, q: number, r: any) => [number, number, number, number];
    readonly gae: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number, p: number, q: any, r: number, s: number, t: any) => [number, number];
    readonly gemm: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number) => [number, number, number, number];
    readonly gemmbench_new: (a: number, b: number, c: number, d: number, e: number) => [number, number, number];
    readonly gemmbench_result: (a: number) => [number, number];
    readonly gemmbench_run: (a: number, b: number) => number;
    readonly globalNorm: (a: number, b: number) => number;
    readonly groupAdvantages: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number) => [number, number, number, number];
    readonly importanceWeights: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number, p: number, q: any) => [number, number, number, number];
    readonly instructionSet: () => [number, number];
    readonly inverseGap: (a: number, b: number, c: number, d: number, e: number, f: number) => [number, number, number, number];
    readonly judgedLoss: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number, p: number, q: number, r: number, s: number, t: number, u: number, v: any) => [number, number, number, number];
    readonly klEstimate: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: any, k: number, l: number, m: any) => [number, number];
    readonly lambdaReturns: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number) => [number, number, number, number];
    readonly linearmodel_backward: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number) => [number, number];
    readonly linearmodel_backwardScores: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number) => [number, number];
    readonly linearmodel_decide: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: bigint, m: number, n: number) => [number, number, number, number];
    readonly linearmodel_evaluate: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number) => [number, number, number, number];
    readonly linearmodel_follow: (a: number, b: number, c: number) => [number, number];
    readonly linearmodel_new: (a: number, b: number, c: number) => [number, number, number];
    readonly linearmodel_parameterCount: (a: number) => number;
    readonly linearmodel_readGradients: (a: number) => [number, number, number, number];
    readonly linearmodel_readSquares: (a: number) => [number, number, number, number];
    readonly linearmodel_readWeights: (a: number) => [number, number, number, number];
    readonly linearmodel_score: (a: number, b: number, c: number, d: number, e: number, f: number, g: number) => [number, number, number, number];
    readonly linearmodel_update: (a: number, b: number, c: number, d: number, e: number) => number;
    readonly linearmodel_writeGradients: (a: number, b: number, c: number) => [number, number];
    readonly linearmodel_writeSquares: (a: number, b: number, c: number) => [number, number];
    readonly linearmodel_writeWeights: (a: number, b: number, c: number) => [number, number];
    readonly lion: (a: number, b: number, c: any, d: number, e: number, f: number, g: number, h: any, i: number, j: number, k: number, l: number, m: number) => [number, number];
    readonly logNormalizer: (a: number, b: number, c: number, d: number, e: number) => [number, number, number];
    readonly logisticmodel_deviations: (a: number, b: number, c: number, d: number, e: number, f: number, g: number) => [number, number, number, number];
    readonly logisticmodel_fork: (a: number) => [number, number, number];
    readonly logisticmodel_learn: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number) => [number, number];
    readonly logisticmodel_new: (a: number, b: number, c: number) => [number, number, number];
    readonly logisticmodel_readSquares: (a: number) => [number, number, number, number];
    readonly logisticmodel_readWeights: (a: number) => [number, number, number, number];
    readonly logisticmodel_scores: (a: number, b: number, c: number, d: number, e: number, f: number, g: number) => [number, number, number, number];
    readonly logisticmodel_writeSquares: (a: number, b: number, c: number) => [number, number];
    readonly logisticmodel_writeWeights: (a: number, b: number, c: number) => [number, number];
    readonly maskedGae: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: any, n: number, o: number, p: any) => [number, number];
    readonly muon: (a: number, b: number, c: any, d: number, e: number, f: number, g: number, h: any, i: number, j: number, k: number, l: number, m: number, n: number, o: number) => [number, number];
    readonly nStepReturns: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number) => [number, number, number, number];
    readonly nextActionValues: (a: number, b: number, c: number, d: number, e: number, f: number, g: number) => [number, number, number, number];
    readonly nll: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: any) => [number, number, number, number];
    readonly normalDraws: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => [number, number, number, number];
    readonly packRows: (a: number, b: number, c: number, d: number, e: number, f: number) => [number, number, number, number];
    readonly packedProduct: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number) => [number, number, number, number];
    readonly packedtransformer_adaptSlot: (a: number, b: number, c: number) => [number, number];
    readonly packedtransformer_adapterAdamw: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => [number, number, number];
    readonly packedtransformer_adapterUpdates: (a: number, b: number) => [number, number, number];
    readonly packedtransformer_addAdapter: (a: number, b: number, c: number, d: number, e: number, f: number, g: bigint) => [number, number, number];
    readonly packedtransformer_backward: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number) => [number, number];
    readonly packedtransformer_cacheBytes: (a: number) => number;
    readonly packedtransformer_closeSlot: (a: number, b: number) => [number, number];
    readonly packedtransformer_copySlot: (a: number, b: number, c: number) => [number, number, number];
    readonly packedtransformer_feed: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number) => [number, number];
    readonly packedtransformer_forward: (a: number, b: number, c: number, d: number, e: number) => [number, number];
    readonly packedtransformer_lastLogits: (a: number) => [number, number, number, number];
    readonly packedtransformer_lastLogitsUnder: (a: number, b: number, c: number, d: number, e: number) => [number, number, number, number];
    readonly packedtransformer_lastValues: (a: number) => [number, number];
    readonly packedtransformer_learnAdapter: (a: number, b: number) => [number, number];
    readonly packedtransformer_logitsAt: (a: number, b: number, c: number) => [number, number, number, number];
    readonly packedtransformer_new: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number, p: number, q: number, r: number) => [number, number, number];
    readonly packedtransformer_openSlot: (a: number) => number;
    readonly packedtransformer_parameterCount: (a: number) => number;
    readonly packedtransformer_readAdapter: (a: number, b: number) => [number, number, number, number];
    readonly packedtransformer_readAdapterGradients: (a: number, b: number) => [number, number, number, number];
    readonly packedtransformer_readAdapterMoments: (a: number, b: number) => [number, number, number, number];
    readonly packedtransformer_readRows: (a: number, b: number, c: number, d: number, e: number) => [number, number, number, number];
    readonly packedtransformer_removeAdapter: (a: number, b: number) => [number, number];
    readonly packedtransformer_restoreSlot: (a: number, b: number, c: number) => [number, number, number];
    readonly packedtransformer_sampleLast: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number, p: number) => [number, number, number];
    readonly packedtransformer_saveSlot: (a: number, b: number) => [number, number, number, number];
    readonly packedtransformer_score: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number) => [number, number, number];
    readonly packedtransformer_setLongRopeFrequencies: (a: number, b: number, c: number, d: number, e: number) => [number, number];
    readonly packedtransformer_setRopeFrequencies: (a: number, b: number, c: number, d: number, e: number) => [number, number];
    readonly packedtransformer_slotLength: (a: number, b: number) => [number, number, number];
    readonly packedtransformer_slotTokens: (a: number, b: number) => [number, number, number, number];
    readonly packedtransformer_tensorNames: (a: number) => [number, number];
    readonly packedtransformer_tensorShape: (a: number, b: number, c: number) => [number, number, number, number];
    readonly packedtransformer_truncateSlot: (a: number, b: number, c: number) => [number, number];
    readonly packedtransformer_valuesAt: (a: number, b: number, c: number) => [number, number, number, number];
    readonly packedtransformer_weightBytes: (a: number) => number;
    readonly packedtransformer_writeAdapter: (a: number, b: number, c: number, d: number) => [number, number];
    readonly packedtransformer_writeAdapterGradients: (a: number, b: number, c: number, d: number) => [number, number];
    readonly packedtransformer_writeAdapterMoments: (a: number, b: number, c: number, d: number, e: number) => [number, number];
    readonly packedtransformer_writeRows: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => [number, number];
    readonly peakDotProducts: (a: number) => number;
    readonly peakMultiplyAdds: (a: number) => number;
    readonly piecemodel_encode: (a: number, b: number, c: number, d: number, e: number) => [number, number, number, number];
    readonly piecemodel_encodeWithSpans: (a: number, b: number, c: number, d: number, e: number) => [number, number, number, number];
    readonly piecemodel_pairs: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number, p: number) => [number, number, number];
    readonly piecemodel_rankedPairs: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number) => [number, number, number];
    readonly piecemodel_unigram: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => [number, number, number];
    readonly piecemodel_wordPiece: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number) => [number, number, number];
    readonly piecemodel_words: (a: number, b: number, c: number, d: number, e: number, f: number, g: number) => [number, number, number];
    readonly policyLoss: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number, p: number, q: number, r: number, s: number, t: number, u: number, v: number, w: number, x: number, y: number, z: number, a1: number, b1: number, c1: number, d1: number, e1: number, f1: any) => [number, number, number, number];
    readonly preferenceLoss: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number, p: number, q: number, r: number, s: number, t: number, u: number, v: number, w: number, x: number, y: number, z: number, a1: number, b1: number, c1: number, d1: number, e1: number, f1: number, g1: any) => [number, number, number, number];
    readonly probabilities: (a: number, b: number, c: number, d: number, e: number) => [number, number, number, number];
    readonly rejectionMask: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number) => [number, number, number, number];
    readonly retrace: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number, p: number) => [number, number, number, number];
    readonly rmsprop: (a: number, b: number, c: any, d: number, e: number, f: number, g: number, h: any, i: number, j: number, k: any, l: number, m: number, n: any, o: number, p: number, q: number, r: number, s: number, t: number) => [number, number];
    readonly sampleRows: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number, p: number, q: number, r: number) => [number, number, number];
    readonly sampler_filter: (a: number, b: number, c: number, d: number, e: number) => [number, number, number, number];
    readonly sampler_new: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => [number, number, number];
    readonly sampler_sample: (a: number, b: number, c: number, d: number, e: number, f: number) => [number, number, number];
    readonly sampler_setPenalties: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => [number, number];
    readonly samplerchain_adaptive: (a: number, b: number, c: number) => void;
    readonly samplerchain_bias: (a: number, b: number, c: number) => void;
    readonly samplerchain_dry: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number) => [number, number];
    readonly samplerchain_filter: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: bigint, i: number, j: number) => [number, number, number, number];
    readonly samplerchain_infill: (a: number, b: number, c: number, d: number, e: number, f: number, g: number) => [number, number];
    readonly samplerchain_mu: (a: number) => number;
    readonly samplerchain_new: (a: number, b: number, c: number, d: number, e: number, f: number, g: number) => number;
    readonly samplerchain_sample: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: bigint, i: number, j: number) => number;
    readonly samplerchain_set_mu: (a: number, b: number) => void;
    readonly samplerchain_step: (a: number, b: number, c: number, d: number, e: number, f: number) => [number, number];
    readonly samples_behaviorLogProbs: (a: number) => [number, number];
    readonly samples_rawLogProbs: (a: number) => [number, number];
    readonly samples_tokens: (a: number) => [number, number];
    readonly samplingUniform: (a: bigint, b: number, c: number) => number;
    readonly scoreRows: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number) => [number, number, number];
    readonly scores_entropies: (a: number) => [number, number];
    readonly scores_logProbs: (a: number) => [number, number];
    readonly sequenceLogRatios: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number) => [number, number, number, number];
    readonly sgd: (a: number, b: number, c: any, d: number, e: number, f: number, g: number, h: any, i: number, j: number, k: number, l: number, m: number) => [number, number];
    readonly softValues: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: any, i: number, j: number, k: any, l: number, m: number, n: any) => [number, number];
    readonly softmaxEntropy: (a: number, b: number, c: number, d: number, e: number) => [number, number, number];
    readonly softmaxExploration: (a: number, b: number, c: number) => [number, number, number, number];
    readonly textFeatures: (a: number, b: number, c: number, d: number, e: number, f: number) => [number, number];
    readonly textIdentity: (a: number, b: number) => number;
    readonly thompson: (a: number, b: number, c: number) => [number, number, number, number];
    readonly tokenWeights: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => [number, number, number, number];
    readonly topEntropyMask: (a: number, b: number, c: number, d: number, e: number) => [number, number, number, number];
    readonly topLogProbs: (a: number, b: number, c: number) => [number, number];
    readonly trainBytePairs: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number) => [number, number, number];
    readonly trainedbytepairs_merges: (a: number) => [number, number];
    readonly trainedbytepairs_tokenBytes: (a: number) => [number, number];
    readonly trainedbytepairs_tokenLengths: (a: number) => [number, number];
    readonly transformer_adamw: (a: number, b: number, c: number, d: number, e: number, f: number, g: number) => [number, number, number];
    readonly transformer_adaptSlot: (a: number, b: number, c: number) => [number, number];
    readonly transformer_adapterAdamw: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => [number, number, number];
    readonly transformer_adapterUpdates: (a: number, b: number) => [number, number, number];
    readonly transformer_addAdapter: (a: number, b: number, c: number, d: number, e: number, f: number, g: bigint) => [number, number, number];
    readonly transformer_backward: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number) => [number, number];
    readonly transformer_checkpointLayers: (a: number, b: number) => void;
    readonly transformer_clearGradients: (a: number) => void;
    readonly transformer_closeSlot: (a: number, b: number) => [number, number];
    readonly transformer_feed: (a: number, b: number, c: number, d: number, e: number, f: number, g: number) => [number, number];
    readonly transformer_forward: (a: number, b: number, c: number, d: number, e: number) => [number, number];
    readonly transformer_initialize: (a: number, b: bigint) => void;
    readonly transformer_lastLogits: (a: number) => [number, number, number, number];
    readonly transformer_lastLogitsUnder: (a: number, b: number, c: number, d: number, e: number) => [number, number, number, number];
    readonly transformer_lastValues: (a: number) => [number, number, number, number];
    readonly transformer_learnAdapter: (a: number, b: number) => [number, number];
    readonly transformer_logitsAt: (a: number, b: number, c: number) => [number, number, number, number];
    readonly transformer_new: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number) => [number, number, number];
    readonly transformer_openSlot: (a: number) => number;
    readonly transformer_parameterCount: (a: number) => number;
    readonly transformer_readAdapter: (a: number, b: number) => [number, number, number, number];
    readonly transformer_readAdapterGradients: (a: number, b: number) => [number, number, number, number];
    readonly transformer_readAdapterMoments: (a: number, b: number) => [number, number, number, number];
    readonly transformer_readGradient: (a: number, b: number, c: number) => [number, number, number, number];
    readonly transformer_readGradients: (a: number) => [number, number, number, number];
    readonly transformer_readMoments: (a: number) => [number, number, number, number];
    readonly transformer_readParameters: (a: number) => [number, number, number, number];
    readonly transformer_readTensor: (a: number, b: number, c: number) => [number, number, number, number];
    readonly transformer_removeAdapter: (a: number, b: number) => [number, number];
    readonly transformer_sampleLast: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number, p: number) => [number, number, number];
    readonly transformer_score: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number) => [number, number, number];
    readonly transformer_setLongRopeFrequencies: (a: number, b: number, c: number, d: number, e: number) => [number, number];
    readonly transformer_setRopeFrequencies: (a: number, b: number, c: number, d: number, e: number) => [number, number];
    readonly transformer_set_updates: (a: number, b: number) => void;
    readonly transformer_slotLength: (a: number, b: number) => [number, number, number];
    readonly transformer_tensorNames: (a: number) => [number, number];
    readonly transformer_tensorShape: (a: number, b: number, c: number) => [number, number, number, number];
    readonly transformer_truncateSlot: (a: number, b: number, c: number) => [number, number];
    readonly transformer_updates: (a: number) => number;
    readonly transformer_valuesAt: (a: number, b: number, c: number) => [number, number, number, number];
    readonly transformer_writeAdapter: (a: number, b: number, c: number, d: number) => [number, number];
    readonly transformer_writeAdapterGradients: (a: number, b: number, c: number, d: number) => [number, number];
    readonly transformer_writeAdapterMoments: (a: number, b: number, c: number, d: number, e: number) => [number, number];
    readonly transformer_writeGradients: (a: number, b: number, c: number) => [number, number];
    readonly transformer_writeMoments: (a: number, b: number, c: number) => [number, number];
    readonly transformer_writeParameters: (a: number, b: number, c: number) => [number, number];
    readonly transformer_writeTensor: (a: number, b: number, c: number, d: number, e: number) => [number, number];
    readonly transformerblocks_new: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number, p: number, q: number, r: number, s: number) => [number, number, number];
    readonly uniform: (a: number, b: number, c: number) => number;
    readonly unlikelihood: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number, p: number, q: number, r: number, s: any) => [number, number, number, number];
    readonly upgo: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => [number, number, number, number];
    readonly valueLoss: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number, p: number, q: number, r: number, s: number, t: any) => [number, number, number, number];
    readonly vtrace: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number, p: number, q: number, r: number, s: number, t: number, u: number, v: any, w: number, x: number, y: any, z: number, a1: number, b1: any) => [number, number];
    readonly whiten: (a: number, b: number, c: any, d: number, e: number, f: number) => [number, number];
    readonly __wbindgen_malloc: (a: number, b: number) => number;
    readonly __wbindgen_realloc: (a: number, b: number, c: number, d: number) => number;
    readonly __wbindgen_externrefs: WebAssembly.Table;
    readonly __externref_table_dealloc: (a: number) => void;
    readonly __wbindgen_free: (a: number, b: number, c: number) => void;
    readonly __externref_drop_slice: (a: number, b: number) => void;
    readonly __externref_table_alloc: () => number;
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
