/** The only door to Rust. @module */
export {
  endedGrammarKernels,
  type GrammarKernels,
  haveGrammarKernelsEnded,
  loadGrammarKernels,
  trackGrammarHandle,
} from "./load_grammar_kernels.ts";
export { type Kernels, loadKernels, type LoadKernelsOptions } from "./load_kernels.ts";
export { kernelMemoryBytes } from "./kernel_memory_bytes.ts";
export { randomStream } from "./random_stream.ts";
