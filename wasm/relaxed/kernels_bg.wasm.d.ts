/* tslint:disable */
/* eslint-disable */
export const memory: WebAssembly.Memory;
export const __wbg_gemmbench_free: (a: number, b: number) => void;
export const elementary: (a: number, b: number, c: number, d: number) => [number, number, number, number];
export const gemm: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number) => [number, number, number, number];
export const gemmbench_new: (a: number, b: number, c: number, d: number, e: number) => [number, number, number];
export const gemmbench_result: (a: number) => [number, number];
export const gemmbench_run: (a: number, b: number) => number;
export const instructionSet: () => [number, number];
export const logNormalizer: (a: number, b: number, c: number, d: number, e: number) => [number, number, number];
export const peakMultiplyAdds: (a: number) => number;
export const probabilities: (a: number, b: number, c: number, d: number, e: number) => [number, number, number, number];
export const softmaxEntropy: (a: number, b: number, c: number, d: number, e: number) => [number, number, number];
export const __wbindgen_externrefs: WebAssembly.Table;
export const __wbindgen_malloc: (a: number, b: number) => number;
export const __wbindgen_realloc: (a: number, b: number, c: number, d: number) => number;
export const __externref_table_dealloc: (a: number) => void;
export const __wbindgen_free: (a: number, b: number, c: number) => void;
export const __wbindgen_start: () => void;
