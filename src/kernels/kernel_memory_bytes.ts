import type { Kernels } from "./load_kernels.ts";

/** Bytes of the memory that the kernels of this realm live in: weights, caches and all handles. It never shrinks. */
export function kernelMemoryBytes(kernels: Kernels): number {
  // Asked again, it gives what it made the first time.
  const { initSync } = kernels as unknown as { initSync(): { readonly memory: WebAssembly.Memory } };
  return initSync().memory.buffer.byteLength;
}
