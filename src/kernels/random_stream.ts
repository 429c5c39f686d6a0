import type { Kernels } from "./load_kernels.ts";

/**
 * Uniforms in [0, 1) of one named stream: equal seed and stream give equal numbers on every machine (Philox 4x32-10).
 *
 * @param seed Unsigned 32-bit. @param stream Unsigned 32-bit.
 */
export function randomStream(kernels: Kernels, seed: number, stream: number): () => number {
  let counter = 0;
  return () => kernels.uniform(seed, stream, counter++);
}
