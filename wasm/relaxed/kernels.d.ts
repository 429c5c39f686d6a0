/* tslint:disable */
/* eslint-disable */

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
 * `exp`, `sigmoid` or `tanh` of each element, by the kernels' own polynomials.
 */
export function elementary(name: string, x: Float32Array): Float32Array;

/**
 * `C[m,n] = A·B` or, when `c` is given, `c + A·B`, dense and row-major.
 *
 * `kind`: `nn` A[m,k] B[k,n] · `nt` A[m,k] B[n,k]ᵀ · `tn` A[k,m]ᵀ B[k,n] · `packed_nn`, `packed_nt` through packed weights.
 */
export function gemm(kind: string, m: number, n: number, k: number, a: Float32Array, b: Float32Array, c?: Float32Array | null): Float32Array;

/**
 * Name of the instruction set that this build was compiled for: `relaxed`, `simd128` or `scalar`.
 */
export function instructionSet(): string;

/**
 * ln Σ exp(logits / temperature) over the allowed entries; mask bit j % 32 of word j / 32, none allows all.
 */
export function logNormalizer(logits: Float32Array, mask: Uint32Array | null | undefined, temperature: number): number;

/**
 * Runs `iterations` rounds of 12 independent vector multiply-adds in registers; FLOP = `iterations · 96`.
 */
export function peakMultiplyAdds(iterations: number): number;

/**
 * Softmax of logits / temperature over the allowed entries, 0 elsewhere.
 */
export function probabilities(logits: Float32Array, mask: Uint32Array | null | undefined, temperature: number): Float32Array;

/**
 * Entropy of that softmax in nats.
 */
export function softmaxEntropy(logits: Float32Array, mask: Uint32Array | null | undefined, temperature: number): number;

export type InitInput = RequestInfo | URL | Response | BufferSource | WebAssembly.Module;

export interface InitOutput {
    readonly memory: WebAssembly.Memory;
    readonly __wbg_gemmbench_free: (a: number, b: number) => void;
    readonly elementary: (a: number, b: number, c: number, d: number) => [number, number, number, number];
    readonly gemm: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number) => [number, number, number, number];
    readonly gemmbench_new: (a: number, b: number, c: number, d: number, e: number) => [number, number, number];
    readonly gemmbench_result: (a: number) => [number, number];
    readonly gemmbench_run: (a: number, b: number) => number;
    readonly instructionSet: () => [number, number];
    readonly logNormalizer: (a: number, b: number, c: number, d: number, e: number) => [number, number, number];
    readonly peakMultiplyAdds: (a: number) => number;
    readonly probabilities: (a: number, b: number, c: number, d: number, e: number) => [number, number, number, number];
    readonly softmaxEntropy: (a: number, b: number, c: number, d: number, e: number) => [number, number, number];
    readonly __wbindgen_externrefs: WebAssembly.Table;
    readonly __wbindgen_malloc: (a: number, b: number) => number;
    readonly __wbindgen_realloc: (a: number, b: number, c: number, d: number) => number;
    readonly __externref_table_dealloc: (a: number) => void;
    readonly __wbindgen_free: (a: number, b: number, c: number) => void;
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
