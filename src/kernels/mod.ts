/** The only door to Rust. @module */
export { type Kernels, loadKernels, type LoadKernelsOptions } from "./load_kernels.ts";
export { randomStream } from "./random_stream.ts";
