/** Eddy: serve a language agent where its users are; it learns from every judged step. @module */
export { EddyError, type ErrorCode, ShapeError } from "./errors.ts";
export { type Kernels, loadKernels, type LoadKernelsOptions } from "./kernels/mod.ts";
export * from "./rl/mod.ts";
export * from "./episode/mod.ts";
export * from "./language/mod.ts";
export * from "./environment/mod.ts";
export * from "./dataset/mod.ts";
export * from "./policy/mod.ts";
export * from "./learning/mod.ts";
export type { SamplingOptions } from "./policy/mod.ts";
export type { SamplingOptions as TokenSamplingOptions } from "./language/mod.ts";
export { nearest } from "./nearest.ts";
