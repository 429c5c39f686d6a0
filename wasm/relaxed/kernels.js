/* @ts-self-types="./kernels.d.ts" */

/**
 * Learns which of a fixed list of actions is right from single judgements.
 */
export class BeliefModel {
    static __wrap(ptr) {
        const obj = Object.create(BeliefModel.prototype);
        obj.__wbg_ptr = ptr;
        BeliefModelFinalization.register(obj, obj.__wbg_ptr, obj);
        return obj;
    }
    __destroy_into_raw() {
        const ptr = this.__wbg_ptr;
        this.__wbg_ptr = 0;
        BeliefModelFinalization.unregister(this);
        return ptr;
    }
    free() {
        const ptr = this.__destroy_into_raw();
        wasm.__wbg_beliefmodel_free(ptr, 0);
    }
    /**
     * [actions] probability that each is right.
     * @param {Uint32Array} features
     * @returns {Float32Array}
     */
    estimates(features) {
        const ptr0 = passArray32ToWasm0(features, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.beliefmodel_estimates(this.__wbg_ptr, ptr0, len0);
        var v2 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v2;
    }
    /**
     * [actions] the best estimate, as logits.
     * @param {Uint32Array} features
     * @returns {Float32Array}
     */
    exploit(features) {
        const ptr0 = passArray32ToWasm0(features, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.beliefmodel_exploit(this.__wbg_ptr, ptr0, len0);
        var v2 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v2;
    }
    /**
     * [actions] what to act on while judgements are expected.
     * @param {Uint32Array} features
     * @returns {Float32Array}
     */
    explore(features) {
        const ptr0 = passArray32ToWasm0(features, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.beliefmodel_explore(this.__wbg_ptr, ptr0, len0);
        var v2 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v2;
    }
    /**
     * An equal model of its own.
     * @returns {BeliefModel}
     */
    fork() {
        const ret = wasm.beliefmodel_fork(this.__wbg_ptr);
        return BeliefModel.__wrap(ret);
    }
    /**
     * Learns one judgement.
     * @param {Uint32Array} features
     * @param {number} action
     * @param {number} reward
     * @param {number} weight
     */
    learn(features, action, reward, weight) {
        const ptr0 = passArray32ToWasm0(features, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.beliefmodel_learn(this.__wbg_ptr, ptr0, len0, action, reward, weight);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * `names`: feature ids of each action's text, row i at `offsets[i]..offsets[i + 1]`; no offsets where texts say nothing.
     * @param {number} actions
     * @param {Uint32Array} names
     * @param {Uint32Array} offsets
     */
    constructor(actions, names, offsets) {
        const ptr0 = passArray32ToWasm0(names, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArray32ToWasm0(offsets, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ret = wasm.beliefmodel_new(actions, ptr0, len0, ptr1, len1);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        this.__wbg_ptr = ret[0];
        BeliefModelFinalization.register(this, this.__wbg_ptr, this);
        return this;
    }
    /**
     * The state in numbers, by part: 0 counters, 1 entries, 2 slots, 3 confirmed, 4 rows, 5 weights, 6 squares, 7 clusters.
     * @param {number} part
     * @returns {Float32Array}
     */
    read(part) {
        const ret = wasm.beliefmodel_read(this.__wbg_ptr, part);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v1 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v1;
    }
    /**
     * Takes a state that `read` gave; a wrong one changes nothing.
     * @param {Float32Array} counters
     * @param {Float32Array} entries
     * @param {Float32Array} slots
     * @param {Float32Array} confirmed
     * @param {Float32Array} rows
     * @param {Float32Array} weights
     * @param {Float32Array} squares
     * @param {Float32Array} clusters
     */
    restore(counters, entries, slots, confirmed, rows, weights, squares, clusters) {
        const ptr0 = passArrayF32ToWasm0(counters, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArrayF32ToWasm0(entries, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ptr2 = passArrayF32ToWasm0(slots, wasm.__wbindgen_malloc);
        const len2 = WASM_VECTOR_LEN;
        const ptr3 = passArrayF32ToWasm0(confirmed, wasm.__wbindgen_malloc);
        const len3 = WASM_VECTOR_LEN;
        const ptr4 = passArrayF32ToWasm0(rows, wasm.__wbindgen_malloc);
        const len4 = WASM_VECTOR_LEN;
        const ptr5 = passArrayF32ToWasm0(weights, wasm.__wbindgen_malloc);
        const len5 = WASM_VECTOR_LEN;
        const ptr6 = passArrayF32ToWasm0(squares, wasm.__wbindgen_malloc);
        const len6 = WASM_VECTOR_LEN;
        const ptr7 = passArrayF32ToWasm0(clusters, wasm.__wbindgen_malloc);
        const len7 = WASM_VECTOR_LEN;
        const ret = wasm.beliefmodel_restore(this.__wbg_ptr, ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3, ptr4, len4, ptr5, len5, ptr6, len6, ptr7, len7);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
}
if (Symbol.dispose) BeliefModel.prototype[Symbol.dispose] = BeliefModel.prototype.free;

/**
 * A byte-level byte-pair tokenizer.
 */
export class BytePairTokenizer {
    __destroy_into_raw() {
        const ptr = this.__wbg_ptr;
        this.__wbg_ptr = 0;
        BytePairTokenizerFinalization.unregister(this);
        return ptr;
    }
    free() {
        const ptr = this.__destroy_into_raw();
        wasm.__wbg_bytepairtokenizer_free(ptr, 0);
    }
    /**
     * @param {Uint32Array} ids
     * @param {boolean} skip_special
     * @returns {string}
     */
    decode(ids, skip_special) {
        let deferred2_0;
        let deferred2_1;
        try {
            const ptr0 = passArray32ToWasm0(ids, wasm.__wbindgen_malloc);
            const len0 = WASM_VECTOR_LEN;
            const ret = wasm.bytepairtokenizer_decode(this.__wbg_ptr, ptr0, len0, skip_special);
            deferred2_0 = ret[0];
            deferred2_1 = ret[1];
            return getStringFromWasm0(ret[0], ret[1]);
        } finally {
            wasm.__wbindgen_free(deferred2_0, deferred2_1, 1);
        }
    }
    /**
     * ids, then start and end of each in code points: [3 × ids].
     * @param {string} text
     * @param {boolean} parse_special
     * @returns {Uint32Array}
     */
    encodeWithOffsets(text, parse_special) {
        const ptr0 = passStringToWasm0(text, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.bytepairtokenizer_encodeWithOffsets(this.__wbg_ptr, ptr0, len0, parse_special);
        var v2 = getArrayU32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v2;
    }
    /**
     * @param {string} text
     * @param {boolean} parse_special
     * @returns {Uint32Array}
     */
    encode(text, parse_special) {
        const ptr0 = passStringToWasm0(text, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.bytepairtokenizer_encode(this.__wbg_ptr, ptr0, len0, parse_special);
        var v2 = getArrayU32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v2;
    }
    /**
     * Tokens as concatenated bytes, their lengths and ids; merges as (left, right, product) ids by rank.
     * @param {Uint8Array} token_bytes
     * @param {Uint32Array} token_lengths
     * @param {Uint32Array} token_ids
     * @param {Uint32Array} merges
     * @param {Uint8Array} added_bytes
     * @param {Uint32Array} added_lengths
     * @param {Uint32Array} added_ids
     * @param {Uint8Array} added_special
     * @param {string} split_name
     * @param {boolean} ignore_merges
     */
    constructor(token_bytes, token_lengths, token_ids, merges, added_bytes, added_lengths, added_ids, added_special, split_name, ignore_merges) {
        const ptr0 = passArray8ToWasm0(token_bytes, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArray32ToWasm0(token_lengths, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ptr2 = passArray32ToWasm0(token_ids, wasm.__wbindgen_malloc);
        const len2 = WASM_VECTOR_LEN;
        const ptr3 = passArray32ToWasm0(merges, wasm.__wbindgen_malloc);
        const len3 = WASM_VECTOR_LEN;
        const ptr4 = passArray8ToWasm0(added_bytes, wasm.__wbindgen_malloc);
        const len4 = WASM_VECTOR_LEN;
        const ptr5 = passArray32ToWasm0(added_lengths, wasm.__wbindgen_malloc);
        const len5 = WASM_VECTOR_LEN;
        const ptr6 = passArray32ToWasm0(added_ids, wasm.__wbindgen_malloc);
        const len6 = WASM_VECTOR_LEN;
        const ptr7 = passArray8ToWasm0(added_special, wasm.__wbindgen_malloc);
        const len7 = WASM_VECTOR_LEN;
        const ptr8 = passStringToWasm0(split_name, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
        const len8 = WASM_VECTOR_LEN;
        const ret = wasm.bytepairtokenizer_new(ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3, ptr4, len4, ptr5, len5, ptr6, len6, ptr7, len7, ptr8, len8, ignore_merges);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        this.__wbg_ptr = ret[0];
        BytePairTokenizerFinalization.register(this, this.__wbg_ptr, this);
        return this;
    }
    /**
     * @returns {number}
     */
    get size() {
        const ret = wasm.bytepairtokenizer_size(this.__wbg_ptr);
        return ret >>> 0;
    }
    /**
     * Bytes of one token; empty when there is none.
     * @param {number} id
     * @returns {Uint8Array}
     */
    tokenBytes(id) {
        const ret = wasm.bytepairtokenizer_tokenBytes(this.__wbg_ptr, id);
        var v1 = getArrayU8FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 1, 1);
        return v1;
    }
}
if (Symbol.dispose) BytePairTokenizer.prototype[Symbol.dispose] = BytePairTokenizer.prototype.free;

/**
 * One drawn token.
 */
export class ChainSample {
    static __wrap(ptr) {
        const obj = Object.create(ChainSample.prototype);
        obj.__wbg_ptr = ptr;
        ChainSampleFinalization.register(obj, obj.__wbg_ptr, obj);
        return obj;
    }
    __destroy_into_raw() {
        const ptr = this.__wbg_ptr;
        this.__wbg_ptr = 0;
        ChainSampleFinalization.unregister(this);
        return ptr;
    }
    free() {
        const ptr = this.__destroy_into_raw();
        wasm.__wbg_chainsample_free(ptr, 0);
    }
    /**
     * @returns {number}
     */
    get behaviorLogProb() {
        const ret = wasm.__wbg_get_chainsample_behaviorLogProb(this.__wbg_ptr);
        return ret;
    }
    /**
     * @returns {number}
     */
    get rawLogProb() {
        const ret = wasm.__wbg_get_chainsample_rawLogProb(this.__wbg_ptr);
        return ret;
    }
    /**
     * @returns {number}
     */
    get token() {
        const ret = wasm.__wbg_get_chainsample_token(this.__wbg_ptr);
        return ret >>> 0;
    }
    /**
     * @param {number} arg0
     */
    set behaviorLogProb(arg0) {
        wasm.__wbg_set_chainsample_behaviorLogProb(this.__wbg_ptr, arg0);
    }
    /**
     * @param {number} arg0
     */
    set rawLogProb(arg0) {
        wasm.__wbg_set_chainsample_rawLogProb(this.__wbg_ptr, arg0);
    }
    /**
     * @param {number} arg0
     */
    set token(arg0) {
        wasm.__wbg_set_chainsample_token(this.__wbg_ptr, arg0);
    }
}
if (Symbol.dispose) ChainSample.prototype[Symbol.dispose] = ChainSample.prototype.free;

/**
 * Bytes in, whole characters out.
 */
export class CharacterStream {
    __destroy_into_raw() {
        const ptr = this.__wbg_ptr;
        this.__wbg_ptr = 0;
        CharacterStreamFinalization.unregister(this);
        return ptr;
    }
    free() {
        const ptr = this.__destroy_into_raw();
        wasm.__wbg_characterstream_free(ptr, 0);
    }
    /**
     * What is held back, with U+FFFD for broken characters.
     * @returns {string}
     */
    finish() {
        let deferred1_0;
        let deferred1_1;
        try {
            const ret = wasm.characterstream_finish(this.__wbg_ptr);
            deferred1_0 = ret[0];
            deferred1_1 = ret[1];
            return getStringFromWasm0(ret[0], ret[1]);
        } finally {
            wasm.__wbindgen_free(deferred1_0, deferred1_1, 1);
        }
    }
    constructor() {
        const ret = wasm.characterstream_new();
        this.__wbg_ptr = ret;
        CharacterStreamFinalization.register(this, this.__wbg_ptr, this);
        return this;
    }
    /**
     * Adds a token; gives the text that became whole, or undefined.
     * @param {BytePairTokenizer} tokenizer
     * @param {number} id
     * @returns {string | undefined}
     */
    push(tokenizer, id) {
        _assertClass(tokenizer, BytePairTokenizer);
        const ret = wasm.characterstream_push(this.__wbg_ptr, tokenizer.__wbg_ptr, id);
        let v1;
        if (ret[0] !== 0) {
            v1 = getStringFromWasm0(ret[0], ret[1]);
            wasm.__wbindgen_free(ret[0], ret[1] * 1, 1);
        }
        return v1;
    }
}
if (Symbol.dispose) CharacterStream.prototype[Symbol.dispose] = CharacterStream.prototype.free;

/**
 * XXH64 with the seed 0 of everything that it is given: it finds damage, not intent. Owns its memory: dispose it.
 */
export class Checksum {
    __destroy_into_raw() {
        const ptr = this.__wbg_ptr;
        this.__wbg_ptr = 0;
        ChecksumFinalization.unregister(this);
        return ptr;
    }
    free() {
        const ptr = this.__destroy_into_raw();
        wasm.__wbg_checksum_free(ptr, 0);
    }
    /**
     * Of all bytes so far, as 16 hexadecimal digits.
     * @returns {string}
     */
    digest() {
        let deferred1_0;
        let deferred1_1;
        try {
            const ret = wasm.checksum_digest(this.__wbg_ptr);
            deferred1_0 = ret[0];
            deferred1_1 = ret[1];
            return getStringFromWasm0(ret[0], ret[1]);
        } finally {
            wasm.__wbindgen_free(deferred1_0, deferred1_1, 1);
        }
    }
    /**
     * Of nothing yet.
     */
    constructor() {
        const ret = wasm.checksum_new();
        this.__wbg_ptr = ret;
        ChecksumFinalization.register(this, this.__wbg_ptr, this);
        return this;
    }
    /**
     * Goes on with more bytes.
     * @param {Uint8Array} bytes
     */
    update(bytes) {
        const ptr0 = passArray8ToWasm0(bytes, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        wasm.checksum_update(this.__wbg_ptr, ptr0, len0);
    }
}
if (Symbol.dispose) Checksum.prototype[Symbol.dispose] = Checksum.prototype.free;

/**
 * A product with its own random matrices, so that a benchmark times nothing but the product.
 */
export class GemmBench {
    __destroy_into_raw() {
        const ptr = this.__wbg_ptr;
        this.__wbg_ptr = 0;
        GemmBenchFinalization.unregister(this);
        return ptr;
    }
    free() {
        const ptr = this.__destroy_into_raw();
        wasm.__wbg_gemmbench_free(ptr, 0);
    }
    /**
     * Kinds as in `gemm`.
     * @param {string} kind
     * @param {number} m
     * @param {number} n
     * @param {number} k
     */
    constructor(kind, m, n, k) {
        const ptr0 = passStringToWasm0(kind, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.gemmbench_new(ptr0, len0, m, n, k);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        this.__wbg_ptr = ret[0];
        GemmBenchFinalization.register(this, this.__wbg_ptr, this);
        return this;
    }
    /**
     * The product of the last run.
     * @returns {Float32Array}
     */
    result() {
        const ret = wasm.gemmbench_result(this.__wbg_ptr);
        var v1 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v1;
    }
    /**
     * Multiplies `times` times; returns one element so that nothing can be dropped.
     * @param {number} times
     * @returns {number}
     */
    run(times) {
        const ret = wasm.gemmbench_run(this.__wbg_ptr, times);
        return ret;
    }
}
if (Symbol.dispose) GemmBench.prototype[Symbol.dispose] = GemmBench.prototype.free;

/**
 * Softmax policy with a value over hashed features; owns its weights, AdaGrad memory and accumulated gradient.
 */
export class LinearModel {
    __destroy_into_raw() {
        const ptr = this.__wbg_ptr;
        this.__wbg_ptr = 0;
        LinearModelFinalization.unregister(this);
        return ptr;
    }
    free() {
        const ptr = this.__destroy_into_raw();
        wasm.__wbg_linearmodel_free(ptr, 0);
    }
    /**
     * Adds the gradient of a loss, given by its derivatives by what `score` returns.
     * @param {Uint32Array} context
     * @param {Uint32Array} ids
     * @param {Uint32Array} offsets
     * @param {Float32Array} d_scores
     */
    backwardScores(context, ids, offsets, d_scores) {
        const ptr0 = passArray32ToWasm0(context, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArray32ToWasm0(ids, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ptr2 = passArray32ToWasm0(offsets, wasm.__wbindgen_malloc);
        const len2 = WASM_VECTOR_LEN;
        const ptr3 = passArrayF32ToWasm0(d_scores, wasm.__wbindgen_malloc);
        const len3 = WASM_VECTOR_LEN;
        const ret = wasm.linearmodel_backwardScores(this.__wbg_ptr, ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * Adds the gradient of a loss, given by its derivatives by what `evaluate` returns.
     * @param {Uint32Array} context
     * @param {Uint32Array} ids
     * @param {Uint32Array} offsets
     * @param {number} index
     * @param {number} temperature
     * @param {number} d_log_prob
     * @param {number} d_entropy
     * @param {number} d_value
     */
    backward(context, ids, offsets, index, temperature, d_log_prob, d_entropy, d_value) {
        const ptr0 = passArray32ToWasm0(context, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArray32ToWasm0(ids, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ptr2 = passArray32ToWasm0(offsets, wasm.__wbindgen_malloc);
        const len2 = WASM_VECTOR_LEN;
        const ret = wasm.linearmodel_backward(this.__wbg_ptr, ptr0, len0, ptr1, len1, ptr2, len2, index, temperature, d_log_prob, d_entropy, d_value);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * Chooses; returns [index, behaviour log-probability, raw log-probability, value].
     * @param {Uint32Array} context
     * @param {Uint32Array} ids
     * @param {Uint32Array} offsets
     * @param {number} temperature
     * @param {number} top_k
     * @param {number} top_p
     * @param {number} min_p
     * @param {bigint} seed
     * @param {number} stream
     * @param {number} counter
     * @returns {Float32Array}
     */
    decide(context, ids, offsets, temperature, top_k, top_p, min_p, seed, stream, counter) {
        const ptr0 = passArray32ToWasm0(context, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArray32ToWasm0(ids, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ptr2 = passArray32ToWasm0(offsets, wasm.__wbindgen_malloc);
        const len2 = WASM_VECTOR_LEN;
        const ret = wasm.linearmodel_decide(this.__wbg_ptr, ptr0, len0, ptr1, len1, ptr2, len2, temperature, top_k, top_p, min_p, seed, stream, counter);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v4 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v4;
    }
    /**
     * [log π(index), entropy, value] under the current weights.
     * @param {Uint32Array} context
     * @param {Uint32Array} ids
     * @param {Uint32Array} offsets
     * @param {number} index
     * @param {number} temperature
     * @returns {Float32Array}
     */
    evaluate(context, ids, offsets, index, temperature) {
        const ptr0 = passArray32ToWasm0(context, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArray32ToWasm0(ids, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ptr2 = passArray32ToWasm0(offsets, wasm.__wbindgen_malloc);
        const len2 = WASM_VECTOR_LEN;
        const ret = wasm.linearmodel_evaluate(this.__wbg_ptr, ptr0, len0, ptr1, len1, ptr2, len2, index, temperature);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v4 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v4;
    }
    /**
     * Moves every weight by `share` of the way to another model's of the same size.
     * @param {LinearModel} other
     * @param {number} share
     */
    follow(other, share) {
        _assertClass(other, LinearModel);
        const ret = wasm.linearmodel_follow(this.__wbg_ptr, other.__wbg_ptr, share);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * A table of 2^bits weights, all zero; `similarityWeight` is what the likeness of context and candidate starts with,
     * `hidden` the number of tanh units in between.
     * @param {number} bits
     * @param {number} similarity_weight
     * @param {number} hidden
     */
    constructor(bits, similarity_weight, hidden) {
        const ret = wasm.linearmodel_new(bits, similarity_weight, hidden);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        this.__wbg_ptr = ret[0];
        LinearModelFinalization.register(this, this.__wbg_ptr, this);
        return this;
    }
    /**
     * Number of parameters.
     * @returns {number}
     */
    get parameterCount() {
        const ret = wasm.linearmodel_parameterCount(this.__wbg_ptr);
        return ret >>> 0;
    }
    /**
     * @returns {Float32Array}
     */
    readGradients() {
        const ret = wasm.linearmodel_readGradients(this.__wbg_ptr);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v1 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v1;
    }
    /**
     * AdaGrad's sums of squared gradients, or RMSprop's means.
     * @returns {Float32Array}
     */
    readSquares() {
        const ret = wasm.linearmodel_readSquares(this.__wbg_ptr);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v1 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v1;
    }
    /**
     * @returns {Float32Array}
     */
    readWeights() {
        const ret = wasm.linearmodel_readWeights(this.__wbg_ptr);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v1 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v1;
    }
    /**
     * One logit for each candidate.
     * @param {Uint32Array} context
     * @param {Uint32Array} ids
     * @param {Uint32Array} offsets
     * @returns {Float32Array}
     */
    score(context, ids, offsets) {
        const ptr0 = passArray32ToWasm0(context, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArray32ToWasm0(ids, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ptr2 = passArray32ToWasm0(offsets, wasm.__wbindgen_malloc);
        const len2 = WASM_VECTOR_LEN;
        const ret = wasm.linearmodel_score(this.__wbg_ptr, ptr0, len0, ptr1, len1, ptr2, len2);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v4 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v4;
    }
    /**
     * Applies and clears the gradient; returns its norm before clipping. A norm that is not finite changes nothing.
     * `maxGradientNorm` of 0 or less does not clip; `memory` of 1 takes AdaGrad, below
     * it RMSprop, 0 plain SGD.
     * @param {number} learning_rate
     * @param {number} max_gradient_norm
     * @param {number} weight_decay
     * @param {number} memory
     * @returns {number}
     */
    update(learning_rate, max_gradient_norm, weight_decay, memory) {
        const ret = wasm.linearmodel_update(this.__wbg_ptr, learning_rate, max_gradient_norm, weight_decay, memory);
        return ret;
    }
    /**
     * @param {Float32Array} from
     */
    writeGradients(from) {
        const ptr0 = passArrayF32ToWasm0(from, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.linearmodel_writeGradients(this.__wbg_ptr, ptr0, len0);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * @param {Float32Array} from
     */
    writeSquares(from) {
        const ptr0 = passArrayF32ToWasm0(from, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.linearmodel_writeSquares(this.__wbg_ptr, ptr0, len0);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * @param {Float32Array} from
     */
    writeWeights(from) {
        const ptr0 = passArrayF32ToWasm0(from, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.linearmodel_writeWeights(this.__wbg_ptr, ptr0, len0);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
}
if (Symbol.dispose) LinearModel.prototype[Symbol.dispose] = LinearModel.prototype.free;

/**
 * Logistic regression of a reward on hashed features of (context, candidate).
 */
export class LogisticModel {
    static __wrap(ptr) {
        const obj = Object.create(LogisticModel.prototype);
        obj.__wbg_ptr = ptr;
        LogisticModelFinalization.register(obj, obj.__wbg_ptr, obj);
        return obj;
    }
    __destroy_into_raw() {
        const ptr = this.__wbg_ptr;
        this.__wbg_ptr = 0;
        LogisticModelFinalization.unregister(this);
        return ptr;
    }
    free() {
        const ptr = this.__destroy_into_raw();
        wasm.__wbg_logisticmodel_free(ptr, 0);
    }
    /**
     * [candidates] standard deviations of the logits.
     * @param {Uint32Array} context
     * @param {Uint32Array} ids
     * @param {Uint32Array} offsets
     * @returns {Float32Array}
     */
    deviations(context, ids, offsets) {
        const ptr0 = passArray32ToWasm0(context, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArray32ToWasm0(ids, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ptr2 = passArray32ToWasm0(offsets, wasm.__wbindgen_malloc);
        const len2 = WASM_VECTOR_LEN;
        const ret = wasm.logisticmodel_deviations(this.__wbg_ptr, ptr0, len0, ptr1, len1, ptr2, len2);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v4 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v4;
    }
    /**
     * An equal model of its own.
     * @returns {LogisticModel}
     */
    fork() {
        const ret = wasm.logisticmodel_fork(this.__wbg_ptr);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return LogisticModel.__wrap(ret[0]);
    }
    /**
     * One step on one judged candidate.
     * @param {Uint32Array} context
     * @param {Uint32Array} ids
     * @param {Uint32Array} offsets
     * @param {number} choice
     * @param {number} reward
     * @param {number} weight
     */
    learn(context, ids, offsets, choice, reward, weight) {
        const ptr0 = passArray32ToWasm0(context, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArray32ToWasm0(ids, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ptr2 = passArray32ToWasm0(offsets, wasm.__wbindgen_malloc);
        const len2 = WASM_VECTOR_LEN;
        const ret = wasm.logisticmodel_learn(this.__wbg_ptr, ptr0, len0, ptr1, len1, ptr2, len2, choice, reward, weight);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * A table of 2^bits weights, all zero.
     * @param {number} bits
     * @param {number} learning_rate
     * @param {number} l2
     */
    constructor(bits, learning_rate, l2) {
        const ret = wasm.logisticmodel_new(bits, learning_rate, l2);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        this.__wbg_ptr = ret[0];
        LogisticModelFinalization.register(this, this.__wbg_ptr, this);
        return this;
    }
    /**
     * AdaGrad's sums of squared gradients.
     * @returns {Float32Array}
     */
    readSquares() {
        const ret = wasm.logisticmodel_readSquares(this.__wbg_ptr);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v1 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v1;
    }
    /**
     * @returns {Float32Array}
     */
    readWeights() {
        const ret = wasm.logisticmodel_readWeights(this.__wbg_ptr);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v1 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v1;
    }
    /**
     * [candidates] logits of the reward. Row i is `ids[offsets[i]..offsets[i + 1]]`: identity, then features.
     * @param {Uint32Array} context
     * @param {Uint32Array} ids
     * @param {Uint32Array} offsets
     * @returns {Float32Array}
     */
    scores(context, ids, offsets) {
        const ptr0 = passArray32ToWasm0(context, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArray32ToWasm0(ids, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ptr2 = passArray32ToWasm0(offsets, wasm.__wbindgen_malloc);
        const len2 = WASM_VECTOR_LEN;
        const ret = wasm.logisticmodel_scores(this.__wbg_ptr, ptr0, len0, ptr1, len1, ptr2, len2);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v4 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v4;
    }
    /**
     * @param {Float32Array} from
     */
    writeSquares(from) {
        const ptr0 = passArrayF32ToWasm0(from, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.logisticmodel_writeSquares(this.__wbg_ptr, ptr0, len0);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * @param {Float32Array} from
     */
    writeWeights(from) {
        const ptr0 = passArrayF32ToWasm0(from, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.logisticmodel_writeWeights(this.__wbg_ptr, ptr0, len0);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
}
if (Symbol.dispose) LogisticModel.prototype[Symbol.dispose] = LogisticModel.prototype.free;

/**
 * A causal language model whose matrices have four or eight bits a weight: it acts, and an adapter beside it learns.
 * Owns its memory: dispose it.
 */
export class PackedTransformer {
    __destroy_into_raw() {
        const ptr = this.__wbg_ptr;
        this.__wbg_ptr = 0;
        PackedTransformerFinalization.unregister(this);
        return ptr;
    }
    free() {
        const ptr = this.__destroy_into_raw();
        wasm.__wbg_packedtransformer_free(ptr, 0);
    }
    /**
     * Sends what a slot is fed from now on through an adapter, or through none.
     * @param {number} slot
     * @param {number | null} [adapter]
     */
    adaptSlot(slot, adapter) {
        const ret = wasm.packedtransformer_adaptSlot(this.__wbg_ptr, slot, isLikeNone(adapter) ? Number.MAX_SAFE_INTEGER : (adapter) >>> 0);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * One update of an adapter, as `adamw` makes one of the weights.
     * @param {number} adapter
     * @param {number} learningRate
     * @param {number} beta1
     * @param {number} beta2
     * @param {number} epsilon
     * @param {number} weightDecay
     * @param {number} maxGradientNorm
     * @returns {number}
     */
    adapterAdamw(adapter, learningRate, beta1, beta2, epsilon, weightDecay, maxGradientNorm) {
        const ret = wasm.packedtransformer_adapterAdamw(this.__wbg_ptr, adapter, learningRate, beta1, beta2, epsilon, weightDecay, maxGradientNorm);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return ret[0];
    }
    /**
     * @param {number} adapter
     * @returns {number}
     */
    adapterUpdates(adapter) {
        const ret = wasm.packedtransformer_adapterUpdates(this.__wbg_ptr, adapter);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return ret[0] >>> 0;
    }
    /**
     * Adds a low-rank adapter that changes nothing yet and returns its number: `y += scale · (x · Aᵀ) · Bᵀ`. Targets are
     * fives of layer, part (0 projections, 1 output, 2 gate and up, 3 down), first output, number of outputs, and rank;
     * scales are one a target. A is uniform in ±1/√in by the seed, or 0 without one; B is 0.
     * @param {Uint32Array} targets
     * @param {Float32Array} scales
     * @param {bigint | null} [seed]
     * @returns {number}
     */
    addAdapter(targets, scales, seed) {
        const ptr0 = passArray32ToWasm0(targets, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArrayF32ToWasm0(scales, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ret = wasm.packedtransformer_addAdapter(this.__wbg_ptr, ptr0, len0, ptr1, len1, !isLikeNone(seed), isLikeNone(seed) ? BigInt(0) : seed);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return ret[0] >>> 0;
    }
    /**
     * Adds to the gradient of the adapter that learns what flows back through the frozen weights.
     * @param {Float32Array} dLogProbs
     * @param {Float32Array} dEntropies
     * @param {Uint32Array} valueRows
     * @param {Float32Array} dValues
     */
    backward(dLogProbs, dEntropies, valueRows, dValues) {
        const ptr0 = passArrayF32ToWasm0(dLogProbs, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArrayF32ToWasm0(dEntropies, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ptr2 = passArray32ToWasm0(valueRows, wasm.__wbindgen_malloc);
        const len2 = WASM_VECTOR_LEN;
        const ptr3 = passArrayF32ToWasm0(dValues, wasm.__wbindgen_malloc);
        const len3 = WASM_VECTOR_LEN;
        const ret = wasm.packedtransformer_backward(this.__wbg_ptr, ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * Bytes of the caches of all slots; what slots share counts once.
     * @returns {number}
     */
    get cacheBytes() {
        const ret = wasm.packedtransformer_cacheBytes(this.__wbg_ptr);
        return ret >>> 0;
    }
    /**
     * @param {number} slot
     */
    closeSlot(slot) {
        const ret = wasm.packedtransformer_closeSlot(this.__wbg_ptr, slot);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * Opens an episode that begins with the first `length` tokens of another; both share the memory of these.
     * @param {number} slot
     * @param {number} length
     * @returns {number}
     */
    copySlot(slot, length) {
        const ret = wasm.packedtransformer_copySlot(this.__wbg_ptr, slot, length);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return ret[0] >>> 0;
    }
    /**
     * Appends counts[i] tokens to slots[i], all as one batch, and keeps the last keep[i] rows of each (1 when left out)
     * for `lastLogits`, `lastValues` and `sampleLast`.
     * @param {Uint32Array} slots
     * @param {Uint32Array} counts
     * @param {Uint32Array} tokens
     * @param {Uint32Array | null} [keep]
     */
    feed(slots, counts, tokens, keep) {
        const ptr0 = passArray32ToWasm0(slots, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArray32ToWasm0(counts, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ptr2 = passArray32ToWasm0(tokens, wasm.__wbindgen_malloc);
        const len2 = WASM_VECTOR_LEN;
        var ptr3 = isLikeNone(keep) ? 0 : passArray32ToWasm0(keep, wasm.__wbindgen_malloc);
        var len3 = WASM_VECTOR_LEN;
        const ret = wasm.packedtransformer_feed(this.__wbg_ptr, ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * Runs packed sequences for `logitsAt`, `valuesAt`, `score` and `backward`.
     * @param {Uint32Array} tokens
     * @param {Uint32Array} lengths
     */
    forward(tokens, lengths) {
        const ptr0 = passArray32ToWasm0(tokens, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArray32ToWasm0(lengths, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ret = wasm.packedtransformer_forward(this.__wbg_ptr, ptr0, len0, ptr1, len1);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * As `lastLogits`, of the tokens that masks allow to any of the rows: where these are few, no others are computed,
     * and theirs are −∞.
     * @param {Uint32Array} maskIndex
     * @param {Uint32Array} masks
     * @returns {Float32Array}
     */
    lastLogitsUnder(maskIndex, masks) {
        const ptr0 = passArray32ToWasm0(maskIndex, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArray32ToWasm0(masks, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ret = wasm.packedtransformer_lastLogitsUnder(this.__wbg_ptr, ptr0, len0, ptr1, len1);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v3 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v3;
    }
    /**
     * [kept rows, vocabulary] of the last feed.
     * @returns {Float32Array}
     */
    lastLogits() {
        const ret = wasm.packedtransformer_lastLogits(this.__wbg_ptr);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v1 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v1;
    }
    /**
     * [kept rows] there.
     * @returns {Float32Array}
     */
    lastValues() {
        const ret = wasm.packedtransformer_lastValues(this.__wbg_ptr);
        var v1 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v1;
    }
    /**
     * Sends what `forward` runs through an adapter, which alone learns then; or, with none, through the weights.
     * @param {number | null} [adapter]
     */
    learnAdapter(adapter) {
        const ret = wasm.packedtransformer_learnAdapter(this.__wbg_ptr, isLikeNone(adapter) ? Number.MAX_SAFE_INTEGER : (adapter) >>> 0);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * [rows, vocabulary] of rows of the last forward.
     * @param {Uint32Array} rows
     * @returns {Float32Array}
     */
    logitsAt(rows) {
        const ptr0 = passArray32ToWasm0(rows, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.packedtransformer_logitsAt(this.__wbg_ptr, ptr0, len0);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v2 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v2;
    }
    /**
     * A model whose weights are 0 and whose norms are 1. Format and headFormat (of embedding and head): "e4", "e7" or
     * "q8"; cacheFormat: "f16" or "q8". Without `blocks`: a Llama.
     * @param {number} vocabularySize
     * @param {number} hiddenSize
     * @param {number} layers
     * @param {number} heads
     * @param {number} keyValueHeads
     * @param {number} headDimension
     * @param {number} intermediateSize
     * @param {number} maximumPositions
     * @param {number} ropeTheta
     * @param {number} normEpsilon
     * @param {boolean} tied
     * @param {string} format
     * @param {string} headFormat
     * @param {string} cacheFormat
     * @param {TransformerBlocks | null} [blocks]
     */
    constructor(vocabularySize, hiddenSize, layers, heads, keyValueHeads, headDimension, intermediateSize, maximumPositions, ropeTheta, normEpsilon, tied, format, headFormat, cacheFormat, blocks) {
        const ptr0 = passStringToWasm0(format, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passStringToWasm0(headFormat, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
        const len1 = WASM_VECTOR_LEN;
        const ptr2 = passStringToWasm0(cacheFormat, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
        const len2 = WASM_VECTOR_LEN;
        let ptr3 = 0;
        if (!isLikeNone(blocks)) {
            _assertClass(blocks, TransformerBlocks);
            ptr3 = blocks.__destroy_into_raw();
        }
        const ret = wasm.packedtransformer_new(vocabularySize, hiddenSize, layers, heads, keyValueHeads, headDimension, intermediateSize, maximumPositions, ropeTheta, normEpsilon, tied, ptr0, len0, ptr1, len1, ptr2, len2, ptr3);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        this.__wbg_ptr = ret[0];
        PackedTransformerFinalization.register(this, this.__wbg_ptr, this);
        return this;
    }
    /**
     * Opens the memory of one episode.
     * @returns {number}
     */
    openSlot() {
        const ret = wasm.packedtransformer_openSlot(this.__wbg_ptr);
        return ret >>> 0;
    }
    /**
     * Number of weights.
     * @returns {number}
     */
    get parameterCount() {
        const ret = wasm.packedtransformer_parameterCount(this.__wbg_ptr);
        return ret;
    }
    /**
     * @param {number} adapter
     * @returns {Float32Array}
     */
    readAdapterGradients(adapter) {
        const ret = wasm.packedtransformer_readAdapterGradients(this.__wbg_ptr, adapter);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v1 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v1;
    }
    /**
     * First, then second moments.
     * @param {number} adapter
     * @returns {Float32Array}
     */
    readAdapterMoments(adapter) {
        const ret = wasm.packedtransformer_readAdapterMoments(this.__wbg_ptr, adapter);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v1 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v1;
    }
    /**
     * Target after target A [rank, in] and B [out, rank]; then the value head's weight and bias.
     * @param {number} adapter
     * @returns {Float32Array}
     */
    readAdapter(adapter) {
        const ret = wasm.packedtransformer_readAdapter(this.__wbg_ptr, adapter);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v1 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v1;
    }
    /**
     * The numbers that rows of a tensor stand for; a vector has one row.
     * @param {string} name
     * @param {number} first
     * @param {number} count
     * @returns {Float32Array}
     */
    readRows(name, first, count) {
        const ptr0 = passStringToWasm0(name, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.packedtransformer_readRows(this.__wbg_ptr, ptr0, len0, first, count);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v2 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v2;
    }
    /**
     * @param {number} adapter
     */
    removeAdapter(adapter) {
        const ret = wasm.packedtransformer_removeAdapter(this.__wbg_ptr, adapter);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * Opens a slot from the bytes of `saveSlot`.
     * @param {Uint8Array} bytes
     * @returns {number}
     */
    restoreSlot(bytes) {
        const ptr0 = passArray8ToWasm0(bytes, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.packedtransformer_restoreSlot(this.__wbg_ptr, ptr0, len0);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return ret[0] >>> 0;
    }
    /**
     * Draws one token behind each kept row of the last feed; as `Transformer.sampleLast`.
     * @param {Uint32Array} maskIndex
     * @param {Uint32Array} masks
     * @param {number} temperature
     * @param {number} topK
     * @param {number} topP
     * @param {number} minP
     * @param {BigUint64Array} seeds
     * @param {Uint32Array} streams
     * @param {Uint32Array} counters
     * @param {boolean | null} [raw]
     * @returns {Samples}
     */
    sampleLast(maskIndex, masks, temperature, topK, topP, minP, seeds, streams, counters, raw) {
        const ptr0 = passArray32ToWasm0(maskIndex, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArray32ToWasm0(masks, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ptr2 = passArray64ToWasm0(seeds, wasm.__wbindgen_malloc);
        const len2 = WASM_VECTOR_LEN;
        const ptr3 = passArray32ToWasm0(streams, wasm.__wbindgen_malloc);
        const len3 = WASM_VECTOR_LEN;
        const ptr4 = passArray32ToWasm0(counters, wasm.__wbindgen_malloc);
        const len4 = WASM_VECTOR_LEN;
        const ret = wasm.packedtransformer_sampleLast(this.__wbg_ptr, ptr0, len0, ptr1, len1, temperature, topK, topP, minP, ptr2, len2, ptr3, len3, ptr4, len4, isLikeNone(raw) ? 0xFFFFFF : raw ? 1 : 0);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return Samples.__wrap(ret[0]);
    }
    /**
     * All that a slot has read, as bytes for `restoreSlot` of a model with the same weights and formats.
     * @param {number} slot
     * @returns {Uint8Array}
     */
    saveSlot(slot) {
        const ret = wasm.packedtransformer_saveSlot(this.__wbg_ptr, slot);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v1 = getArrayU8FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 1, 1);
        return v1;
    }
    /**
     * Log-probabilities of targets[i] after rows[i], and entropies: the bits of `sampleLast`; remembered for `backward`.
     * @param {Uint32Array} rows
     * @param {Uint32Array} targets
     * @param {Uint32Array} maskIndex
     * @param {Uint32Array} masks
     * @param {number} temperature
     * @returns {Scores}
     */
    score(rows, targets, maskIndex, masks, temperature) {
        const ptr0 = passArray32ToWasm0(rows, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArray32ToWasm0(targets, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ptr2 = passArray32ToWasm0(maskIndex, wasm.__wbindgen_malloc);
        const len2 = WASM_VECTOR_LEN;
        const ptr3 = passArray32ToWasm0(masks, wasm.__wbindgen_malloc);
        const len3 = WASM_VECTOR_LEN;
        const ret = wasm.packedtransformer_score(this.__wbg_ptr, ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3, temperature);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return Scores.__wrap(ret[0]);
    }
    /**
     * As `Transformer.setLongRopeFrequencies`; open slots are emptied.
     * @param {Float32Array} inverseFrequencies
     * @param {number} scale
     * @param {number} above
     */
    setLongRopeFrequencies(inverseFrequencies, scale, above) {
        const ptr0 = passArrayF32ToWasm0(inverseFrequencies, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.packedtransformer_setLongRopeFrequencies(this.__wbg_ptr, ptr0, len0, scale, above);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * As `Transformer.setRopeFrequencies`; open slots are emptied.
     * @param {Float32Array} inverseFrequencies
     * @param {number | null} [scale]
     * @param {number | null} [set]
     */
    setRopeFrequencies(inverseFrequencies, scale, set) {
        const ptr0 = passArrayF32ToWasm0(inverseFrequencies, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.packedtransformer_setRopeFrequencies(this.__wbg_ptr, ptr0, len0, isLikeNone(scale) ? Number.MAX_SAFE_INTEGER : Math.fround(scale), isLikeNone(set) ? Number.MAX_SAFE_INTEGER : (set) >>> 0);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * @param {number} slot
     * @returns {number}
     */
    slotLength(slot) {
        const ret = wasm.packedtransformer_slotLength(this.__wbg_ptr, slot);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return ret[0] >>> 0;
    }
    /**
     * Tokens that a slot has read.
     * @param {number} slot
     * @returns {Uint32Array}
     */
    slotTokens(slot) {
        const ret = wasm.packedtransformer_slotTokens(this.__wbg_ptr, slot);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v1 = getArrayU32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v1;
    }
    /**
     * @returns {string[]}
     */
    tensorNames() {
        const ret = wasm.packedtransformer_tensorNames(this.__wbg_ptr);
        var v1 = getArrayJsValueFromWasm0(ret[0], ret[1]);
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v1;
    }
    /**
     * @param {string} name
     * @returns {Uint32Array}
     */
    tensorShape(name) {
        const ptr0 = passStringToWasm0(name, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.packedtransformer_tensorShape(this.__wbg_ptr, ptr0, len0);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v2 = getArrayU32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v2;
    }
    /**
     * @param {number} slot
     * @param {number} length
     */
    truncateSlot(slot, length) {
        const ret = wasm.packedtransformer_truncateSlot(this.__wbg_ptr, slot, length);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * [rows] of the last forward.
     * @param {Uint32Array} rows
     * @returns {Float32Array}
     */
    valuesAt(rows) {
        const ptr0 = passArray32ToWasm0(rows, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.packedtransformer_valuesAt(this.__wbg_ptr, ptr0, len0);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v2 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v2;
    }
    /**
     * Bytes of all weights.
     * @returns {number}
     */
    get weightBytes() {
        const ret = wasm.packedtransformer_weightBytes(this.__wbg_ptr);
        return ret >>> 0;
    }
    /**
     * @param {number} adapter
     * @param {Float32Array} values
     */
    writeAdapterGradients(adapter, values) {
        const ptr0 = passArrayF32ToWasm0(values, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.packedtransformer_writeAdapterGradients(this.__wbg_ptr, adapter, ptr0, len0);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * @param {number} adapter
     * @param {Float32Array} values
     * @param {number} updates
     */
    writeAdapterMoments(adapter, values, updates) {
        const ptr0 = passArrayF32ToWasm0(values, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.packedtransformer_writeAdapterMoments(this.__wbg_ptr, adapter, ptr0, len0, updates);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * @param {number} adapter
     * @param {Float32Array} values
     */
    writeAdapter(adapter, values) {
        const ptr0 = passArrayF32ToWasm0(values, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.packedtransformer_writeAdapter(this.__wbg_ptr, adapter, ptr0, len0);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * Writes rows `first ..` of a tensor from whole blocks of a `ggml_type` (0: F32). `pairedHeads` not 0: rows
     * (2i, 2i + 1) of each of so many heads go to (i, i + d/2). Open slots are emptied.
     * @param {string} name
     * @param {number} kind
     * @param {number} first
     * @param {Uint8Array} bytes
     * @param {number} pairedHeads
     */
    writeRows(name, kind, first, bytes, pairedHeads) {
        const ptr0 = passStringToWasm0(name, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArray8ToWasm0(bytes, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ret = wasm.packedtransformer_writeRows(this.__wbg_ptr, ptr0, len0, kind, first, ptr1, len1, pairedHeads);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
}
if (Symbol.dispose) PackedTransformer.prototype[Symbol.dispose] = PackedTransformer.prototype.free;

/**
 * A model over pieces of text that the caller cut.
 */
export class PieceModel {
    static __wrap(ptr) {
        const obj = Object.create(PieceModel.prototype);
        obj.__wbg_ptr = ptr;
        PieceModelFinalization.register(obj, obj.__wbg_ptr, obj);
        return obj;
    }
    __destroy_into_raw() {
        const ptr = this.__wbg_ptr;
        this.__wbg_ptr = 0;
        PieceModelFinalization.unregister(this);
        return ptr;
    }
    free() {
        const ptr = this.__destroy_into_raw();
        wasm.__wbg_piecemodel_free(ptr, 0);
    }
    /**
     * (id, start, end) of every token, in UTF-16 units of `text`: [3 × tokens].
     * @param {string} text
     * @param {Uint32Array} bounds
     * @returns {Uint32Array}
     */
    encodeWithSpans(text, bounds) {
        const ptr0 = passStringToWasm0(text, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArray32ToWasm0(bounds, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ret = wasm.piecemodel_encodeWithSpans(this.__wbg_ptr, ptr0, len0, ptr1, len1);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v3 = getArrayU32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v3;
    }
    /**
     * Ids of the pieces; `bounds` are their starts and ends in UTF-16 units.
     * @param {string} text
     * @param {Uint32Array} bounds
     * @returns {Uint32Array}
     */
    encode(text, bounds) {
        const ptr0 = passStringToWasm0(text, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArray32ToWasm0(bounds, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ret = wasm.piecemodel_encode(this.__wbg_ptr, ptr0, len0, ptr1, len1);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v3 = getArrayU32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v3;
    }
    /**
     * Byte pairs over characters; merges as (left, right, product) ids by rank.
     * @param {Uint8Array} token_bytes
     * @param {Uint32Array} token_lengths
     * @param {Uint32Array} token_ids
     * @param {Uint32Array} merges
     * @param {string} prefix
     * @param {string} suffix
     * @param {number | null | undefined} unknown
     * @param {boolean} fuse_unknown
     * @param {boolean} byte_fallback
     * @param {boolean} ignore_merges
     * @returns {PieceModel}
     */
    static pairs(token_bytes, token_lengths, token_ids, merges, prefix, suffix, unknown, fuse_unknown, byte_fallback, ignore_merges) {
        const ptr0 = passArray8ToWasm0(token_bytes, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArray32ToWasm0(token_lengths, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ptr2 = passArray32ToWasm0(token_ids, wasm.__wbindgen_malloc);
        const len2 = WASM_VECTOR_LEN;
        const ptr3 = passArray32ToWasm0(merges, wasm.__wbindgen_malloc);
        const len3 = WASM_VECTOR_LEN;
        const ptr4 = passStringToWasm0(prefix, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
        const len4 = WASM_VECTOR_LEN;
        const ptr5 = passStringToWasm0(suffix, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
        const len5 = WASM_VECTOR_LEN;
        const ret = wasm.piecemodel_pairs(ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3, ptr4, len4, ptr5, len5, isLikeNone(unknown) ? Number.MAX_SAFE_INTEGER : (unknown) >>> 0, fuse_unknown, byte_fallback, ignore_merges);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return PieceModel.__wrap(ret[0]);
    }
    /**
     * Byte pairs over characters, the pair of the lowest rank of its token first; what has no token becomes bytes.
     * @param {Uint8Array} token_bytes
     * @param {Uint32Array} token_lengths
     * @param {Uint32Array} token_ids
     * @param {Uint32Array} token_ranks
     * @param {number | null} [unknown]
     * @returns {PieceModel}
     */
    static rankedPairs(token_bytes, token_lengths, token_ids, token_ranks, unknown) {
        const ptr0 = passArray8ToWasm0(token_bytes, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArray32ToWasm0(token_lengths, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ptr2 = passArray32ToWasm0(token_ids, wasm.__wbindgen_malloc);
        const len2 = WASM_VECTOR_LEN;
        const ptr3 = passArray32ToWasm0(token_ranks, wasm.__wbindgen_malloc);
        const len3 = WASM_VECTOR_LEN;
        const ret = wasm.piecemodel_rankedPairs(ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3, isLikeNone(unknown) ? Number.MAX_SAFE_INTEGER : (unknown) >>> 0);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return PieceModel.__wrap(ret[0]);
    }
    /**
     * Tokens with log-probabilities; ids are places.
     * @param {Uint8Array} token_bytes
     * @param {Uint32Array} token_lengths
     * @param {Float64Array} scores
     * @param {number | null | undefined} unknown
     * @param {boolean} byte_fallback
     * @returns {PieceModel}
     */
    static unigram(token_bytes, token_lengths, scores, unknown, byte_fallback) {
        const ptr0 = passArray8ToWasm0(token_bytes, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArray32ToWasm0(token_lengths, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ptr2 = passArrayF64ToWasm0(scores, wasm.__wbindgen_malloc);
        const len2 = WASM_VECTOR_LEN;
        const ret = wasm.piecemodel_unigram(ptr0, len0, ptr1, len1, ptr2, len2, isLikeNone(unknown) ? Number.MAX_SAFE_INTEGER : (unknown) >>> 0, byte_fallback);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return PieceModel.__wrap(ret[0]);
    }
    /**
     * Longest tokens from the left; those inside a word have the prefix.
     * @param {Uint8Array} token_bytes
     * @param {Uint32Array} token_lengths
     * @param {Uint32Array} token_ids
     * @param {string} prefix
     * @param {number | null | undefined} unknown
     * @param {number} most_characters
     * @returns {PieceModel}
     */
    static wordPiece(token_bytes, token_lengths, token_ids, prefix, unknown, most_characters) {
        const ptr0 = passArray8ToWasm0(token_bytes, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArray32ToWasm0(token_lengths, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ptr2 = passArray32ToWasm0(token_ids, wasm.__wbindgen_malloc);
        const len2 = WASM_VECTOR_LEN;
        const ptr3 = passStringToWasm0(prefix, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
        const len3 = WASM_VECTOR_LEN;
        const ret = wasm.piecemodel_wordPiece(ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3, isLikeNone(unknown) ? Number.MAX_SAFE_INTEGER : (unknown) >>> 0, most_characters);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return PieceModel.__wrap(ret[0]);
    }
    /**
     * Every piece is one token.
     * @param {Uint8Array} token_bytes
     * @param {Uint32Array} token_lengths
     * @param {Uint32Array} token_ids
     * @param {number | null} [unknown]
     * @returns {PieceModel}
     */
    static words(token_bytes, token_lengths, token_ids, unknown) {
        const ptr0 = passArray8ToWasm0(token_bytes, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArray32ToWasm0(token_lengths, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ptr2 = passArray32ToWasm0(token_ids, wasm.__wbindgen_malloc);
        const len2 = WASM_VECTOR_LEN;
        const ret = wasm.piecemodel_words(ptr0, len0, ptr1, len1, ptr2, len2, isLikeNone(unknown) ? Number.MAX_SAFE_INTEGER : (unknown) >>> 0);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return PieceModel.__wrap(ret[0]);
    }
}
if (Symbol.dispose) PieceModel.prototype[Symbol.dispose] = PieceModel.prototype.free;

/**
 * One drawn token.
 */
export class SampledToken {
    static __wrap(ptr) {
        const obj = Object.create(SampledToken.prototype);
        obj.__wbg_ptr = ptr;
        SampledTokenFinalization.register(obj, obj.__wbg_ptr, obj);
        return obj;
    }
    __destroy_into_raw() {
        const ptr = this.__wbg_ptr;
        this.__wbg_ptr = 0;
        SampledTokenFinalization.unregister(this);
        return ptr;
    }
    free() {
        const ptr = this.__destroy_into_raw();
        wasm.__wbg_sampledtoken_free(ptr, 0);
    }
    /**
     * @returns {number}
     */
    get behaviorLogProb() {
        const ret = wasm.__wbg_get_sampledtoken_behaviorLogProb(this.__wbg_ptr);
        return ret;
    }
    /**
     * @returns {number}
     */
    get rawLogProb() {
        const ret = wasm.__wbg_get_sampledtoken_rawLogProb(this.__wbg_ptr);
        return ret;
    }
    /**
     * @returns {number}
     */
    get token() {
        const ret = wasm.__wbg_get_sampledtoken_token(this.__wbg_ptr);
        return ret >>> 0;
    }
    /**
     * @param {number} arg0
     */
    set behaviorLogProb(arg0) {
        wasm.__wbg_set_sampledtoken_behaviorLogProb(this.__wbg_ptr, arg0);
    }
    /**
     * @param {number} arg0
     */
    set rawLogProb(arg0) {
        wasm.__wbg_set_sampledtoken_rawLogProb(this.__wbg_ptr, arg0);
    }
    /**
     * @param {number} arg0
     */
    set token(arg0) {
        wasm.__wbg_set_sampledtoken_token(this.__wbg_ptr, arg0);
    }
}
if (Symbol.dispose) SampledToken.prototype[Symbol.dispose] = SampledToken.prototype.free;

/**
 * How to choose tokens from rows of logits.
 */
export class Sampler {
    __destroy_into_raw() {
        const ptr = this.__wbg_ptr;
        this.__wbg_ptr = 0;
        SamplerFinalization.unregister(this);
        return ptr;
    }
    free() {
        const ptr = this.__destroy_into_raw();
        wasm.__wbg_sampler_free(ptr, 0);
    }
    /**
     * The row after everything but the draw; removed tokens are −Infinity. The temperature must not be 0.
     * @param {Float32Array} logits
     * @param {Uint32Array | null} [mask]
     * @returns {Float32Array}
     */
    filter(logits, mask) {
        const ptr0 = passArrayF32ToWasm0(logits, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        var ptr1 = isLikeNone(mask) ? 0 : passArray32ToWasm0(mask, wasm.__wbindgen_malloc);
        var len1 = WASM_VECTOR_LEN;
        const ret = wasm.sampler_filter(this.__wbg_ptr, ptr0, len0, ptr1, len1);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v3 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v3;
    }
    /**
     * @param {number} temperature
     * @param {number} top_k
     * @param {number} top_p
     * @param {number} min_p
     * @param {number} typical
     * @param {number} epsilon
     * @param {number} eta
     * @param {number} min_keep
     */
    constructor(temperature, top_k, top_p, min_p, typical, epsilon, eta, min_keep) {
        const ret = wasm.sampler_new(temperature, top_k, top_p, min_p, typical, epsilon, eta, min_keep);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        this.__wbg_ptr = ret[0];
        SamplerFinalization.register(this, this.__wbg_ptr, this);
        return this;
    }
    /**
     * Draws one token; undefined when the row has none that may be drawn, or a logit that is not a number.
     * @param {Float32Array} logits
     * @param {Uint32Array | null | undefined} mask
     * @param {number} uniform
     * @returns {SampledToken | undefined}
     */
    sample(logits, mask, uniform) {
        const ptr0 = passArrayF32ToWasm0(logits, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        var ptr1 = isLikeNone(mask) ? 0 : passArray32ToWasm0(mask, wasm.__wbindgen_malloc);
        var len1 = WASM_VECTOR_LEN;
        const ret = wasm.sampler_sample(this.__wbg_ptr, ptr0, len0, ptr1, len1, uniform);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return ret[0] === 0 ? undefined : SampledToken.__wrap(ret[0]);
    }
    /**
     * `context` is prompt and generated ids; `generated` only the latter.
     * @param {number} repetition
     * @param {number} frequency
     * @param {number} presence
     * @param {Uint32Array} context
     * @param {Uint32Array} generated
     */
    setPenalties(repetition, frequency, presence, context, generated) {
        const ptr0 = passArray32ToWasm0(context, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArray32ToWasm0(generated, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ret = wasm.sampler_setPenalties(this.__wbg_ptr, repetition, frequency, presence, ptr0, len0, ptr1, len1);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
}
if (Symbol.dispose) Sampler.prototype[Symbol.dispose] = Sampler.prototype.free;

/**
 * A chain of samplers, and how surprised it wants to be.
 */
export class SamplerChain {
    __destroy_into_raw() {
        const ptr = this.__wbg_ptr;
        this.__wbg_ptr = 0;
        SamplerChainFinalization.unregister(this);
        return ptr;
    }
    free() {
        const ptr = this.__destroy_into_raw();
        wasm.__wbg_samplerchain_free(ptr, 0);
    }
    /**
     * Draws by adaptive-p: `mu` is the mean probability of the last tokens from now on, at first `target`.
     * @param {number} target
     * @param {number} decay
     */
    adaptive(target, decay) {
        wasm.samplerchain_adaptive(this.__wbg_ptr, target, decay);
    }
    /**
     * Adds `by` to the logit of a token, before all steps.
     * @param {number} id
     * @param {number} by
     */
    bias(id, by) {
        wasm.samplerchain_bias(this.__wbg_ptr, id, by);
    }
    /**
     * Adds the step dry; `breakers` holds sequences of tokens one after the other, of `lengths`.
     * @param {number} multiplier
     * @param {number} base
     * @param {number} allowed_length
     * @param {number} window
     * @param {Uint32Array} breakers
     * @param {Uint32Array} lengths
     */
    dry(multiplier, base, allowed_length, window, breakers, lengths) {
        const ptr0 = passArray32ToWasm0(breakers, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArray32ToWasm0(lengths, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ret = wasm.samplerchain_dry(this.__wbg_ptr, multiplier, base, allowed_length, window, ptr0, len0, ptr1, len1);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * The row after all steps; removed tokens are −Infinity.
     * @param {Float32Array} logits
     * @param {Uint32Array | null | undefined} mask
     * @param {Uint32Array} context
     * @param {bigint} seed
     * @param {number} stream
     * @param {number} counter
     * @returns {Float32Array}
     */
    filter(logits, mask, context, seed, stream, counter) {
        const ptr0 = passArrayF32ToWasm0(logits, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        var ptr1 = isLikeNone(mask) ? 0 : passArray32ToWasm0(mask, wasm.__wbindgen_malloc);
        var len1 = WASM_VECTOR_LEN;
        const ptr2 = passArray32ToWasm0(context, wasm.__wbindgen_malloc);
        const len2 = WASM_VECTOR_LEN;
        const ret = wasm.samplerchain_filter(this.__wbg_ptr, ptr0, len0, ptr1, len1, ptr2, len2, seed, stream, counter);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v4 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v4;
    }
    /**
     * Adds the step infill: the bytes of all tokens, one after the other, of `lengths`; tokens that end a text.
     * @param {Uint8Array} bytes
     * @param {Uint32Array} lengths
     * @param {Uint32Array} ends
     */
    infill(bytes, lengths, ends) {
        const ptr0 = passArray8ToWasm0(bytes, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArray32ToWasm0(lengths, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ptr2 = passArray32ToWasm0(ends, wasm.__wbindgen_malloc);
        const len2 = WASM_VECTOR_LEN;
        const ret = wasm.samplerchain_infill(this.__wbg_ptr, ptr0, len0, ptr1, len1, ptr2, len2);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * The surprise that mirostat allows next, in bits, or the mean that adaptive-p has reached.
     * @returns {number}
     */
    get mu() {
        const ret = wasm.samplerchain_mu(this.__wbg_ptr);
        return ret;
    }
    /**
     * `mirostat` is 0, 1 or 2.
     * @param {number} min_keep
     * @param {boolean} greedy
     * @param {boolean} raw
     * @param {number} mirostat
     * @param {number} most
     * @param {number} tau
     * @param {number} eta
     */
    constructor(min_keep, greedy, raw, mirostat, most, tau, eta) {
        const ret = wasm.samplerchain_new(min_keep, greedy, raw, mirostat, most, tau, eta);
        this.__wbg_ptr = ret;
        SamplerChainFinalization.register(this, this.__wbg_ptr, this);
        return this;
    }
    /**
     * Draws one token; undefined when nothing is left, or a logit is not a number.
     * @param {Float32Array} logits
     * @param {Uint32Array | null | undefined} mask
     * @param {Uint32Array} context
     * @param {bigint} seed
     * @param {number} stream
     * @param {number} counter
     * @returns {ChainSample | undefined}
     */
    sample(logits, mask, context, seed, stream, counter) {
        const ptr0 = passArrayF32ToWasm0(logits, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        var ptr1 = isLikeNone(mask) ? 0 : passArray32ToWasm0(mask, wasm.__wbindgen_malloc);
        var len1 = WASM_VECTOR_LEN;
        const ptr2 = passArray32ToWasm0(context, wasm.__wbindgen_malloc);
        const len2 = WASM_VECTOR_LEN;
        const ret = wasm.samplerchain_sample(this.__wbg_ptr, ptr0, len0, ptr1, len1, ptr2, len2, seed, stream, counter);
        return ret === 0 ? undefined : ChainSample.__wrap(ret);
    }
    /**
     * @param {number} mu
     */
    set mu(mu) {
        wasm.samplerchain_set_mu(this.__wbg_ptr, mu);
    }
    /**
     * Adds a step of at most three numbers: 1 penalties (repetition, frequency, presence) of a window, 2 top-n-sigma,
     * 3 top-k, 4 typical, 5 top-p, 6 min-p, 7 xtc (probability, threshold), 8 temperature (value, range, exponent).
     * @param {number} kind
     * @param {number} a
     * @param {number} b
     * @param {number} c
     * @param {number} window
     */
    step(kind, a, b, c, window) {
        const ret = wasm.samplerchain_step(this.__wbg_ptr, kind, a, b, c, window);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
}
if (Symbol.dispose) SamplerChain.prototype[Symbol.dispose] = SamplerChain.prototype.free;

/**
 * Tokens drawn for the slots of the last feed, with their log-probabilities in nats.
 */
export class Samples {
    static __wrap(ptr) {
        const obj = Object.create(Samples.prototype);
        obj.__wbg_ptr = ptr;
        SamplesFinalization.register(obj, obj.__wbg_ptr, obj);
        return obj;
    }
    __destroy_into_raw() {
        const ptr = this.__wbg_ptr;
        this.__wbg_ptr = 0;
        SamplesFinalization.unregister(this);
        return ptr;
    }
    free() {
        const ptr = this.__destroy_into_raw();
        wasm.__wbg_samples_free(ptr, 0);
    }
    /**
     * @returns {Float32Array}
     */
    get behaviorLogProbs() {
        const ret = wasm.samples_behaviorLogProbs(this.__wbg_ptr);
        var v1 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v1;
    }
    /**
     * @returns {Float32Array}
     */
    get rawLogProbs() {
        const ret = wasm.samples_rawLogProbs(this.__wbg_ptr);
        var v1 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v1;
    }
    /**
     * @returns {Uint32Array}
     */
    get tokens() {
        const ret = wasm.samples_tokens(this.__wbg_ptr);
        var v1 = getArrayU32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v1;
    }
}
if (Symbol.dispose) Samples.prototype[Symbol.dispose] = Samples.prototype.free;

/**
 * Log-probabilities and entropies of scored rows, in nats.
 */
export class Scores {
    static __wrap(ptr) {
        const obj = Object.create(Scores.prototype);
        obj.__wbg_ptr = ptr;
        ScoresFinalization.register(obj, obj.__wbg_ptr, obj);
        return obj;
    }
    __destroy_into_raw() {
        const ptr = this.__wbg_ptr;
        this.__wbg_ptr = 0;
        ScoresFinalization.unregister(this);
        return ptr;
    }
    free() {
        const ptr = this.__destroy_into_raw();
        wasm.__wbg_scores_free(ptr, 0);
    }
    /**
     * @returns {Float32Array}
     */
    get entropies() {
        const ret = wasm.scores_entropies(this.__wbg_ptr);
        var v1 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v1;
    }
    /**
     * @returns {Float32Array}
     */
    get logProbs() {
        const ret = wasm.scores_logProbs(this.__wbg_ptr);
        var v1 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v1;
    }
}
if (Symbol.dispose) Scores.prototype[Symbol.dispose] = Scores.prototype.free;

/**
 * What training found.
 */
export class TrainedBytePairs {
    static __wrap(ptr) {
        const obj = Object.create(TrainedBytePairs.prototype);
        obj.__wbg_ptr = ptr;
        TrainedBytePairsFinalization.register(obj, obj.__wbg_ptr, obj);
        return obj;
    }
    __destroy_into_raw() {
        const ptr = this.__wbg_ptr;
        this.__wbg_ptr = 0;
        TrainedBytePairsFinalization.unregister(this);
        return ptr;
    }
    free() {
        const ptr = this.__destroy_into_raw();
        wasm.__wbg_trainedbytepairs_free(ptr, 0);
    }
    /**
     * (left, right) ids by rank.
     * @returns {Uint32Array}
     */
    get merges() {
        const ret = wasm.trainedbytepairs_merges(this.__wbg_ptr);
        var v1 = getArrayU32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v1;
    }
    /**
     * @returns {Uint8Array}
     */
    get tokenBytes() {
        const ret = wasm.trainedbytepairs_tokenBytes(this.__wbg_ptr);
        var v1 = getArrayU8FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 1, 1);
        return v1;
    }
    /**
     * @returns {Uint32Array}
     */
    get tokenLengths() {
        const ret = wasm.trainedbytepairs_tokenLengths(this.__wbg_ptr);
        var v1 = getArrayU32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v1;
    }
}
if (Symbol.dispose) TrainedBytePairs.prototype[Symbol.dispose] = TrainedBytePairs.prototype.free;

/**
 * A causal language model with a value head. Owns its memory: dispose it.
 */
export class Transformer {
    __destroy_into_raw() {
        const ptr = this.__wbg_ptr;
        this.__wbg_ptr = 0;
        TransformerFinalization.unregister(this);
        return ptr;
    }
    free() {
        const ptr = this.__destroy_into_raw();
        wasm.__wbg_transformer_free(ptr, 0);
    }
    /**
     * One update; returns the global gradient norm before clipping. A norm that is not finite changes no weight.
     * @param {number} learningRate
     * @param {number} beta1
     * @param {number} beta2
     * @param {number} epsilon
     * @param {number} weightDecay
     * @param {number} maxGradientNorm
     * @returns {number}
     */
    adamw(learningRate, beta1, beta2, epsilon, weightDecay, maxGradientNorm) {
        const ret = wasm.transformer_adamw(this.__wbg_ptr, learningRate, beta1, beta2, epsilon, weightDecay, maxGradientNorm);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return ret[0];
    }
    /**
     * Sends what a slot is fed from now on through an adapter, or through none.
     * @param {number} slot
     * @param {number | null} [adapter]
     */
    adaptSlot(slot, adapter) {
        const ret = wasm.transformer_adaptSlot(this.__wbg_ptr, slot, isLikeNone(adapter) ? Number.MAX_SAFE_INTEGER : (adapter) >>> 0);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * One update of an adapter, as `adamw` makes one of the weights.
     * @param {number} adapter
     * @param {number} learningRate
     * @param {number} beta1
     * @param {number} beta2
     * @param {number} epsilon
     * @param {number} weightDecay
     * @param {number} maxGradientNorm
     * @returns {number}
     */
    adapterAdamw(adapter, learningRate, beta1, beta2, epsilon, weightDecay, maxGradientNorm) {
        const ret = wasm.transformer_adapterAdamw(this.__wbg_ptr, adapter, learningRate, beta1, beta2, epsilon, weightDecay, maxGradientNorm);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return ret[0];
    }
    /**
     * @param {number} adapter
     * @returns {number}
     */
    adapterUpdates(adapter) {
        const ret = wasm.transformer_adapterUpdates(this.__wbg_ptr, adapter);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return ret[0] >>> 0;
    }
    /**
     * Adds a low-rank adapter that changes nothing yet and returns its number: `y += scale · (x · Aᵀ) · Bᵀ`. Targets are
     * fives of layer, part (0 projections, 1 output, 2 gate and up, 3 down), first output, number of outputs, and rank;
     * scales are one a target. A is uniform in ±1/√in by the seed, or 0 without one; B is 0.
     * @param {Uint32Array} targets
     * @param {Float32Array} scales
     * @param {bigint | null} [seed]
     * @returns {number}
     */
    addAdapter(targets, scales, seed) {
        const ptr0 = passArray32ToWasm0(targets, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArrayF32ToWasm0(scales, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ret = wasm.transformer_addAdapter(this.__wbg_ptr, ptr0, len0, ptr1, len1, !isLikeNone(seed), isLikeNone(seed) ? BigInt(0) : seed);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return ret[0] >>> 0;
    }
    /**
     * Adds the gradient of the rows of the last `score` and of values.
     * @param {Float32Array} dLogProbs
     * @param {Float32Array} dEntropies
     * @param {Uint32Array} valueRows
     * @param {Float32Array} dValues
     */
    backward(dLogProbs, dEntropies, valueRows, dValues) {
        const ptr0 = passArrayF32ToWasm0(dLogProbs, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArrayF32ToWasm0(dEntropies, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ptr2 = passArray32ToWasm0(valueRows, wasm.__wbindgen_malloc);
        const len2 = WASM_VECTOR_LEN;
        const ptr3 = passArrayF32ToWasm0(dValues, wasm.__wbindgen_malloc);
        const len3 = WASM_VECTOR_LEN;
        const ret = wasm.transformer_backward(this.__wbg_ptr, ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * Whether learning keeps of each layer its input alone and runs the layer again on the way back: less memory, about a
     * third more time, the same bits.
     * @param {boolean} on
     */
    checkpointLayers(on) {
        wasm.transformer_checkpointLayers(this.__wbg_ptr, on);
    }
    clearGradients() {
        wasm.transformer_clearGradients(this.__wbg_ptr);
    }
    /**
     * @param {number} slot
     */
    closeSlot(slot) {
        const ret = wasm.transformer_closeSlot(this.__wbg_ptr, slot);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * Appends counts[i] tokens to slots[i], all as one batch.
     * @param {Uint32Array} slots
     * @param {Uint32Array} counts
     * @param {Uint32Array} tokens
     */
    feed(slots, counts, tokens) {
        const ptr0 = passArray32ToWasm0(slots, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArray32ToWasm0(counts, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ptr2 = passArray32ToWasm0(tokens, wasm.__wbindgen_malloc);
        const len2 = WASM_VECTOR_LEN;
        const ret = wasm.transformer_feed(this.__wbg_ptr, ptr0, len0, ptr1, len1, ptr2, len2);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * Runs packed sequences, keeping what `backward` needs.
     * @param {Uint32Array} tokens
     * @param {Uint32Array} lengths
     */
    forward(tokens, lengths) {
        const ptr0 = passArray32ToWasm0(tokens, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArray32ToWasm0(lengths, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ret = wasm.transformer_forward(this.__wbg_ptr, ptr0, len0, ptr1, len1);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * Random weights; equal seeds give equal weights.
     * @param {bigint} seed
     */
    initialize(seed) {
        wasm.transformer_initialize(this.__wbg_ptr, seed);
    }
    /**
     * As `lastLogits`, of the tokens that masks allow to any of the rows: where these are few, no others are computed,
     * and theirs are −∞.
     * @param {Uint32Array} maskIndex
     * @param {Uint32Array} masks
     * @returns {Float32Array}
     */
    lastLogitsUnder(maskIndex, masks) {
        const ptr0 = passArray32ToWasm0(maskIndex, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArray32ToWasm0(masks, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ret = wasm.transformer_lastLogitsUnder(this.__wbg_ptr, ptr0, len0, ptr1, len1);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v3 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v3;
    }
    /**
     * [slots, vocabulary] after the last token of each slot of the last feed.
     * @returns {Float32Array}
     */
    lastLogits() {
        const ret = wasm.transformer_lastLogits(this.__wbg_ptr);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v1 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v1;
    }
    /**
     * [slots] there.
     * @returns {Float32Array}
     */
    lastValues() {
        const ret = wasm.transformer_lastValues(this.__wbg_ptr);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v1 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v1;
    }
    /**
     * Sends what `forward` runs through an adapter, which alone learns then; or, with none, through the weights.
     * @param {number | null} [adapter]
     */
    learnAdapter(adapter) {
        const ret = wasm.transformer_learnAdapter(this.__wbg_ptr, isLikeNone(adapter) ? Number.MAX_SAFE_INTEGER : (adapter) >>> 0);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * [rows, vocabulary] of rows of the last forward.
     * @param {Uint32Array} rows
     * @returns {Float32Array}
     */
    logitsAt(rows) {
        const ptr0 = passArray32ToWasm0(rows, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.transformer_logitsAt(this.__wbg_ptr, ptr0, len0);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v2 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v2;
    }
    /**
     * A model whose weights are 0 and whose norms are 1: call `initialize` or write tensors. Without `blocks`: a Llama.
     * @param {number} vocabularySize
     * @param {number} hiddenSize
     * @param {number} layers
     * @param {number} heads
     * @param {number} keyValueHeads
     * @param {number} headDimension
     * @param {number} intermediateSize
     * @param {number} maximumPositions
     * @param {number} ropeTheta
     * @param {number} normEpsilon
     * @param {boolean} tied
     * @param {TransformerBlocks | null} [blocks]
     */
    constructor(vocabularySize, hiddenSize, layers, heads, keyValueHeads, headDimension, intermediateSize, maximumPositions, ropeTheta, normEpsilon, tied, blocks) {
        let ptr0 = 0;
        if (!isLikeNone(blocks)) {
            _assertClass(blocks, TransformerBlocks);
            ptr0 = blocks.__destroy_into_raw();
        }
        const ret = wasm.transformer_new(vocabularySize, hiddenSize, layers, heads, keyValueHeads, headDimension, intermediateSize, maximumPositions, ropeTheta, normEpsilon, tied, ptr0);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        this.__wbg_ptr = ret[0];
        TransformerFinalization.register(this, this.__wbg_ptr, this);
        return this;
    }
    /**
     * Opens the memory of one episode.
     * @returns {number}
     */
    openSlot() {
        const ret = wasm.transformer_openSlot(this.__wbg_ptr);
        return ret >>> 0;
    }
    /**
     * @returns {number}
     */
    get parameterCount() {
        const ret = wasm.transformer_parameterCount(this.__wbg_ptr);
        return ret >>> 0;
    }
    /**
     * @param {number} adapter
     * @returns {Float32Array}
     */
    readAdapterGradients(adapter) {
        const ret = wasm.transformer_readAdapterGradients(this.__wbg_ptr, adapter);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v1 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v1;
    }
    /**
     * First, then second moments.
     * @param {number} adapter
     * @returns {Float32Array}
     */
    readAdapterMoments(adapter) {
        const ret = wasm.transformer_readAdapterMoments(this.__wbg_ptr, adapter);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v1 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v1;
    }
    /**
     * Target after target A [rank, in] and B [out, rank]; then the value head's weight and bias.
     * @param {number} adapter
     * @returns {Float32Array}
     */
    readAdapter(adapter) {
        const ret = wasm.transformer_readAdapter(this.__wbg_ptr, adapter);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v1 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v1;
    }
    /**
     * @param {string} name
     * @returns {Float32Array}
     */
    readGradient(name) {
        const ptr0 = passStringToWasm0(name, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.transformer_readGradient(this.__wbg_ptr, ptr0, len0);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v2 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v2;
    }
    /**
     * All accumulated gradients, flat, in the order of `tensorNames`.
     * @returns {Float32Array}
     */
    readGradients() {
        const ret = wasm.transformer_readGradients(this.__wbg_ptr);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v1 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v1;
    }
    /**
     * First, then second moments, [2 · parameterCount].
     * @returns {Float32Array}
     */
    readMoments() {
        const ret = wasm.transformer_readMoments(this.__wbg_ptr);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v1 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v1;
    }
    /**
     * All parameters, flat, in the order of `tensorNames`.
     * @returns {Float32Array}
     */
    readParameters() {
        const ret = wasm.transformer_readParameters(this.__wbg_ptr);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v1 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v1;
    }
    /**
     * @param {string} name
     * @returns {Float32Array}
     */
    readTensor(name) {
        const ptr0 = passStringToWasm0(name, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.transformer_readTensor(this.__wbg_ptr, ptr0, len0);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v2 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v2;
    }
    /**
     * @param {number} adapter
     */
    removeAdapter(adapter) {
        const ret = wasm.transformer_removeAdapter(this.__wbg_ptr, adapter);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * Draws one token for each slot of the last feed; (seed, stream, counter) names each draw.
     * Without `raw` (true when left out) the raw log-probabilities are NaN.
     * @param {Uint32Array} maskIndex
     * @param {Uint32Array} masks
     * @param {number} temperature
     * @param {number} topK
     * @param {number} topP
     * @param {number} minP
     * @param {BigUint64Array} seeds
     * @param {Uint32Array} streams
     * @param {Uint32Array} counters
     * @param {boolean | null} [raw]
     * @returns {Samples}
     */
    sampleLast(maskIndex, masks, temperature, topK, topP, minP, seeds, streams, counters, raw) {
        const ptr0 = passArray32ToWasm0(maskIndex, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArray32ToWasm0(masks, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ptr2 = passArray64ToWasm0(seeds, wasm.__wbindgen_malloc);
        const len2 = WASM_VECTOR_LEN;
        const ptr3 = passArray32ToWasm0(streams, wasm.__wbindgen_malloc);
        const len3 = WASM_VECTOR_LEN;
        const ptr4 = passArray32ToWasm0(counters, wasm.__wbindgen_malloc);
        const len4 = WASM_VECTOR_LEN;
        const ret = wasm.transformer_sampleLast(this.__wbg_ptr, ptr0, len0, ptr1, len1, temperature, topK, topP, minP, ptr2, len2, ptr3, len3, ptr4, len4, isLikeNone(raw) ? 0xFFFFFF : raw ? 1 : 0);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return Samples.__wrap(ret[0]);
    }
    /**
     * Log-probabilities of targets[i] after rows[i], and entropies; remembered for `backward`.
     * @param {Uint32Array} rows
     * @param {Uint32Array} targets
     * @param {Uint32Array} maskIndex
     * @param {Uint32Array} masks
     * @param {number} temperature
     * @returns {Scores}
     */
    score(rows, targets, maskIndex, masks, temperature) {
        const ptr0 = passArray32ToWasm0(rows, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArray32ToWasm0(targets, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ptr2 = passArray32ToWasm0(maskIndex, wasm.__wbindgen_malloc);
        const len2 = WASM_VECTOR_LEN;
        const ptr3 = passArray32ToWasm0(masks, wasm.__wbindgen_malloc);
        const len3 = WASM_VECTOR_LEN;
        const ret = wasm.transformer_score(this.__wbg_ptr, ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3, temperature);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return Scores.__wrap(ret[0]);
    }
    /**
     * Frequencies in place of set 0 for sequences of more than `above` tokens.
     * @param {Float32Array} inverseFrequencies
     * @param {number} scale
     * @param {number} above
     */
    setLongRopeFrequencies(inverseFrequencies, scale, above) {
        const ptr0 = passArrayF32ToWasm0(inverseFrequencies, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.transformer_setLongRopeFrequencies(this.__wbg_ptr, ptr0, len0, scale, above);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * Replaces the inverse frequencies of a set of rotations, at most [headDimension/2]; fewer leave the end of each head
     * as it is. Cosines and sines are multiplied by `scale`, default 1. Set 0 unless told otherwise.
     * @param {Float32Array} inverseFrequencies
     * @param {number | null} [scale]
     * @param {number | null} [set]
     */
    setRopeFrequencies(inverseFrequencies, scale, set) {
        const ptr0 = passArrayF32ToWasm0(inverseFrequencies, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.transformer_setRopeFrequencies(this.__wbg_ptr, ptr0, len0, isLikeNone(scale) ? Number.MAX_SAFE_INTEGER : Math.fround(scale), isLikeNone(set) ? Number.MAX_SAFE_INTEGER : (set) >>> 0);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * @param {number} updates
     */
    set updates(updates) {
        wasm.transformer_set_updates(this.__wbg_ptr, updates);
    }
    /**
     * @param {number} slot
     * @returns {number}
     */
    slotLength(slot) {
        const ret = wasm.transformer_slotLength(this.__wbg_ptr, slot);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return ret[0] >>> 0;
    }
    /**
     * Names of all tensors, in storage order.
     * @returns {string[]}
     */
    tensorNames() {
        const ret = wasm.transformer_tensorNames(this.__wbg_ptr);
        var v1 = getArrayJsValueFromWasm0(ret[0], ret[1]);
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v1;
    }
    /**
     * @param {string} name
     * @returns {Uint32Array}
     */
    tensorShape(name) {
        const ptr0 = passStringToWasm0(name, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.transformer_tensorShape(this.__wbg_ptr, ptr0, len0);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v2 = getArrayU32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v2;
    }
    /**
     * @param {number} slot
     * @param {number} length
     */
    truncateSlot(slot, length) {
        const ret = wasm.transformer_truncateSlot(this.__wbg_ptr, slot, length);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * Updates applied so far.
     * @returns {number}
     */
    get updates() {
        const ret = wasm.transformer_updates(this.__wbg_ptr);
        return ret >>> 0;
    }
    /**
     * [rows] of the last forward.
     * @param {Uint32Array} rows
     * @returns {Float32Array}
     */
    valuesAt(rows) {
        const ptr0 = passArray32ToWasm0(rows, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.transformer_valuesAt(this.__wbg_ptr, ptr0, len0);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        var v2 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
        wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
        return v2;
    }
    /**
     * @param {number} adapter
     * @param {Float32Array} values
     */
    writeAdapterGradients(adapter, values) {
        const ptr0 = passArrayF32ToWasm0(values, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.transformer_writeAdapterGradients(this.__wbg_ptr, adapter, ptr0, len0);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * @param {number} adapter
     * @param {Float32Array} values
     * @param {number} updates
     */
    writeAdapterMoments(adapter, values, updates) {
        const ptr0 = passArrayF32ToWasm0(values, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.transformer_writeAdapterMoments(this.__wbg_ptr, adapter, ptr0, len0, updates);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * @param {number} adapter
     * @param {Float32Array} values
     */
    writeAdapter(adapter, values) {
        const ptr0 = passArrayF32ToWasm0(values, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.transformer_writeAdapter(this.__wbg_ptr, adapter, ptr0, len0);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * @param {Float32Array} values
     */
    writeGradients(values) {
        const ptr0 = passArrayF32ToWasm0(values, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.transformer_writeGradients(this.__wbg_ptr, ptr0, len0);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * @param {Float32Array} values
     */
    writeMoments(values) {
        const ptr0 = passArrayF32ToWasm0(values, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.transformer_writeMoments(this.__wbg_ptr, ptr0, len0);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * @param {Float32Array} values
     */
    writeParameters(values) {
        const ptr0 = passArrayF32ToWasm0(values, wasm.__wbindgen_malloc);
        const len0 = WASM_VECTOR_LEN;
        const ret = wasm.transformer_writeParameters(this.__wbg_ptr, ptr0, len0);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * @param {string} name
     * @param {Float32Array} values
     */
    writeTensor(name, values) {
        const ptr0 = passStringToWasm0(name, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passArrayF32ToWasm0(values, wasm.__wbindgen_malloc);
        const len1 = WASM_VECTOR_LEN;
        const ret = wasm.transformer_writeTensor(this.__wbg_ptr, ptr0, len0, ptr1, len1);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
}
if (Symbol.dispose) Transformer.prototype[Symbol.dispose] = Transformer.prototype.free;

/**
 * What a model has otherwise than Llama; hand it to the constructor of `Transformer`, which consumes it.
 */
export class TransformerBlocks {
    __destroy_into_raw() {
        const ptr = this.__wbg_ptr;
        this.__wbg_ptr = 0;
        TransformerBlocksFinalization.unregister(this);
        return ptr;
    }
    free() {
        const ptr = this.__destroy_into_raw();
        wasm.__wbg_transformerblocks_free(ptr, 0);
    }
    /**
     * Norm: "rms", "rms-from-one" (weights count from 1) or "layer". Activation: "silu", "gelu-tanh" or "gelu".
     * A scale or cap of 0 is none (attentionScale: 1/√headDimension). Windows [layers]: positions that a query sees,
     * itself among them, 0 all. Ropes [layers]: set of rotation frequencies. Both may be empty.
     * @param {string} norm
     * @param {boolean} postNorms
     * @param {boolean} queryKeyNorms
     * @param {boolean} projectionBias
     * @param {boolean} outputBias
     * @param {boolean} feedForwardBias
     * @param {boolean} gated
     * @param {string} activation
     * @param {number} attentionScale
     * @param {number} attentionCap
     * @param {number} logitCap
     * @param {number} embeddingScale
     * @param {boolean} learnedPositions
     * @param {Uint32Array} windows
     * @param {Uint32Array} ropes
     */
    constructor(norm, postNorms, queryKeyNorms, projectionBias, outputBias, feedForwardBias, gated, activation, attentionScale, attentionCap, logitCap, embeddingScale, learnedPositions, windows, ropes) {
        const ptr0 = passStringToWasm0(norm, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
        const len0 = WASM_VECTOR_LEN;
        const ptr1 = passStringToWasm0(activation, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
        const len1 = WASM_VECTOR_LEN;
        const ptr2 = passArray32ToWasm0(windows, wasm.__wbindgen_malloc);
        const len2 = WASM_VECTOR_LEN;
        const ptr3 = passArray32ToWasm0(ropes, wasm.__wbindgen_malloc);
        const len3 = WASM_VECTOR_LEN;
        const ret = wasm.transformerblocks_new(ptr0, len0, postNorms, queryKeyNorms, projectionBias, outputBias, feedForwardBias, gated, ptr1, len1, attentionScale, attentionCap, logitCap, embeddingScale, learnedPositions, ptr2, len2, ptr3, len3);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        this.__wbg_ptr = ret[0];
        TransformerBlocksFinalization.register(this, this.__wbg_ptr, this);
        return this;
    }
}
if (Symbol.dispose) TransformerBlocks.prototype[Symbol.dispose] = TransformerBlocks.prototype.free;

/**
 * See `rl::action_value_loss`: fills `errors` and `d_q`; returns the fields of `ActionValueLoss` in their order.
 * `scales` may be empty.
 * @param {Float32Array} q
 * @param {Uint32Array} taken
 * @param {Float32Array} targets
 * @param {Float32Array} scales
 * @param {Uint8Array} mask
 * @param {Uint32Array} row_lengths
 * @param {number} aggregation
 * @param {number} norm
 * @param {number} global_tokens
 * @param {number} global_rows
 * @param {number} error_coefficient
 * @param {number} conservative_coefficient
 * @param {number} temperature
 * @param {Float32Array} errors
 * @param {Float32Array} d_q
 * @returns {Float64Array}
 */
export function actionValueLoss(q, taken, targets, scales, mask, row_lengths, aggregation, norm, global_tokens, global_rows, error_coefficient, conservative_coefficient, temperature, errors, d_q) {
    const ptr0 = passArrayF32ToWasm0(q, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArray32ToWasm0(taken, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ptr2 = passArrayF32ToWasm0(targets, wasm.__wbindgen_malloc);
    const len2 = WASM_VECTOR_LEN;
    const ptr3 = passArrayF32ToWasm0(scales, wasm.__wbindgen_malloc);
    const len3 = WASM_VECTOR_LEN;
    const ptr4 = passArray8ToWasm0(mask, wasm.__wbindgen_malloc);
    const len4 = WASM_VECTOR_LEN;
    const ptr5 = passArray32ToWasm0(row_lengths, wasm.__wbindgen_malloc);
    const len5 = WASM_VECTOR_LEN;
    var ptr6 = passArrayF32ToWasm0(errors, wasm.__wbindgen_malloc);
    var len6 = WASM_VECTOR_LEN;
    var ptr7 = passArrayF32ToWasm0(d_q, wasm.__wbindgen_malloc);
    var len7 = WASM_VECTOR_LEN;
    const ret = wasm.actionValueLoss(ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3, ptr4, len4, ptr5, len5, aggregation, norm, global_tokens, global_rows, error_coefficient, conservative_coefficient, temperature, ptr6, len6, errors, ptr7, len7, d_q);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v9 = getArrayF64FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 8, 8);
    return v9;
}

/**
 * See `optim::adafactor`: parameters and squares are updated in place. A vector has no `column_squares`.
 * `hugging_face` chooses that library's form over PyTorch's; `scale_parameter` is read there only.
 * @param {Float32Array} parameters
 * @param {Float32Array} gradients
 * @param {Float32Array} row_squares
 * @param {Float32Array} column_squares
 * @param {number} update
 * @param {number} learning_rate
 * @param {number} beta2_decay
 * @param {number} epsilon1
 * @param {number} epsilon2
 * @param {number} clip
 * @param {number} weight_decay
 * @param {number} gradient_scale
 * @param {boolean} hugging_face
 * @param {boolean} scale_parameter
 */
export function adafactor(parameters, gradients, row_squares, column_squares, update, learning_rate, beta2_decay, epsilon1, epsilon2, clip, weight_decay, gradient_scale, hugging_face, scale_parameter) {
    var ptr0 = passArrayF32ToWasm0(parameters, wasm.__wbindgen_malloc);
    var len0 = WASM_VECTOR_LEN;
    const ptr1 = passArrayF32ToWasm0(gradients, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    var ptr2 = passArrayF32ToWasm0(row_squares, wasm.__wbindgen_malloc);
    var len2 = WASM_VECTOR_LEN;
    var ptr3 = passArrayF32ToWasm0(column_squares, wasm.__wbindgen_malloc);
    var len3 = WASM_VECTOR_LEN;
    const ret = wasm.adafactor(ptr0, len0, parameters, ptr1, len1, ptr2, len2, row_squares, ptr3, len3, column_squares, update, learning_rate, beta2_decay, epsilon1, epsilon2, clip, weight_decay, gradient_scale, hugging_face, scale_parameter);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * See `optim::adam`: parameters and moments are updated in place, gradients are overwritten.
 * @param {Float32Array} parameters
 * @param {Float32Array} gradients
 * @param {Float32Array} m
 * @param {Float32Array} v
 * @param {number} update
 * @param {number} learning_rate
 * @param {number} beta1
 * @param {number} beta2
 * @param {number} epsilon
 * @param {number} weight_decay
 * @param {number} gradient_scale
 */
export function adam(parameters, gradients, m, v, update, learning_rate, beta1, beta2, epsilon, weight_decay, gradient_scale) {
    var ptr0 = passArrayF32ToWasm0(parameters, wasm.__wbindgen_malloc);
    var len0 = WASM_VECTOR_LEN;
    var ptr1 = passArrayF32ToWasm0(gradients, wasm.__wbindgen_malloc);
    var len1 = WASM_VECTOR_LEN;
    var ptr2 = passArrayF32ToWasm0(m, wasm.__wbindgen_malloc);
    var len2 = WASM_VECTOR_LEN;
    var ptr3 = passArrayF32ToWasm0(v, wasm.__wbindgen_malloc);
    var len3 = WASM_VECTOR_LEN;
    const ret = wasm.adam(ptr0, len0, parameters, ptr1, len1, gradients, ptr2, len2, m, ptr3, len3, v, update, learning_rate, beta1, beta2, epsilon, weight_decay, gradient_scale);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * See `optim::adamw`: parameters and moments are updated in place.
 * @param {Float32Array} parameters
 * @param {Float32Array} gradients
 * @param {Float32Array} m
 * @param {Float32Array} v
 * @param {number} update
 * @param {number} learning_rate
 * @param {number} beta1
 * @param {number} beta2
 * @param {number} epsilon
 * @param {number} weight_decay
 * @param {number} gradient_scale
 */
export function adamw(parameters, gradients, m, v, update, learning_rate, beta1, beta2, epsilon, weight_decay, gradient_scale) {
    var ptr0 = passArrayF32ToWasm0(parameters, wasm.__wbindgen_malloc);
    var len0 = WASM_VECTOR_LEN;
    const ptr1 = passArrayF32ToWasm0(gradients, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    var ptr2 = passArrayF32ToWasm0(m, wasm.__wbindgen_malloc);
    var len2 = WASM_VECTOR_LEN;
    var ptr3 = passArrayF32ToWasm0(v, wasm.__wbindgen_malloc);
    var len3 = WASM_VECTOR_LEN;
    const ret = wasm.adamw(ptr0, len0, parameters, ptr1, len1, ptr2, len2, m, ptr3, len3, v, update, learning_rate, beta1, beta2, epsilon, weight_decay, gradient_scale);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * See `rl::advantage_weights`.
 * @param {Float32Array} advantages
 * @param {Uint8Array} mask
 * @param {number} form
 * @param {number} temperature
 * @param {number} cap
 * @returns {Float32Array}
 */
export function advantageWeights(advantages, mask, form, temperature, cap) {
    const ptr0 = passArrayF32ToWasm0(advantages, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArray8ToWasm0(mask, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ret = wasm.advantageWeights(ptr0, len0, ptr1, len1, form, temperature, cap);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v3 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
    return v3;
}

/**
 * See `rl::categorical`: fills `log_probs` and `entropies`.
 * @param {Float32Array} logits
 * @param {Uint32Array} taken
 * @param {Float32Array} log_probs
 * @param {Float32Array} entropies
 */
export function categorical(logits, taken, log_probs, entropies) {
    const ptr0 = passArrayF32ToWasm0(logits, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArray32ToWasm0(taken, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    var ptr2 = passArrayF32ToWasm0(log_probs, wasm.__wbindgen_malloc);
    var len2 = WASM_VECTOR_LEN;
    var ptr3 = passArrayF32ToWasm0(entropies, wasm.__wbindgen_malloc);
    var len3 = WASM_VECTOR_LEN;
    const ret = wasm.categorical(ptr0, len0, ptr1, len1, ptr2, len2, log_probs, ptr3, len3, entropies);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * See `rl::categorical_backward`.
 * @param {Float32Array} logits
 * @param {Uint32Array} taken
 * @param {Float32Array} d_log_probs
 * @param {Float32Array} d_entropies
 * @returns {Float32Array}
 */
export function categoricalBackward(logits, taken, d_log_probs, d_entropies) {
    const ptr0 = passArrayF32ToWasm0(logits, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArray32ToWasm0(taken, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ptr2 = passArrayF32ToWasm0(d_log_probs, wasm.__wbindgen_malloc);
    const len2 = WASM_VECTOR_LEN;
    const ptr3 = passArrayF32ToWasm0(d_entropies, wasm.__wbindgen_malloc);
    const len3 = WASM_VECTOR_LEN;
    const ret = wasm.categoricalBackward(ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v5 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
    return v5;
}

/**
 * See `optim::clip_scale`; `optax` chooses that library's rule over PyTorch's.
 * @param {number} norm
 * @param {number} max_norm
 * @param {boolean} optax
 * @returns {number}
 */
export function clipScale(norm, max_norm, optax) {
    const ret = wasm.clipScale(norm, max_norm, optax);
    return ret;
}

/**
 * See `rl::cross_entropy`: fills `d_logits`; returns the loss and the z-loss in it. `scales` may be empty.
 * @param {Float32Array} logits
 * @param {Uint32Array} targets
 * @param {Float32Array} scales
 * @param {Uint8Array} mask
 * @param {Uint32Array} row_lengths
 * @param {number} aggregation
 * @param {number} norm
 * @param {number} global_tokens
 * @param {number} global_rows
 * @param {number} label_smoothing
 * @param {number} z_coefficient
 * @param {Float32Array} d_logits
 * @returns {Float64Array}
 */
export function crossEntropy(logits, targets, scales, mask, row_lengths, aggregation, norm, global_tokens, global_rows, label_smoothing, z_coefficient, d_logits) {
    const ptr0 = passArrayF32ToWasm0(logits, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArray32ToWasm0(targets, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ptr2 = passArrayF32ToWasm0(scales, wasm.__wbindgen_malloc);
    const len2 = WASM_VECTOR_LEN;
    const ptr3 = passArray8ToWasm0(mask, wasm.__wbindgen_malloc);
    const len3 = WASM_VECTOR_LEN;
    const ptr4 = passArray32ToWasm0(row_lengths, wasm.__wbindgen_malloc);
    const len4 = WASM_VECTOR_LEN;
    var ptr5 = passArrayF32ToWasm0(d_logits, wasm.__wbindgen_malloc);
    var len5 = WASM_VECTOR_LEN;
    const ret = wasm.crossEntropy(ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3, ptr4, len4, aggregation, norm, global_tokens, global_rows, label_smoothing, z_coefficient, ptr5, len5, d_logits);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v7 = getArrayF64FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 8, 8);
    return v7;
}

/**
 * The numbers of whole blocks; `kind` is the number of a `ggml_type`.
 *
 * # Errors
 * If the type is not one that can be read, the bytes are no whole blocks, or there is no memory for the numbers.
 * @param {number} kind
 * @param {Uint8Array} bytes
 * @returns {Float32Array}
 */
export function dequantize(kind, bytes) {
    const ptr0 = passArray8ToWasm0(bytes, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ret = wasm.dequantize(kind, ptr0, len0);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v2 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
    return v2;
}

/**
 * See `rl::discounted_returns`. `terminated` and `bootstrap` may be empty.
 * @param {Float32Array} rewards
 * @param {Uint8Array} mask
 * @param {Uint8Array} terminated
 * @param {Float32Array} bootstrap
 * @param {Uint32Array} row_lengths
 * @param {number} gamma
 * @returns {Float32Array}
 */
export function discountedReturns(rewards, mask, terminated, bootstrap, row_lengths, gamma) {
    const ptr0 = passArrayF32ToWasm0(rewards, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArray8ToWasm0(mask, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ptr2 = passArray8ToWasm0(terminated, wasm.__wbindgen_malloc);
    const len2 = WASM_VECTOR_LEN;
    const ptr3 = passArrayF32ToWasm0(bootstrap, wasm.__wbindgen_malloc);
    const len3 = WASM_VECTOR_LEN;
    const ptr4 = passArray32ToWasm0(row_lengths, wasm.__wbindgen_malloc);
    const len4 = WASM_VECTOR_LEN;
    const ret = wasm.discountedReturns(ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3, ptr4, len4, gamma);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v6 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
    return v6;
}

/**
 * See `rl::distillation`: fills `d_logits`; returns the loss and the number of non-finite tokens.
 * @param {Float32Array} logits
 * @param {Float32Array} teacher
 * @param {Uint8Array} mask
 * @param {Uint32Array} row_lengths
 * @param {number} aggregation
 * @param {number} norm
 * @param {number} global_tokens
 * @param {number} global_rows
 * @param {number} temperature
 * @param {number} beta
 * @param {Float32Array} d_logits
 * @returns {Float64Array}
 */
export function distillation(logits, teacher, mask, row_lengths, aggregation, norm, global_tokens, global_rows, temperature, beta, d_logits) {
    const ptr0 = passArrayF32ToWasm0(logits, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArrayF32ToWasm0(teacher, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ptr2 = passArray8ToWasm0(mask, wasm.__wbindgen_malloc);
    const len2 = WASM_VECTOR_LEN;
    const ptr3 = passArray32ToWasm0(row_lengths, wasm.__wbindgen_malloc);
    const len3 = WASM_VECTOR_LEN;
    var ptr4 = passArrayF32ToWasm0(d_logits, wasm.__wbindgen_malloc);
    var len4 = WASM_VECTOR_LEN;
    const ret = wasm.distillation(ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3, aggregation, norm, global_tokens, global_rows, temperature, beta, ptr4, len4, d_logits);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v6 = getArrayF64FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 8, 8);
    return v6;
}

/**
 * `exp`, `sigmoid` or `tanh` of each element, by the kernels' own polynomials.
 * @param {string} name
 * @param {Float32Array} x
 * @returns {Float32Array}
 */
export function elementary(name, x) {
    const ptr0 = passStringToWasm0(name, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArrayF32ToWasm0(x, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ret = wasm.elementary(ptr0, len0, ptr1, len1);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v3 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
    return v3;
}

/**
 * See `rl::entropy_bonus`: fills `d_entropies`; returns loss, aggregated entropy and the number of non-finite tokens.
 * @param {Float32Array} entropies
 * @param {Float32Array} scales
 * @param {Uint8Array} mask
 * @param {Uint32Array} row_lengths
 * @param {number} aggregation
 * @param {number} norm
 * @param {number} global_tokens
 * @param {number} global_rows
 * @param {number} coefficient
 * @param {Float32Array} d_entropies
 * @returns {Float64Array}
 */
export function entropyBonus(entropies, scales, mask, row_lengths, aggregation, norm, global_tokens, global_rows, coefficient, d_entropies) {
    const ptr0 = passArrayF32ToWasm0(entropies, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArrayF32ToWasm0(scales, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ptr2 = passArray8ToWasm0(mask, wasm.__wbindgen_malloc);
    const len2 = WASM_VECTOR_LEN;
    const ptr3 = passArray32ToWasm0(row_lengths, wasm.__wbindgen_malloc);
    const len3 = WASM_VECTOR_LEN;
    var ptr4 = passArrayF32ToWasm0(d_entropies, wasm.__wbindgen_malloc);
    var len4 = WASM_VECTOR_LEN;
    const ret = wasm.entropyBonus(ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3, aggregation, norm, global_tokens, global_rows, coefficient, ptr4, len4, d_entropies);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v6 = getArrayF64FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 8, 8);
    return v6;
}

/**
 * [candidates] probabilities: ε/K each and 1 − ε more for the best; greedy at ε = 0.
 * @param {Float32Array} scores
 * @param {number} epsilon
 * @returns {Float32Array}
 */
export function epsilonGreedy(scores, epsilon) {
    const ptr0 = passArrayF32ToWasm0(scores, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ret = wasm.epsilonGreedy(ptr0, len0, epsilon);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v2 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
    return v2;
}

/**
 * See `rl::expectile_loss`: fills `d_values`; returns the loss and the number of non-finite tokens. `scales` may be empty.
 * @param {Float32Array} values
 * @param {Float32Array} targets
 * @param {Float32Array} scales
 * @param {Uint8Array} mask
 * @param {Uint32Array} row_lengths
 * @param {number} aggregation
 * @param {number} norm
 * @param {number} global_tokens
 * @param {number} global_rows
 * @param {number} expectile
 * @param {Float32Array} d_values
 * @returns {Float64Array}
 */
export function expectileLoss(values, targets, scales, mask, row_lengths, aggregation, norm, global_tokens, global_rows, expectile, d_values) {
    const ptr0 = passArrayF32ToWasm0(values, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArrayF32ToWasm0(targets, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ptr2 = passArrayF32ToWasm0(scales, wasm.__wbindgen_malloc);
    const len2 = WASM_VECTOR_LEN;
    const ptr3 = passArray8ToWasm0(mask, wasm.__wbindgen_malloc);
    const len3 = WASM_VECTOR_LEN;
    const ptr4 = passArray32ToWasm0(row_lengths, wasm.__wbindgen_malloc);
    const len4 = WASM_VECTOR_LEN;
    var ptr5 = passArrayF32ToWasm0(d_values, wasm.__wbindgen_malloc);
    var len5 = WASM_VECTOR_LEN;
    const ret = wasm.expectileLoss(ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3, ptr4, len4, aggregation, norm, global_tokens, global_rows, expectile, ptr5, len5, d_values);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v7 = getArrayF64FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 8, 8);
    return v7;
}

/**
 * See `rl::gae`: fills `advantages` and `returns`.
 * @param {Float32Array} rewards
 * @param {Float32Array} values
 * @param {Float32Array} next_values
 * @param {Uint8Array} terminated
 * @param {Uint8Array} truncated
 * @param {Uint32Array} row_lengths
 * @param {number} gamma
 * @param {number} lambda
 * @param {Float32Array} advantages
 * @param {Float32Array} returns
 */
export function gae(rewards, values, next_values, terminated, truncated, row_lengths, gamma, lambda, advantages, returns) {
    const ptr0 = passArrayF32ToWasm0(rewards, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArrayF32ToWasm0(values, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ptr2 = passArrayF32ToWasm0(next_values, wasm.__wbindgen_malloc);
    const len2 = WASM_VECTOR_LEN;
    const ptr3 = passArray8ToWasm0(terminated, wasm.__wbindgen_malloc);
    const len3 = WASM_VECTOR_LEN;
    const ptr4 = passArray8ToWasm0(truncated, wasm.__wbindgen_malloc);
    const len4 = WASM_VECTOR_LEN;
    const ptr5 = passArray32ToWasm0(row_lengths, wasm.__wbindgen_malloc);
    const len5 = WASM_VECTOR_LEN;
    var ptr6 = passArrayF32ToWasm0(advantages, wasm.__wbindgen_malloc);
    var len6 = WASM_VECTOR_LEN;
    var ptr7 = passArrayF32ToWasm0(returns, wasm.__wbindgen_malloc);
    var len7 = WASM_VECTOR_LEN;
    const ret = wasm.gae(ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3, ptr4, len4, ptr5, len5, gamma, lambda, ptr6, len6, advantages, ptr7, len7, returns);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * `C[m,n] = A·B` or, when `c` is given, `c + A·B`, dense and row-major.
 *
 * `kind`: `nn` A[m,k] B[k,n] · `nt` A[m,k] B[n,k]ᵀ · `tn` A[k,m]ᵀ B[k,n] · `packed_nn`, `packed_nt` through packed weights.
 * @param {string} kind
 * @param {number} m
 * @param {number} n
 * @param {number} k
 * @param {Float32Array} a
 * @param {Float32Array} b
 * @param {Float32Array | null} [c]
 * @returns {Float32Array}
 */
export function gemm(kind, m, n, k, a, b, c) {
    const ptr0 = passStringToWasm0(kind, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArrayF32ToWasm0(a, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ptr2 = passArrayF32ToWasm0(b, wasm.__wbindgen_malloc);
    const len2 = WASM_VECTOR_LEN;
    var ptr3 = isLikeNone(c) ? 0 : passArrayF32ToWasm0(c, wasm.__wbindgen_malloc);
    var len3 = WASM_VECTOR_LEN;
    const ret = wasm.gemm(ptr0, len0, m, n, k, ptr1, len1, ptr2, len2, ptr3, len3);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v5 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
    return v5;
}

/**
 * See `optim::global_norm`.
 * @param {Float32Array} gradients
 * @returns {number}
 */
export function globalNorm(gradients) {
    const ptr0 = passArrayF32ToWasm0(gradients, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ret = wasm.globalNorm(ptr0, len0);
    return ret;
}

/**
 * See `rl::group_advantages`. `lengths` may be empty (all 1).
 * @param {Float32Array} rewards
 * @param {Uint32Array} groups
 * @param {Float32Array} lengths
 * @param {number} baseline
 * @param {number} scale
 * @param {number} epsilon
 * @param {boolean} singleton_raw
 * @returns {Float32Array}
 */
export function groupAdvantages(rewards, groups, lengths, baseline, scale, epsilon, singleton_raw) {
    const ptr0 = passArrayF32ToWasm0(rewards, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArray32ToWasm0(groups, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ptr2 = passArrayF32ToWasm0(lengths, wasm.__wbindgen_malloc);
    const len2 = WASM_VECTOR_LEN;
    const ret = wasm.groupAdvantages(ptr0, len0, ptr1, len1, ptr2, len2, baseline, scale, epsilon, singleton_raw);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v4 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
    return v4;
}

/**
 * See `rl::importance_weights`: fills `out`; returns the share outside the bounds and that of the effective sample size.
 * @param {Float32Array} log_probs
 * @param {Float32Array} behavior
 * @param {Uint8Array} mask
 * @param {Uint32Array} row_lengths
 * @param {number} level
 * @param {number} lowest
 * @param {number} highest
 * @param {boolean} drop_outside
 * @param {boolean} normalize
 * @param {number} log_ratio_clamp
 * @param {Float32Array} out
 * @returns {Float64Array}
 */
export function importanceWeights(log_probs, behavior, mask, row_lengths, level, lowest, highest, drop_outside, normalize, log_ratio_clamp, out) {
    const ptr0 = passArrayF32ToWasm0(log_probs, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArrayF32ToWasm0(behavior, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ptr2 = passArray8ToWasm0(mask, wasm.__wbindgen_malloc);
    const len2 = WASM_VECTOR_LEN;
    const ptr3 = passArray32ToWasm0(row_lengths, wasm.__wbindgen_malloc);
    const len3 = WASM_VECTOR_LEN;
    var ptr4 = passArrayF32ToWasm0(out, wasm.__wbindgen_malloc);
    var len4 = WASM_VECTOR_LEN;
    const ret = wasm.importanceWeights(ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3, level, lowest, highest, drop_outside, normalize, log_ratio_clamp, ptr4, len4, out);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v6 = getArrayF64FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 8, 8);
    return v6;
}

/**
 * Name of the instruction set that this build was compiled for: `relaxed`, `simd128` or `scalar`.
 * @returns {string}
 */
export function instructionSet() {
    let deferred1_0;
    let deferred1_1;
    try {
        const ret = wasm.instructionSet();
        deferred1_0 = ret[0];
        deferred1_1 = ret[1];
        return getStringFromWasm0(ret[0], ret[1]);
    } finally {
        wasm.__wbindgen_free(deferred1_0, deferred1_1, 1);
    }
}

/**
 * [candidates] probabilities 1 / (K + γ · gap), the rest to the best.
 * @param {Float32Array} scores
 * @param {number} gamma
 * @param {number} top
 * @param {number} extra
 * @param {number} floor
 * @returns {Float32Array}
 */
export function inverseGap(scores, gamma, top, extra, floor) {
    const ptr0 = passArrayF32ToWasm0(scores, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ret = wasm.inverseGap(ptr0, len0, gamma, top, extra, floor);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v2 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
    return v2;
}

/**
 * See `rl::judged_loss`: fills `d_log_probs`; returns the fields of `JudgedLoss` in their order. `reference` and
 * `weights` may be empty.
 * @param {Float32Array} log_probs
 * @param {Float32Array} reference
 * @param {Uint8Array} mask
 * @param {Uint32Array} row_lengths
 * @param {Float32Array} labels
 * @param {Float32Array} weights
 * @param {boolean} cross_entropy
 * @param {boolean} mean
 * @param {number} beta
 * @param {number} baseline
 * @param {number} weight_good
 * @param {number} weight_bad
 * @param {number} global_rows
 * @param {Float32Array} d_log_probs
 * @returns {Float64Array}
 */
export function judgedLoss(log_probs, reference, mask, row_lengths, labels, weights, cross_entropy, mean, beta, baseline, weight_good, weight_bad, global_rows, d_log_probs) {
    const ptr0 = passArrayF32ToWasm0(log_probs, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArrayF32ToWasm0(reference, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ptr2 = passArray8ToWasm0(mask, wasm.__wbindgen_malloc);
    const len2 = WASM_VECTOR_LEN;
    const ptr3 = passArray32ToWasm0(row_lengths, wasm.__wbindgen_malloc);
    const len3 = WASM_VECTOR_LEN;
    const ptr4 = passArrayF32ToWasm0(labels, wasm.__wbindgen_malloc);
    const len4 = WASM_VECTOR_LEN;
    const ptr5 = passArrayF32ToWasm0(weights, wasm.__wbindgen_malloc);
    const len5 = WASM_VECTOR_LEN;
    var ptr6 = passArrayF32ToWasm0(d_log_probs, wasm.__wbindgen_malloc);
    var len6 = WASM_VECTOR_LEN;
    const ret = wasm.judgedLoss(ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3, ptr4, len4, ptr5, len5, cross_entropy, mean, beta, baseline, weight_good, weight_bad, global_rows, ptr6, len6, d_log_probs);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v8 = getArrayF64FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 8, 8);
    return v8;
}

/**
 * See `rl::kl_estimate`: fills `values` and `d_log_probs`.
 * @param {Float32Array} log_probs
 * @param {Float32Array} reference
 * @param {Uint8Array} mask
 * @param {number} estimator
 * @param {Float32Array} values
 * @param {Float32Array} d_log_probs
 */
export function klEstimate(log_probs, reference, mask, estimator, values, d_log_probs) {
    const ptr0 = passArrayF32ToWasm0(log_probs, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArrayF32ToWasm0(reference, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ptr2 = passArray8ToWasm0(mask, wasm.__wbindgen_malloc);
    const len2 = WASM_VECTOR_LEN;
    var ptr3 = passArrayF32ToWasm0(values, wasm.__wbindgen_malloc);
    var len3 = WASM_VECTOR_LEN;
    var ptr4 = passArrayF32ToWasm0(d_log_probs, wasm.__wbindgen_malloc);
    var len4 = WASM_VECTOR_LEN;
    const ret = wasm.klEstimate(ptr0, len0, ptr1, len1, ptr2, len2, estimator, ptr3, len3, values, ptr4, len4, d_log_probs);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * See `rl::lambda_returns`.
 * @param {Float32Array} rewards
 * @param {Float32Array} next_values
 * @param {Uint8Array} terminated
 * @param {Uint8Array} truncated
 * @param {Uint32Array} row_lengths
 * @param {number} gamma
 * @param {number} lambda
 * @returns {Float32Array}
 */
export function lambdaReturns(rewards, next_values, terminated, truncated, row_lengths, gamma, lambda) {
    const ptr0 = passArrayF32ToWasm0(rewards, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArrayF32ToWasm0(next_values, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ptr2 = passArray8ToWasm0(terminated, wasm.__wbindgen_malloc);
    const len2 = WASM_VECTOR_LEN;
    const ptr3 = passArray8ToWasm0(truncated, wasm.__wbindgen_malloc);
    const len3 = WASM_VECTOR_LEN;
    const ptr4 = passArray32ToWasm0(row_lengths, wasm.__wbindgen_malloc);
    const len4 = WASM_VECTOR_LEN;
    const ret = wasm.lambdaReturns(ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3, ptr4, len4, gamma, lambda);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v6 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
    return v6;
}

/**
 * See `optim::lion`: parameters and momentum are updated in place.
 * @param {Float32Array} parameters
 * @param {Float32Array} gradients
 * @param {Float32Array} m
 * @param {number} learning_rate
 * @param {number} beta1
 * @param {number} beta2
 * @param {number} weight_decay
 * @param {number} gradient_scale
 */
export function lion(parameters, gradients, m, learning_rate, beta1, beta2, weight_decay, gradient_scale) {
    var ptr0 = passArrayF32ToWasm0(parameters, wasm.__wbindgen_malloc);
    var len0 = WASM_VECTOR_LEN;
    const ptr1 = passArrayF32ToWasm0(gradients, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    var ptr2 = passArrayF32ToWasm0(m, wasm.__wbindgen_malloc);
    var len2 = WASM_VECTOR_LEN;
    const ret = wasm.lion(ptr0, len0, parameters, ptr1, len1, ptr2, len2, m, learning_rate, beta1, beta2, weight_decay, gradient_scale);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * ln Σ exp(logits / temperature) over the allowed entries; mask bit j % 32 of word j / 32, none allows all.
 * @param {Float32Array} logits
 * @param {Uint32Array | null | undefined} mask
 * @param {number} temperature
 * @returns {number}
 */
export function logNormalizer(logits, mask, temperature) {
    const ptr0 = passArrayF32ToWasm0(logits, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    var ptr1 = isLikeNone(mask) ? 0 : passArray32ToWasm0(mask, wasm.__wbindgen_malloc);
    var len1 = WASM_VECTOR_LEN;
    const ret = wasm.logNormalizer(ptr0, len0, ptr1, len1, temperature);
    if (ret[2]) {
        throw takeFromExternrefTable0(ret[1]);
    }
    return ret[0];
}

/**
 * See `rl::masked_gae`: fills `advantages` and `returns`.
 * @param {Float32Array} rewards
 * @param {Float32Array} values
 * @param {Uint8Array} mask
 * @param {Uint32Array} row_lengths
 * @param {number} gamma
 * @param {number} lambda
 * @param {Float32Array} advantages
 * @param {Float32Array} returns
 */
export function maskedGae(rewards, values, mask, row_lengths, gamma, lambda, advantages, returns) {
    const ptr0 = passArrayF32ToWasm0(rewards, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArrayF32ToWasm0(values, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ptr2 = passArray8ToWasm0(mask, wasm.__wbindgen_malloc);
    const len2 = WASM_VECTOR_LEN;
    const ptr3 = passArray32ToWasm0(row_lengths, wasm.__wbindgen_malloc);
    const len3 = WASM_VECTOR_LEN;
    var ptr4 = passArrayF32ToWasm0(advantages, wasm.__wbindgen_malloc);
    var len4 = WASM_VECTOR_LEN;
    var ptr5 = passArrayF32ToWasm0(returns, wasm.__wbindgen_malloc);
    var len5 = WASM_VECTOR_LEN;
    const ret = wasm.maskedGae(ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3, gamma, lambda, ptr4, len4, advantages, ptr5, len5, returns);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * See `optim::muon`: parameters and momentum of one matrix with this many rows are updated in place.
 * `match_rms_adamw` chooses that rate over the original one.
 * @param {Float32Array} parameters
 * @param {Float32Array} gradients
 * @param {Float32Array} m
 * @param {number} rows
 * @param {number} learning_rate
 * @param {number} momentum
 * @param {boolean} nesterov
 * @param {number} weight_decay
 * @param {boolean} match_rms_adamw
 * @param {number} gradient_scale
 */
export function muon(parameters, gradients, m, rows, learning_rate, momentum, nesterov, weight_decay, match_rms_adamw, gradient_scale) {
    var ptr0 = passArrayF32ToWasm0(parameters, wasm.__wbindgen_malloc);
    var len0 = WASM_VECTOR_LEN;
    const ptr1 = passArrayF32ToWasm0(gradients, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    var ptr2 = passArrayF32ToWasm0(m, wasm.__wbindgen_malloc);
    var len2 = WASM_VECTOR_LEN;
    const ret = wasm.muon(ptr0, len0, parameters, ptr1, len1, ptr2, len2, m, rows, learning_rate, momentum, nesterov, weight_decay, match_rms_adamw, gradient_scale);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * See `rl::n_step_returns`.
 * @param {Float32Array} rewards
 * @param {Float32Array} next_values
 * @param {Float32Array} discounts
 * @param {Uint8Array} truncated
 * @param {Uint32Array} row_lengths
 * @param {number} n
 * @returns {Float32Array}
 */
export function nStepReturns(rewards, next_values, discounts, truncated, row_lengths, n) {
    const ptr0 = passArrayF32ToWasm0(rewards, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArrayF32ToWasm0(next_values, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ptr2 = passArrayF32ToWasm0(discounts, wasm.__wbindgen_malloc);
    const len2 = WASM_VECTOR_LEN;
    const ptr3 = passArray8ToWasm0(truncated, wasm.__wbindgen_malloc);
    const len3 = WASM_VECTOR_LEN;
    const ptr4 = passArray32ToWasm0(row_lengths, wasm.__wbindgen_malloc);
    const len4 = WASM_VECTOR_LEN;
    const ret = wasm.nStepReturns(ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3, ptr4, len4, n);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v6 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
    return v6;
}

/**
 * See `rl::next_action_values`. `selector` and `probabilities` may be empty.
 * @param {Float32Array} q
 * @param {Float32Array} selector
 * @param {Float32Array} probabilities
 * @param {number} rows
 * @returns {Float32Array}
 */
export function nextActionValues(q, selector, probabilities, rows) {
    const ptr0 = passArrayF32ToWasm0(q, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArrayF32ToWasm0(selector, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ptr2 = passArrayF32ToWasm0(probabilities, wasm.__wbindgen_malloc);
    const len2 = WASM_VECTOR_LEN;
    const ret = wasm.nextActionValues(ptr0, len0, ptr1, len1, ptr2, len2, rows);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v4 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
    return v4;
}

/**
 * See `rl::nll`: fills `d_log_probs`; returns loss and the number of non-finite tokens. `scales` may be empty.
 * @param {Float32Array} log_probs
 * @param {Float32Array} scales
 * @param {Uint8Array} mask
 * @param {Uint32Array} row_lengths
 * @param {number} aggregation
 * @param {number} norm
 * @param {number} global_tokens
 * @param {number} global_rows
 * @param {Float32Array} d_log_probs
 * @returns {Float64Array}
 */
export function nll(log_probs, scales, mask, row_lengths, aggregation, norm, global_tokens, global_rows, d_log_probs) {
    const ptr0 = passArrayF32ToWasm0(log_probs, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArrayF32ToWasm0(scales, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ptr2 = passArray8ToWasm0(mask, wasm.__wbindgen_malloc);
    const len2 = WASM_VECTOR_LEN;
    const ptr3 = passArray32ToWasm0(row_lengths, wasm.__wbindgen_malloc);
    const len3 = WASM_VECTOR_LEN;
    var ptr4 = passArrayF32ToWasm0(d_log_probs, wasm.__wbindgen_malloc);
    var len4 = WASM_VECTOR_LEN;
    const ret = wasm.nll(ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3, aggregation, norm, global_tokens, global_rows, ptr4, len4, d_log_probs);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v6 = getArrayF64FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 8, 8);
    return v6;
}

/**
 * `mean[i] + scale · deviation[i] · N(0, 1)`, `count` rows one after another: a pure function of its arguments.
 * @param {Float32Array} means
 * @param {Float32Array} deviations
 * @param {number} count
 * @param {number} scale
 * @param {number} seed
 * @param {number} stream
 * @returns {Float32Array}
 */
export function normalDraws(means, deviations, count, scale, seed, stream) {
    const ptr0 = passArrayF32ToWasm0(means, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArrayF32ToWasm0(deviations, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ret = wasm.normalDraws(ptr0, len0, ptr1, len1, count, scale, seed, stream);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v3 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
    return v3;
}

/**
 * Rows of `k` numbers, from whole blocks of a `ggml_type`, as blocks of "e4" (Q4_0), "e7" or "q8" (Q8_0), by the rule of
 * `PackedTransformer.writeRows`; what a row lacks to whole blocks is 0.
 * @param {string} format
 * @param {number} kind
 * @param {number} k
 * @param {Uint8Array} bytes
 * @returns {Uint8Array}
 */
export function packRows(format, kind, k, bytes) {
    const ptr0 = passStringToWasm0(format, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArray8ToWasm0(bytes, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ret = wasm.packRows(ptr0, len0, kind, k, ptr1, len1);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v3 = getArrayU8FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 1, 1);
    return v3;
}

/**
 * `x · Wᵀ` through packed weights, for tests and the self-test: x `[rows, k]`, w `[n, k]`, result `[rows, n]`.
 * @param {string} format
 * @param {number} rows
 * @param {number} n
 * @param {number} k
 * @param {Float32Array} x
 * @param {Float32Array} w
 * @returns {Float32Array}
 */
export function packedProduct(format, rows, n, k, x, w) {
    const ptr0 = passStringToWasm0(format, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArrayF32ToWasm0(x, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ptr2 = passArrayF32ToWasm0(w, wasm.__wbindgen_malloc);
    const len2 = WASM_VECTOR_LEN;
    const ret = wasm.packedProduct(ptr0, len0, rows, n, k, ptr1, len1, ptr2, len2);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v4 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
    return v4;
}

/**
 * As `peakMultiplyAdds` with integer dot products; returns the multiply-adds that were done.
 * @param {number} iterations
 * @returns {number}
 */
export function peakDotProducts(iterations) {
    const ret = wasm.peakDotProducts(iterations);
    return ret;
}

/**
 * Runs `iterations` rounds of 12 independent vector multiply-adds in registers; FLOP = `iterations · 96`.
 * @param {number} iterations
 * @returns {number}
 */
export function peakMultiplyAdds(iterations) {
    const ret = wasm.peakMultiplyAdds(iterations);
    return ret;
}

/**
 * See `rl::policy_loss`: fills `d_log_probs`; returns the fields of `PolicyLoss` in their order. Empty columns are absent.
 * @param {Float32Array} log_probs
 * @param {Float32Array} behavior
 * @param {Float32Array} log_ratios
 * @param {Float32Array} advantages
 * @param {Float32Array} reference
 * @param {Float32Array} scales
 * @param {Uint8Array} mask
 * @param {Uint32Array} row_lengths
 * @param {number} aggregation
 * @param {number} norm
 * @param {number} global_tokens
 * @param {number} global_rows
 * @param {number} surrogate
 * @param {number} clip_low
 * @param {number} clip_high
 * @param {number} dual_clip
 * @param {number} ratio_cap
 * @param {number} log_ratio_low
 * @param {number} log_ratio_high
 * @param {number} kl_coefficient
 * @param {boolean} kl_times_ratio
 * @param {Float32Array} d_log_probs
 * @returns {Float64Array}
 */
export function policyLoss(log_probs, behavior, log_ratios, advantages, reference, scales, mask, row_lengths, aggregation, norm, global_tokens, global_rows, surrogate, clip_low, clip_high, dual_clip, ratio_cap, log_ratio_low, log_ratio_high, kl_coefficient, kl_times_ratio, d_log_probs) {
    const ptr0 = passArrayF32ToWasm0(log_probs, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArrayF32ToWasm0(behavior, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ptr2 = passArrayF32ToWasm0(log_ratios, wasm.__wbindgen_malloc);
    const len2 = WASM_VECTOR_LEN;
    const ptr3 = passArrayF32ToWasm0(advantages, wasm.__wbindgen_malloc);
    const len3 = WASM_VECTOR_LEN;
    const ptr4 = passArrayF32ToWasm0(reference, wasm.__wbindgen_malloc);
    const len4 = WASM_VECTOR_LEN;
    const ptr5 = passArrayF32ToWasm0(scales, wasm.__wbindgen_malloc);
    const len5 = WASM_VECTOR_LEN;
    const ptr6 = passArray8ToWasm0(mask, wasm.__wbindgen_malloc);
    const len6 = WASM_VECTOR_LEN;
    const ptr7 = passArray32ToWasm0(row_lengths, wasm.__wbindgen_malloc);
    const len7 = WASM_VECTOR_LEN;
    var ptr8 = passArrayF32ToWasm0(d_log_probs, wasm.__wbindgen_malloc);
    var len8 = WASM_VECTOR_LEN;
    const ret = wasm.policyLoss(ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3, ptr4, len4, ptr5, len5, ptr6, len6, ptr7, len7, aggregation, norm, global_tokens, global_rows, surrogate, clip_low, clip_high, dual_clip, ratio_cap, log_ratio_low, log_ratio_high, kl_coefficient, kl_times_ratio, ptr8, len8, d_log_probs);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v10 = getArrayF64FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 8, 8);
    return v10;
}

/**
 * See `rl::preference_loss`: fills `d_log_probs`; returns the fields of `PreferenceLoss` in their order. `reference`,
 * `margins` and `weights` may be empty.
 * @param {Float32Array} log_probs
 * @param {Float32Array} reference
 * @param {Uint8Array} mask
 * @param {Uint32Array} row_lengths
 * @param {Uint32Array} chosen
 * @param {Uint32Array} rejected
 * @param {Float32Array} margins
 * @param {Float32Array} weights
 * @param {number} pair_loss
 * @param {number} form
 * @param {number} alpha
 * @param {boolean} mean
 * @param {boolean} sorted
 * @param {number} beta
 * @param {number} margin
 * @param {number} label_smoothing
 * @param {number} temperature
 * @param {number} center
 * @param {number} coefficient
 * @param {number} nll_coefficient
 * @param {boolean} nll_by_token
 * @param {number} global_pairs
 * @param {Float32Array} d_log_probs
 * @returns {Float64Array}
 */
export function preferenceLoss(log_probs, reference, mask, row_lengths, chosen, rejected, margins, weights, pair_loss, form, alpha, mean, sorted, beta, margin, label_smoothing, temperature, center, coefficient, nll_coefficient, nll_by_token, global_pairs, d_log_probs) {
    const ptr0 = passArrayF32ToWasm0(log_probs, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArrayF32ToWasm0(reference, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ptr2 = passArray8ToWasm0(mask, wasm.__wbindgen_malloc);
    const len2 = WASM_VECTOR_LEN;
    const ptr3 = passArray32ToWasm0(row_lengths, wasm.__wbindgen_malloc);
    const len3 = WASM_VECTOR_LEN;
    const ptr4 = passArray32ToWasm0(chosen, wasm.__wbindgen_malloc);
    const len4 = WASM_VECTOR_LEN;
    const ptr5 = passArray32ToWasm0(rejected, wasm.__wbindgen_malloc);
    const len5 = WASM_VECTOR_LEN;
    const ptr6 = passArrayF32ToWasm0(margins, wasm.__wbindgen_malloc);
    const len6 = WASM_VECTOR_LEN;
    const ptr7 = passArrayF32ToWasm0(weights, wasm.__wbindgen_malloc);
    const len7 = WASM_VECTOR_LEN;
    var ptr8 = passArrayF32ToWasm0(d_log_probs, wasm.__wbindgen_malloc);
    var len8 = WASM_VECTOR_LEN;
    const ret = wasm.preferenceLoss(ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3, ptr4, len4, ptr5, len5, ptr6, len6, ptr7, len7, pair_loss, form, alpha, mean, sorted, beta, margin, label_smoothing, temperature, center, coefficient, nll_coefficient, nll_by_token, global_pairs, ptr8, len8, d_log_probs);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v10 = getArrayF64FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 8, 8);
    return v10;
}

/**
 * Softmax of logits / temperature over the allowed entries, 0 elsewhere.
 * @param {Float32Array} logits
 * @param {Uint32Array | null | undefined} mask
 * @param {number} temperature
 * @returns {Float32Array}
 */
export function probabilities(logits, mask, temperature) {
    const ptr0 = passArrayF32ToWasm0(logits, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    var ptr1 = isLikeNone(mask) ? 0 : passArray32ToWasm0(mask, wasm.__wbindgen_malloc);
    var len1 = WASM_VECTOR_LEN;
    const ret = wasm.probabilities(ptr0, len0, ptr1, len1, temperature);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v3 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
    return v3;
}

/**
 * See `rl::rejection_mask`.
 * @param {Float32Array} log_probs
 * @param {Float32Array} behavior
 * @param {Uint8Array} mask
 * @param {Uint32Array} row_lengths
 * @param {number} unit
 * @param {number} order
 * @param {number} lowest
 * @param {number} highest
 * @param {number} log_ratio_clamp
 * @returns {Uint8Array}
 */
export function rejectionMask(log_probs, behavior, mask, row_lengths, unit, order, lowest, highest, log_ratio_clamp) {
    const ptr0 = passArrayF32ToWasm0(log_probs, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArrayF32ToWasm0(behavior, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ptr2 = passArray8ToWasm0(mask, wasm.__wbindgen_malloc);
    const len2 = WASM_VECTOR_LEN;
    const ptr3 = passArray32ToWasm0(row_lengths, wasm.__wbindgen_malloc);
    const len3 = WASM_VECTOR_LEN;
    const ret = wasm.rejectionMask(ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3, unit, order, lowest, highest, log_ratio_clamp);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v5 = getArrayU8FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 1, 1);
    return v5;
}

/**
 * See `rl::retrace`.
 * @param {Float32Array} next_q
 * @param {Float32Array} next_probabilities
 * @param {Uint32Array} next_actions
 * @param {Float32Array} next_propensities
 * @param {Float32Array} rewards
 * @param {Float32Array} discounts
 * @param {Uint32Array} row_lengths
 * @param {number} lambda
 * @param {number} epsilon
 * @returns {Float32Array}
 */
export function retrace(next_q, next_probabilities, next_actions, next_propensities, rewards, discounts, row_lengths, lambda, epsilon) {
    const ptr0 = passArrayF32ToWasm0(next_q, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArrayF32ToWasm0(next_probabilities, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ptr2 = passArray32ToWasm0(next_actions, wasm.__wbindgen_malloc);
    const len2 = WASM_VECTOR_LEN;
    const ptr3 = passArrayF32ToWasm0(next_propensities, wasm.__wbindgen_malloc);
    const len3 = WASM_VECTOR_LEN;
    const ptr4 = passArrayF32ToWasm0(rewards, wasm.__wbindgen_malloc);
    const len4 = WASM_VECTOR_LEN;
    const ptr5 = passArrayF32ToWasm0(discounts, wasm.__wbindgen_malloc);
    const len5 = WASM_VECTOR_LEN;
    const ptr6 = passArray32ToWasm0(row_lengths, wasm.__wbindgen_malloc);
    const len6 = WASM_VECTOR_LEN;
    const ret = wasm.retrace(ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3, ptr4, len4, ptr5, len5, ptr6, len6, lambda, epsilon);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v8 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
    return v8;
}

/**
 * See `optim::rmsprop`: parameters and moments are updated in place.
 * @param {Float32Array} parameters
 * @param {Float32Array} gradients
 * @param {Float32Array} v
 * @param {Float32Array} average
 * @param {Float32Array} buffer
 * @param {number} learning_rate
 * @param {number} alpha
 * @param {number} epsilon
 * @param {number} momentum
 * @param {boolean} centered
 * @param {number} gradient_scale
 */
export function rmsprop(parameters, gradients, v, average, buffer, learning_rate, alpha, epsilon, momentum, centered, gradient_scale) {
    var ptr0 = passArrayF32ToWasm0(parameters, wasm.__wbindgen_malloc);
    var len0 = WASM_VECTOR_LEN;
    const ptr1 = passArrayF32ToWasm0(gradients, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    var ptr2 = passArrayF32ToWasm0(v, wasm.__wbindgen_malloc);
    var len2 = WASM_VECTOR_LEN;
    var ptr3 = passArrayF32ToWasm0(average, wasm.__wbindgen_malloc);
    var len3 = WASM_VECTOR_LEN;
    var ptr4 = passArrayF32ToWasm0(buffer, wasm.__wbindgen_malloc);
    var len4 = WASM_VECTOR_LEN;
    const ret = wasm.rmsprop(ptr0, len0, parameters, ptr1, len1, ptr2, len2, v, ptr3, len3, average, ptr4, len4, buffer, learning_rate, alpha, epsilon, momentum, centered, gradient_scale);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * Draws one token from each row of `logits [rows, vocabulary]`; as `Transformer.sampleLast`.
 * @param {Float32Array} logits
 * @param {number} vocabulary
 * @param {Uint32Array} maskIndex
 * @param {Uint32Array} masks
 * @param {number} temperature
 * @param {number} topK
 * @param {number} topP
 * @param {number} minP
 * @param {BigUint64Array} seeds
 * @param {Uint32Array} streams
 * @param {Uint32Array} counters
 * @param {boolean | null} [raw]
 * @returns {Samples}
 */
export function sampleRows(logits, vocabulary, maskIndex, masks, temperature, topK, topP, minP, seeds, streams, counters, raw) {
    const ptr0 = passArrayF32ToWasm0(logits, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArray32ToWasm0(maskIndex, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ptr2 = passArray32ToWasm0(masks, wasm.__wbindgen_malloc);
    const len2 = WASM_VECTOR_LEN;
    const ptr3 = passArray64ToWasm0(seeds, wasm.__wbindgen_malloc);
    const len3 = WASM_VECTOR_LEN;
    const ptr4 = passArray32ToWasm0(streams, wasm.__wbindgen_malloc);
    const len4 = WASM_VECTOR_LEN;
    const ptr5 = passArray32ToWasm0(counters, wasm.__wbindgen_malloc);
    const len5 = WASM_VECTOR_LEN;
    const ret = wasm.sampleRows(ptr0, len0, vocabulary, ptr1, len1, ptr2, len2, temperature, topK, topP, minP, ptr3, len3, ptr4, len4, ptr5, len5, isLikeNone(raw) ? 0xFFFFFF : raw ? 1 : 0);
    if (ret[2]) {
        throw takeFromExternrefTable0(ret[1]);
    }
    return Samples.__wrap(ret[0]);
}

/**
 * The uniform number in [0, 1) of a draw: a pure function, so that every draw can be repeated.
 * @param {bigint} seed
 * @param {number} stream
 * @param {number} counter
 * @returns {number}
 */
export function samplingUniform(seed, stream, counter) {
    const ret = wasm.samplingUniform(seed, stream, counter);
    return ret;
}

/**
 * Log-probabilities of targets[i] in row i of `logits [rows, vocabulary]`, and entropies; as `Transformer.score`.
 * @param {Float32Array} logits
 * @param {number} vocabulary
 * @param {Uint32Array} targets
 * @param {Uint32Array} maskIndex
 * @param {Uint32Array} masks
 * @param {number} temperature
 * @returns {Scores}
 */
export function scoreRows(logits, vocabulary, targets, maskIndex, masks, temperature) {
    const ptr0 = passArrayF32ToWasm0(logits, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArray32ToWasm0(targets, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ptr2 = passArray32ToWasm0(maskIndex, wasm.__wbindgen_malloc);
    const len2 = WASM_VECTOR_LEN;
    const ptr3 = passArray32ToWasm0(masks, wasm.__wbindgen_malloc);
    const len3 = WASM_VECTOR_LEN;
    const ret = wasm.scoreRows(ptr0, len0, vocabulary, ptr1, len1, ptr2, len2, ptr3, len3, temperature);
    if (ret[2]) {
        throw takeFromExternrefTable0(ret[1]);
    }
    return Scores.__wrap(ret[0]);
}

/**
 * See `rl::sequence_log_ratios`.
 * @param {Float32Array} log_probs
 * @param {Float32Array} behavior
 * @param {Uint8Array} mask
 * @param {Uint32Array} row_lengths
 * @param {boolean} mean
 * @returns {Float32Array}
 */
export function sequenceLogRatios(log_probs, behavior, mask, row_lengths, mean) {
    const ptr0 = passArrayF32ToWasm0(log_probs, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArrayF32ToWasm0(behavior, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ptr2 = passArray8ToWasm0(mask, wasm.__wbindgen_malloc);
    const len2 = WASM_VECTOR_LEN;
    const ptr3 = passArray32ToWasm0(row_lengths, wasm.__wbindgen_malloc);
    const len3 = WASM_VECTOR_LEN;
    const ret = wasm.sequenceLogRatios(ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3, mean);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v5 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
    return v5;
}

/**
 * See `optim::sgd`: parameters and velocity are updated in place.
 * @param {Float32Array} parameters
 * @param {Float32Array} gradients
 * @param {Float32Array} velocity
 * @param {number} learning_rate
 * @param {number} momentum
 * @param {boolean} nesterov
 * @param {number} weight_decay
 * @param {number} gradient_scale
 */
export function sgd(parameters, gradients, velocity, learning_rate, momentum, nesterov, weight_decay, gradient_scale) {
    var ptr0 = passArrayF32ToWasm0(parameters, wasm.__wbindgen_malloc);
    var len0 = WASM_VECTOR_LEN;
    const ptr1 = passArrayF32ToWasm0(gradients, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    var ptr2 = passArrayF32ToWasm0(velocity, wasm.__wbindgen_malloc);
    var len2 = WASM_VECTOR_LEN;
    const ret = wasm.sgd(ptr0, len0, parameters, ptr1, len1, ptr2, len2, velocity, learning_rate, momentum, nesterov, weight_decay, gradient_scale);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * See `rl::soft_values`: fills `values`, `entropies` and `d_logits`.
 * @param {Float32Array} logits
 * @param {Float32Array} q
 * @param {number} alpha
 * @param {Float32Array} values
 * @param {Float32Array} entropies
 * @param {Float32Array} d_logits
 */
export function softValues(logits, q, alpha, values, entropies, d_logits) {
    const ptr0 = passArrayF32ToWasm0(logits, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArrayF32ToWasm0(q, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    var ptr2 = passArrayF32ToWasm0(values, wasm.__wbindgen_malloc);
    var len2 = WASM_VECTOR_LEN;
    var ptr3 = passArrayF32ToWasm0(entropies, wasm.__wbindgen_malloc);
    var len3 = WASM_VECTOR_LEN;
    var ptr4 = passArrayF32ToWasm0(d_logits, wasm.__wbindgen_malloc);
    var len4 = WASM_VECTOR_LEN;
    const ret = wasm.softValues(ptr0, len0, ptr1, len1, alpha, ptr2, len2, values, ptr3, len3, entropies, ptr4, len4, d_logits);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * Entropy of that softmax in nats.
 * @param {Float32Array} logits
 * @param {Uint32Array | null | undefined} mask
 * @param {number} temperature
 * @returns {number}
 */
export function softmaxEntropy(logits, mask, temperature) {
    const ptr0 = passArrayF32ToWasm0(logits, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    var ptr1 = isLikeNone(mask) ? 0 : passArray32ToWasm0(mask, wasm.__wbindgen_malloc);
    var len1 = WASM_VECTOR_LEN;
    const ret = wasm.softmaxEntropy(ptr0, len0, ptr1, len1, temperature);
    if (ret[2]) {
        throw takeFromExternrefTable0(ret[1]);
    }
    return ret[0];
}

/**
 * [candidates] probabilities ∝ exp(score / temperature).
 * @param {Float32Array} scores
 * @param {number} temperature
 * @returns {Float32Array}
 */
export function softmaxExploration(scores, temperature) {
    const ptr0 = passArrayF32ToWasm0(scores, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ret = wasm.softmaxExploration(ptr0, len0, temperature);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v2 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
    return v2;
}

/**
 * Sorted, distinct feature ids of a text: words, pairs of words, and character n-grams of `shortest` to `longest`
 * (none when `shortest` is 0).
 * @param {string} text
 * @param {boolean} words
 * @param {boolean} bigrams
 * @param {number} shortest
 * @param {number} longest
 * @returns {Uint32Array}
 */
export function textFeatures(text, words, bigrams, shortest, longest) {
    const ptr0 = passStringToWasm0(text, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
    const len0 = WASM_VECTOR_LEN;
    const ret = wasm.textFeatures(ptr0, len0, words, bigrams, shortest, longest);
    var v2 = getArrayU32FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
    return v2;
}

/**
 * Id of a whole text, as written.
 * @param {string} text
 * @returns {number}
 */
export function textIdentity(text) {
    const ptr0 = passStringToWasm0(text, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
    const len0 = WASM_VECTOR_LEN;
    const ret = wasm.textIdentity(ptr0, len0);
    return ret >>> 0;
}

/**
 * [candidates] share of the draws `[draws × candidates]` in which each is best.
 * @param {Float32Array} draws
 * @param {number} candidates
 * @returns {Float32Array}
 */
export function thompson(draws, candidates) {
    const ptr0 = passArrayF32ToWasm0(draws, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ret = wasm.thompson(ptr0, len0, candidates);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v2 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
    return v2;
}

/**
 * See `rl::token_weights`.
 * @param {number} aggregation
 * @param {number} norm
 * @param {number} global_tokens
 * @param {number} global_rows
 * @param {Uint8Array} mask
 * @param {Uint32Array} row_lengths
 * @returns {Float32Array}
 */
export function tokenWeights(aggregation, norm, global_tokens, global_rows, mask, row_lengths) {
    const ptr0 = passArray8ToWasm0(mask, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArray32ToWasm0(row_lengths, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ret = wasm.tokenWeights(aggregation, norm, global_tokens, global_rows, ptr0, len0, ptr1, len1);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v3 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
    return v3;
}

/**
 * See `rl::top_entropy_mask`.
 * @param {Float32Array} entropies
 * @param {Uint8Array} mask
 * @param {number} share
 * @returns {Uint8Array}
 */
export function topEntropyMask(entropies, mask, share) {
    const ptr0 = passArrayF32ToWasm0(entropies, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArray8ToWasm0(mask, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ret = wasm.topEntropyMask(ptr0, len0, ptr1, len1, share);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v3 = getArrayU8FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 1, 1);
    return v3;
}

/**
 * The `count` most likely tokens of a row, the most likely first: their ids, then as many log-probabilities as bits.
 * @param {Float32Array} logits
 * @param {number} count
 * @returns {Uint32Array}
 */
export function topLogProbs(logits, count) {
    const ptr0 = passArrayF32ToWasm0(logits, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ret = wasm.topLogProbs(ptr0, len0, count);
    var v2 = getArrayU32FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
    return v2;
}

/**
 * Learns merges; the first `added` ids are those of the added tokens, then come the 256 bytes, then the products.
 * @param {string[]} texts
 * @param {number} vocabulary_size
 * @param {number} minimum_count
 * @param {Uint8Array} added_bytes
 * @param {Uint32Array} added_lengths
 * @param {string} split_name
 * @returns {TrainedBytePairs}
 */
export function trainBytePairs(texts, vocabulary_size, minimum_count, added_bytes, added_lengths, split_name) {
    const ptr0 = passArrayJsValueToWasm0(texts, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArray8ToWasm0(added_bytes, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ptr2 = passArray32ToWasm0(added_lengths, wasm.__wbindgen_malloc);
    const len2 = WASM_VECTOR_LEN;
    const ptr3 = passStringToWasm0(split_name, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
    const len3 = WASM_VECTOR_LEN;
    const ret = wasm.trainBytePairs(ptr0, len0, vocabulary_size, minimum_count, ptr1, len1, ptr2, len2, ptr3, len3);
    if (ret[2]) {
        throw takeFromExternrefTable0(ret[1]);
    }
    return TrainedBytePairs.__wrap(ret[0]);
}

/**
 * Uniform in [0, 1): a pure function of its arguments (Philox 4x32-10).
 * @param {number} seed
 * @param {number} stream
 * @param {number} counter
 * @returns {number}
 */
export function uniform(seed, stream, counter) {
    const ret = wasm.uniform(seed, stream, counter);
    return ret;
}

/**
 * See `rl::unlikelihood`: fills `d_logits`; returns the loss, its unlikelihood and the number of non-finite tokens.
 * `unwanted` may be empty.
 * @param {Float32Array} logits
 * @param {Uint32Array} targets
 * @param {Uint8Array} unwanted
 * @param {Uint8Array} mask
 * @param {Uint32Array} row_lengths
 * @param {number} aggregation
 * @param {number} norm
 * @param {number} global_tokens
 * @param {number} global_rows
 * @param {number} alpha
 * @param {number} floor
 * @param {Float32Array} d_logits
 * @returns {Float64Array}
 */
export function unlikelihood(logits, targets, unwanted, mask, row_lengths, aggregation, norm, global_tokens, global_rows, alpha, floor, d_logits) {
    const ptr0 = passArrayF32ToWasm0(logits, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArray32ToWasm0(targets, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ptr2 = passArray8ToWasm0(unwanted, wasm.__wbindgen_malloc);
    const len2 = WASM_VECTOR_LEN;
    const ptr3 = passArray8ToWasm0(mask, wasm.__wbindgen_malloc);
    const len3 = WASM_VECTOR_LEN;
    const ptr4 = passArray32ToWasm0(row_lengths, wasm.__wbindgen_malloc);
    const len4 = WASM_VECTOR_LEN;
    var ptr5 = passArrayF32ToWasm0(d_logits, wasm.__wbindgen_malloc);
    var len5 = WASM_VECTOR_LEN;
    const ret = wasm.unlikelihood(ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3, ptr4, len4, aggregation, norm, global_tokens, global_rows, alpha, floor, ptr5, len5, d_logits);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v7 = getArrayF64FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 8, 8);
    return v7;
}

/**
 * See `rl::upgo`.
 * @param {Float32Array} rewards
 * @param {Float32Array} next_values
 * @param {Float32Array} discounts
 * @param {Uint32Array} row_lengths
 * @returns {Float32Array}
 */
export function upgo(rewards, next_values, discounts, row_lengths) {
    const ptr0 = passArrayF32ToWasm0(rewards, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArrayF32ToWasm0(next_values, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ptr2 = passArrayF32ToWasm0(discounts, wasm.__wbindgen_malloc);
    const len2 = WASM_VECTOR_LEN;
    const ptr3 = passArray32ToWasm0(row_lengths, wasm.__wbindgen_malloc);
    const len3 = WASM_VECTOR_LEN;
    const ret = wasm.upgo(ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v5 = getArrayF32FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 4, 4);
    return v5;
}

/**
 * See `rl::value_loss`: fills `d_values`; returns the fields of `ValueLoss` in their order. `old_values` may be empty.
 * @param {Float32Array} values
 * @param {Float32Array} old_values
 * @param {Float32Array} returns
 * @param {Float32Array} scales
 * @param {Uint8Array} mask
 * @param {Uint32Array} row_lengths
 * @param {number} aggregation
 * @param {number} norm
 * @param {number} global_tokens
 * @param {number} global_rows
 * @param {number} clip_range
 * @param {Float32Array} d_values
 * @returns {Float64Array}
 */
export function valueLoss(values, old_values, returns, scales, mask, row_lengths, aggregation, norm, global_tokens, global_rows, clip_range, d_values) {
    const ptr0 = passArrayF32ToWasm0(values, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArrayF32ToWasm0(old_values, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ptr2 = passArrayF32ToWasm0(returns, wasm.__wbindgen_malloc);
    const len2 = WASM_VECTOR_LEN;
    const ptr3 = passArrayF32ToWasm0(scales, wasm.__wbindgen_malloc);
    const len3 = WASM_VECTOR_LEN;
    const ptr4 = passArray8ToWasm0(mask, wasm.__wbindgen_malloc);
    const len4 = WASM_VECTOR_LEN;
    const ptr5 = passArray32ToWasm0(row_lengths, wasm.__wbindgen_malloc);
    const len5 = WASM_VECTOR_LEN;
    var ptr6 = passArrayF32ToWasm0(d_values, wasm.__wbindgen_malloc);
    var len6 = WASM_VECTOR_LEN;
    const ret = wasm.valueLoss(ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3, ptr4, len4, ptr5, len5, aggregation, norm, global_tokens, global_rows, clip_range, ptr6, len6, d_values);
    if (ret[3]) {
        throw takeFromExternrefTable0(ret[2]);
    }
    var v8 = getArrayF64FromWasm0(ret[0], ret[1]).slice();
    wasm.__wbindgen_free(ret[0], ret[1] * 8, 8);
    return v8;
}

/**
 * See `rl::vtrace`: fills `errors`, `q` and `advantages`.
 * @param {Float32Array} log_probs
 * @param {Float32Array} behavior
 * @param {Float32Array} rewards
 * @param {Float32Array} values
 * @param {Float32Array} next_values
 * @param {Float32Array} discounts
 * @param {Uint8Array} mask
 * @param {Uint32Array} row_lengths
 * @param {number} lambda
 * @param {number} rho_bar
 * @param {number} policy_rho_bar
 * @param {Float32Array} errors
 * @param {Float32Array} q
 * @param {Float32Array} advantages
 */
export function vtrace(log_probs, behavior, rewards, values, next_values, discounts, mask, row_lengths, lambda, rho_bar, policy_rho_bar, errors, q, advantages) {
    const ptr0 = passArrayF32ToWasm0(log_probs, wasm.__wbindgen_malloc);
    const len0 = WASM_VECTOR_LEN;
    const ptr1 = passArrayF32ToWasm0(behavior, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ptr2 = passArrayF32ToWasm0(rewards, wasm.__wbindgen_malloc);
    const len2 = WASM_VECTOR_LEN;
    const ptr3 = passArrayF32ToWasm0(values, wasm.__wbindgen_malloc);
    const len3 = WASM_VECTOR_LEN;
    const ptr4 = passArrayF32ToWasm0(next_values, wasm.__wbindgen_malloc);
    const len4 = WASM_VECTOR_LEN;
    const ptr5 = passArrayF32ToWasm0(discounts, wasm.__wbindgen_malloc);
    const len5 = WASM_VECTOR_LEN;
    const ptr6 = passArray8ToWasm0(mask, wasm.__wbindgen_malloc);
    const len6 = WASM_VECTOR_LEN;
    const ptr7 = passArray32ToWasm0(row_lengths, wasm.__wbindgen_malloc);
    const len7 = WASM_VECTOR_LEN;
    var ptr8 = passArrayF32ToWasm0(errors, wasm.__wbindgen_malloc);
    var len8 = WASM_VECTOR_LEN;
    var ptr9 = passArrayF32ToWasm0(q, wasm.__wbindgen_malloc);
    var len9 = WASM_VECTOR_LEN;
    var ptr10 = passArrayF32ToWasm0(advantages, wasm.__wbindgen_malloc);
    var len10 = WASM_VECTOR_LEN;
    const ret = wasm.vtrace(ptr0, len0, ptr1, len1, ptr2, len2, ptr3, len3, ptr4, len4, ptr5, len5, ptr6, len6, ptr7, len7, lambda, rho_bar, policy_rho_bar, ptr8, len8, errors, ptr9, len9, q, ptr10, len10, advantages);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

/**
 * See `rl::whiten`: changes `values` in place.
 * @param {Float32Array} values
 * @param {Uint8Array} mask
 * @param {number} epsilon
 */
export function whiten(values, mask, epsilon) {
    var ptr0 = passArrayF32ToWasm0(values, wasm.__wbindgen_malloc);
    var len0 = WASM_VECTOR_LEN;
    const ptr1 = passArray8ToWasm0(mask, wasm.__wbindgen_malloc);
    const len1 = WASM_VECTOR_LEN;
    const ret = wasm.whiten(ptr0, len0, values, ptr1, len1, epsilon);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}
function __wbg_get_imports() {
    const import0 = {
        __proto__: null,
        __wbg_Error_30c8987f7c2ed4e2: function(arg0, arg1) {
            const ret = Error(getStringFromWasm0(arg0, arg1));
            return ret;
        },
        __wbg___wbindgen_copy_to_typed_array_88899a52af046901: function(arg0, arg1, arg2) {
            new Uint8Array(arg2.buffer, arg2.byteOffset, arg2.byteLength).set(getArrayU8FromWasm0(arg0, arg1));
        },
        __wbg___wbindgen_string_get_0380ccaa2f57f0d9: function(arg0, arg1) {
            const obj = arg1;
            const ret = typeof(obj) === 'string' ? obj : undefined;
            var ptr1 = isLikeNone(ret) ? 0 : passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
            var len1 = WASM_VECTOR_LEN;
            getDataViewMemory0().setInt32(arg0 + 4 * 1, len1, true);
            getDataViewMemory0().setInt32(arg0 + 4 * 0, ptr1, true);
        },
        __wbg___wbindgen_throw_41e9ee4f547fc59a: function(arg0, arg1) {
            throw new Error(getStringFromWasm0(arg0, arg1));
        },
        __wbindgen_generic_0000000000000001: function(arg0, arg1) {
            // Cast intrinsic for `Ref(String) -> Externref`.
            const ret = getStringFromWasm0(arg0, arg1);
            return ret;
        },
        __wbindgen_init_externref_table: function() {
            const table = wasm.__wbindgen_externrefs;
            const offset = table.grow(4);
            table.set(0, undefined);
            table.set(offset + 0, undefined);
            table.set(offset + 1, null);
            table.set(offset + 2, true);
            table.set(offset + 3, false);
        },
    };
    return {
        __proto__: null,
        "./kernels_bg.js": import0,
    };
}

const BeliefModelFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_beliefmodel_free(ptr, 1));
const BytePairTokenizerFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_bytepairtokenizer_free(ptr, 1));
const ChainSampleFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_chainsample_free(ptr, 1));
const CharacterStreamFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_characterstream_free(ptr, 1));
const ChecksumFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_checksum_free(ptr, 1));
const GemmBenchFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_gemmbench_free(ptr, 1));
const LinearModelFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_linearmodel_free(ptr, 1));
const LogisticModelFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_logisticmodel_free(ptr, 1));
const PackedTransformerFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_packedtransformer_free(ptr, 1));
const PieceModelFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_piecemodel_free(ptr, 1));
const SampledTokenFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_sampledtoken_free(ptr, 1));
const SamplerFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_sampler_free(ptr, 1));
const SamplerChainFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_samplerchain_free(ptr, 1));
const SamplesFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_samples_free(ptr, 1));
const ScoresFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_scores_free(ptr, 1));
const TrainedBytePairsFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_trainedbytepairs_free(ptr, 1));
const TransformerFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_transformer_free(ptr, 1));
const TransformerBlocksFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_transformerblocks_free(ptr, 1));

function addToExternrefTable0(obj) {
    const idx = wasm.__externref_table_alloc();
    wasm.__wbindgen_externrefs.set(idx, obj);
    return idx;
}

function _assertClass(instance, klass) {
    if (!(instance instanceof klass)) {
        throw new Error(`expected instance of ${klass.name}`);
    }
}

function getArrayF32FromWasm0(ptr, len) {
    ptr = ptr >>> 0;
    return getFloat32ArrayMemory0().subarray(ptr / 4, ptr / 4 + len);
}

function getArrayF64FromWasm0(ptr, len) {
    ptr = ptr >>> 0;
    return getFloat64ArrayMemory0().subarray(ptr / 8, ptr / 8 + len);
}

function getArrayJsValueFromWasm0(ptr, len) {
    ptr = ptr >>> 0;
    const mem = getDataViewMemory0();
    const result = [];
    for (let i = ptr; i < ptr + 4 * len; i += 4) {
        result.push(wasm.__wbindgen_externrefs.get(mem.getUint32(i, true)));
    }
    wasm.__externref_drop_slice(ptr, len);
    return result;
}

function getArrayU32FromWasm0(ptr, len) {
    ptr = ptr >>> 0;
    return getUint32ArrayMemory0().subarray(ptr / 4, ptr / 4 + len);
}

function getArrayU8FromWasm0(ptr, len) {
    ptr = ptr >>> 0;
    return getUint8ArrayMemory0().subarray(ptr / 1, ptr / 1 + len);
}

let cachedBigUint64ArrayMemory0 = null;
function getBigUint64ArrayMemory0() {
    if (cachedBigUint64ArrayMemory0 === null || cachedBigUint64ArrayMemory0.byteLength === 0) {
        cachedBigUint64ArrayMemory0 = new BigUint64Array(wasm.memory.buffer);
    }
    return cachedBigUint64ArrayMemory0;
}

let cachedDataViewMemory0 = null;
function getDataViewMemory0() {
    if (cachedDataViewMemory0 === null || cachedDataViewMemory0.buffer.detached === true || (cachedDataViewMemory0.buffer.detached === undefined && cachedDataViewMemory0.buffer !== wasm.memory.buffer)) {
        cachedDataViewMemory0 = new DataView(wasm.memory.buffer);
    }
    return cachedDataViewMemory0;
}

let cachedFloat32ArrayMemory0 = null;
function getFloat32ArrayMemory0() {
    if (cachedFloat32ArrayMemory0 === null || cachedFloat32ArrayMemory0.byteLength === 0) {
        cachedFloat32ArrayMemory0 = new Float32Array(wasm.memory.buffer);
    }
    return cachedFloat32ArrayMemory0;
}

let cachedFloat64ArrayMemory0 = null;
function getFloat64ArrayMemory0() {
    if (cachedFloat64ArrayMemory0 === null || cachedFloat64ArrayMemory0.byteLength === 0) {
        cachedFloat64ArrayMemory0 = new Float64Array(wasm.memory.buffer);
    }
    return cachedFloat64ArrayMemory0;
}

function getStringFromWasm0(ptr, len) {
    return decodeText(ptr >>> 0, len);
}

let cachedUint32ArrayMemory0 = null;
function getUint32ArrayMemory0() {
    if (cachedUint32ArrayMemory0 === null || cachedUint32ArrayMemory0.byteLength === 0) {
        cachedUint32ArrayMemory0 = new Uint32Array(wasm.memory.buffer);
    }
    return cachedUint32ArrayMemory0;
}

let cachedUint8ArrayMemory0 = null;
function getUint8ArrayMemory0() {
    if (cachedUint8ArrayMemory0 === null || cachedUint8ArrayMemory0.byteLength === 0) {
        cachedUint8ArrayMemory0 = new Uint8Array(wasm.memory.buffer);
    }
    return cachedUint8ArrayMemory0;
}

function isLikeNone(x) {
    return x === undefined || x === null;
}

function passArray32ToWasm0(arg, malloc) {
    const ptr = malloc(arg.length * 4, 4) >>> 0;
    getUint32ArrayMemory0().set(arg, ptr / 4);
    WASM_VECTOR_LEN = arg.length;
    return ptr;
}

function passArray64ToWasm0(arg, malloc) {
    const ptr = malloc(arg.length * 8, 8) >>> 0;
    getBigUint64ArrayMemory0().set(arg, ptr / 8);
    WASM_VECTOR_LEN = arg.length;
    return ptr;
}

function passArray8ToWasm0(arg, malloc) {
    const ptr = malloc(arg.length * 1, 1) >>> 0;
    getUint8ArrayMemory0().set(arg, ptr / 1);
    WASM_VECTOR_LEN = arg.length;
    return ptr;
}

function passArrayF32ToWasm0(arg, malloc) {
    const ptr = malloc(arg.length * 4, 4) >>> 0;
    getFloat32ArrayMemory0().set(arg, ptr / 4);
    WASM_VECTOR_LEN = arg.length;
    return ptr;
}

function passArrayF64ToWasm0(arg, malloc) {
    const ptr = malloc(arg.length * 8, 8) >>> 0;
    getFloat64ArrayMemory0().set(arg, ptr / 8);
    WASM_VECTOR_LEN = arg.length;
    return ptr;
}

function passArrayJsValueToWasm0(array, malloc) {
    const ptr = malloc(array.length * 4, 4) >>> 0;
    for (let i = 0; i < array.length; i++) {
        const add = addToExternrefTable0(array[i]);
        getDataViewMemory0().setUint32(ptr + 4 * i, add, true);
    }
    WASM_VECTOR_LEN = array.length;
    return ptr;
}

function passStringToWasm0(arg, malloc, realloc) {
    if (realloc === undefined) {
        const buf = cachedTextEncoder.encode(arg);
        const ptr = malloc(buf.length, 1) >>> 0;
        getUint8ArrayMemory0().subarray(ptr, ptr + buf.length).set(buf);
        WASM_VECTOR_LEN = buf.length;
        return ptr;
    }

    let len = arg.length;
    let ptr = malloc(len, 1) >>> 0;

    const mem = getUint8ArrayMemory0();

    let offset = 0;

    for (; offset < len; offset++) {
        const code = arg.charCodeAt(offset);
        if (code > 0x7F) break;
        mem[ptr + offset] = code;
    }
    if (offset !== len) {
        if (offset !== 0) {
            arg = arg.slice(offset);
        }
        ptr = realloc(ptr, len, len = offset + arg.length * 3, 1) >>> 0;
        const view = getUint8ArrayMemory0().subarray(ptr + offset, ptr + len);
        const ret = cachedTextEncoder.encodeInto(arg, view);

        offset += ret.written;
        ptr = realloc(ptr, len, offset, 1) >>> 0;
    }

    WASM_VECTOR_LEN = offset;
    return ptr;
}

function takeFromExternrefTable0(idx) {
    const value = wasm.__wbindgen_externrefs.get(idx);
    wasm.__externref_table_dealloc(idx);
    return value;
}

let cachedTextDecoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });
cachedTextDecoder.decode();
const MAX_SAFARI_DECODE_BYTES = 2146435072;
let numBytesDecoded = 0;
function decodeText(ptr, len) {
    numBytesDecoded += len;
    if (numBytesDecoded >= MAX_SAFARI_DECODE_BYTES) {
        cachedTextDecoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });
        cachedTextDecoder.decode();
        numBytesDecoded = len;
    }
    return cachedTextDecoder.decode(getUint8ArrayMemory0().subarray(ptr, ptr + len));
}

const cachedTextEncoder = new TextEncoder();

if (!('encodeInto' in cachedTextEncoder)) {
    cachedTextEncoder.encodeInto = function (arg, view) {
        const buf = cachedTextEncoder.encode(arg);
        view.set(buf);
        return {
            read: arg.length,
            written: buf.length
        };
    };
}

let WASM_VECTOR_LEN = 0;

let wasmModule, wasmInstance, wasm;
function __wbg_finalize_init(instance, module) {
    wasmInstance = instance;
    wasm = instance.exports;
    wasmModule = module;
    cachedBigUint64ArrayMemory0 = null;
    cachedDataViewMemory0 = null;
    cachedFloat32ArrayMemory0 = null;
    cachedFloat64ArrayMemory0 = null;
    cachedUint32ArrayMemory0 = null;
    cachedUint8ArrayMemory0 = null;
    wasm.__wbindgen_start();
    return wasm;
}

async function __wbg_load(module, imports) {
    if (typeof Response === 'function' && module instanceof Response) {
        if (!module.ok) {
            throw new Error(`failed to fetch Wasm: ${module.status} ${module.statusText} fetching '${module.url}'`);
        }

        if (typeof WebAssembly.instantiateStreaming === 'function') {
            try {
                return await WebAssembly.instantiateStreaming(module, imports);
            } catch (e) {
                const validResponse = expectedResponseType(module.type);

                if (validResponse && module.headers.get('Content-Type') !== 'application/wasm') {
                    console.warn("`WebAssembly.instantiateStreaming` failed because your server does not serve Wasm with `application/wasm` MIME type. Falling back to `WebAssembly.instantiate` which is slower. Original error:\n", e);

                } else { throw e; }
            }
        }

        const bytes = await module.arrayBuffer();
        return await WebAssembly.instantiate(bytes, imports);
    } else {
        const instance = await WebAssembly.instantiate(module, imports);

        if (instance instanceof WebAssembly.Instance) {
            return { instance, module };
        } else {
            return instance;
        }
    }

    function expectedResponseType(type) {
        switch (type) {
            case 'basic': case 'cors': case 'default': return true;
        }
        return false;
    }
}

function initSync(module) {
    if (wasm !== undefined) return wasm;


    if (module !== undefined) {
        if (Object.getPrototypeOf(module) === Object.prototype) {
            ({module} = module)
        } else {
            console.warn('using deprecated parameters for `initSync()`; pass a single object instead')
        }
    }

    const imports = __wbg_get_imports();
    if (!(module instanceof WebAssembly.Module)) {
        module = new WebAssembly.Module(module);
    }
    const instance = new WebAssembly.Instance(module, imports);
    return __wbg_finalize_init(instance, module);
}

async function __wbg_init(module_or_path) {
    if (wasm !== undefined) return wasm;


    if (module_or_path !== undefined) {
        if (Object.getPrototypeOf(module_or_path) === Object.prototype) {
            ({module_or_path} = module_or_path)
        } else {
            console.warn('using deprecated parameters for the initialization function; pass a single object instead')
        }
    }

    if (module_or_path === undefined) {
        module_or_path = new URL('kernels_bg.wasm', import.meta.url);
    }
    const imports = __wbg_get_imports();

    if (typeof module_or_path === 'string' || (typeof Request === 'function' && module_or_path instanceof Request) || (typeof URL === 'function' && module_or_path instanceof URL)) {
        module_or_path = fetch(module_or_path);
    }

    const { instance, module } = await __wbg_load(await module_or_path, imports);

    return __wbg_finalize_init(instance, module);
}

export { initSync, __wbg_init as default };
