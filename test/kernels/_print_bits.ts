import { loadKernels } from "../../src/kernels/mod.ts";

/** Prints one hash of many products, packed ones among them, and softmaxes, computed `Deno.args[1]` times; the last time counts. */
const kernels = await loadKernels({ instructionSet: Deno.args[0] as "relaxed" | "simd128" });
let hash = 0;
for (let round = 0; round < Number(Deno.args[1]); round++) {
  hash = 0x811c9dc5;
  const add = (x: Float32Array): void => {
    for (const word of new Uint32Array(x.buffer, x.byteOffset, x.length)) hash = Math.imul(hash ^ word, 0x01000193);
  };
  for (const [m, n, k] of [[1, 77, 33], [5, 23, 11], [64, 48, 300]] as const) {
    for (const kind of ["nn", "nt", "tn", "packed_nn", "packed_nt"]) {
      using product = new kernels.GemmBench(kind, m, n, k);
      product.run(1);
      add(product.result());
      add(kernels.probabilities(product.result(), undefined, 0.7));
    }
  }
  // Integers of all sizes, at both ends of their ranges: the largest stored byte of each format is there.
  const x = Float32Array.from({ length: 3 * 96 }, (_, i) => (i * 37) % 255 - 127);
  const w = Float32Array.from({ length: 37 * 96 }, (_, i) => (i * 101) % 255 - 127);
  for (const format of ["e4", "e7", "q8"]) {
    add(kernels.packedProduct(format, 3, 37, 96, x, w));
    add(kernels.packedProduct(format, 1, 37, 96, x.subarray(0, 96), w));
  }
}
console.log(hash);
