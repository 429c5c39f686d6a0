/* tslint:disable */
/* eslint-disable */

/**
 * A place in a text under a grammar.
 */
export class GrammarMatcher {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * The bytes that must follow whatever is chosen; empty where there is a choice.
     */
    forcedBytes(): Uint8Array;
    /**
     * The same place, to go on from separately.
     */
    fork(): GrammarMatcher;
    /**
     * True when the text is complete here.
     */
    isComplete(): boolean;
    /**
     * True when the text is complete and nothing may follow.
     */
    isEnded(): boolean;
    /**
     * Writes which tokens may follow, [ceil(vocabulary / 32)] bit `t % 32` of word `t >> 5`. A complete text allows the
     * end token.
     */
    mask(into: Uint32Array): void;
    /**
     * Goes on by one token that the mask allows.
     */
    take(token: number): void;
}

/**
 * The bytes of every token, as a tree that a grammar walks to find which tokens it allows.
 */
export class GrammarVocabulary {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * True when some token begins with these bytes and has more.
     */
    extends(bytes: Uint8Array): boolean;
    /**
     * A grammar in the syntax of Lark, at its beginning.
     */
    lark(grammar: string): GrammarMatcher;
    /**
     * `bytes` holds all tokens one after the other, `lengths` their lengths by id; a token without bytes is never
     * allowed. `end` is the token that closes a text.
     */
    constructor(bytes: Uint8Array, lengths: Uint32Array, end: number);
}

export type InitInput = RequestInfo | URL | Response | BufferSource | WebAssembly.Module;

export interface InitOutput {
    readonly memory: WebAssembly.Memory;
    readonly __wbg_grammarmatcher_free: (a: number, b: number) => void;
    readonly __wbg_grammarvocabulary_free: (a: number, b: number) => void;
    readonly grammarmatcher_forcedBytes: (a: number) => [number, number];
    readonly grammarmatcher_fork: (a: number) => number;
    readonly grammarmatcher_isComplete: (a: number) => [number, number, number];
    readonly grammarmatcher_isEnded: (a: number) => number;
    readonly grammarmatcher_mask: (a: number, b: number, c: number, d: any) => [number, number];
    readonly grammarmatcher_take: (a: number, b: number) => [number, number];
    readonly grammarvocabulary_extends: (a: number, b: number, c: number) => number;
    readonly grammarvocabulary_lark: (a: number, b: number, c: number) => [number, number, number];
    readonly grammarvocabulary_new: (a: number, b: number, c: number, d: number, e: number) => [number, number, number];
    readonly llg_cancel: (a: number) => void;
    readonly llg_clone_cancellation_handle: (a: number) => number;
    readonly llg_clone_constraint: (a: number) => number;
    readonly llg_clone_matcher: (a: number) => number;
    readonly llg_clone_stop_controller: (a: number) => number;
    readonly llg_commit_token: (a: number, b: number, c: number) => number;
    readonly llg_compute_mask: (a: number, b: number) => number;
    readonly llg_constraint_init_set_defaults: (a: number, b: number) => void;
    readonly llg_decode_tokens: (a: number, b: number, c: number, d: number, e: number, f: number) => number;
    readonly llg_flush_logs: (a: number) => number;
    readonly llg_free_cancellation_handle: (a: number) => void;
    readonly llg_free_constraint: (a: number) => void;
    readonly llg_free_matcher: (a: number) => void;
    readonly llg_free_stop_controller: (a: number) => void;
    readonly llg_free_tokenizer: (a: number) => void;
    readonly llg_get_error: (a: number) => number;
    readonly llg_get_temperature: (a: number) => number;
    readonly llg_get_version: () => number;
    readonly llg_is_stopped: (a: number) => number;
    readonly llg_matcher_compute_ff_tokens: (a: number, b: number, c: number) => number;
    readonly llg_matcher_compute_mask: (a: number) => number;
    readonly llg_matcher_compute_mask_into: (a: number, b: number, c: number) => number;
    readonly llg_matcher_consume_token: (a: number, b: number) => number;
    readonly llg_matcher_consume_tokens: (a: number, b: number, c: number) => number;
    readonly llg_matcher_get_cancellation_handle: (a: number) => number;
    readonly llg_matcher_get_error: (a: number) => number;
    readonly llg_matcher_get_mask: (a: number) => number;
    readonly llg_matcher_get_mask_byte_size: (a: number) => number;
    readonly llg_matcher_is_accepting: (a: number) => number;
    readonly llg_matcher_is_cancelled: (a: number) => number;
    readonly llg_matcher_is_error: (a: number) => number;
    readonly llg_matcher_is_stopped: (a: number) => number;
    readonly llg_matcher_reset: (a: number) => number;
    readonly llg_matcher_rollback: (a: number, b: number) => number;
    readonly llg_matcher_validate_tokens: (a: number, b: number, c: number) => number;
    readonly llg_new_constraint: (a: number, b: number) => number;
    readonly llg_new_constraint_any: (a: number, b: number, c: number) => number;
    readonly llg_new_constraint_json: (a: number, b: number) => number;
    readonly llg_new_constraint_lark: (a: number, b: number) => number;
    readonly llg_new_constraint_regex: (a: number, b: number) => number;
    readonly llg_new_matcher: (a: number, b: number, c: number) => number;
    readonly llg_new_stop_controller: (a: number, b: number, c: number, d: number, e: number, f: number) => number;
    readonly llg_new_tokenizer: (a: number, b: number, c: number) => number;
    readonly llg_new_tokenizer_v2: (a: number, b: number, c: number) => number;
    readonly llg_par_compute_mask: (a: number, b: number, c: number, d: number) => void;
    readonly llg_stop_commit_token: (a: number, b: number, c: number, d: number) => number;
    readonly llg_stringify_tokens: (a: number, b: number, c: number, d: number, e: number) => number;
    readonly llg_tokenize_bytes: (a: number, b: number, c: number, d: number, e: number) => number;
    readonly llg_tokenize_bytes_marker: (a: number, b: number, c: number, d: number, e: number) => number;
    readonly llg_validate_grammar: (a: number, b: number, c: number, d: number, e: number) => number;
    readonly llg_clone_tokenizer: (a: number) => number;
    readonly __wbindgen_exn_store: (a: number) => void;
    readonly __externref_table_alloc: () => number;
    readonly __wbindgen_externrefs: WebAssembly.Table;
    readonly __wbindgen_free: (a: number, b: number, c: number) => void;
    readonly __externref_table_dealloc: (a: number) => void;
    readonly __wbindgen_malloc: (a: number, b: number) => number;
    readonly __wbindgen_realloc: (a: number, b: number, c: number, d: number) => number;
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
