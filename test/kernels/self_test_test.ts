import { describe, it } from "@std/testing/bdd";
import { doesNotThrow, throws } from "node:assert/strict";
import { loadKernels } from "../../src/kernels/mod.ts";
import { selfTest } from "../../src/kernels/_self_test.ts";

describe("selfTest()", () => {
  for (const instructionSet of ["relaxed", "simd128"] as const) {
    it(`accepts the ${instructionSet} build`, async () => {
      const kernels = await loadKernels({ instructionSet });
      doesNotThrow(() => selfTest(kernels));
    });
  }

  it("throws when one element of a product is wrong in its last bit", async () => {
    const kernels = await loadKernels();
    for (const wrong of ["nn", "nt", "tn", "packed_nn"]) {
      const gemm: typeof kernels.gemm = (kind, m, n, k, a, b, c) => {
        const product = kernels.gemm(kind, m, n, k, a, b, c);
        if (kind === wrong) new Uint32Array(product.buffer, product.byteOffset)[product.length - 1] ^= 1;
        return product;
      };
      throws(() => selfTest({ ...kernels, gemm }), /self-test of/, wrong);
    }
  });

  it("throws when rows alone are not fused as rows together are", async () => {
    const kernels = await loadKernels();
    const gemm: typeof kernels.gemm = (kind, m, n, k, a, b) =>
      m > 1 ? kernels.gemm(kind, m, n, k, a, b) : Float32Array.from({ length: n }, (_, j) => {
        let sum = 0;
        for (let p = 0; p < k; p++) sum += a[p] * b[p * n + j];
        return sum;
      });
    throws(() => selfTest({ ...kernels, gemm }), /one row/);
  });

  it("throws when the softmax is wrong", async () => {
    const kernels = await loadKernels();
    throws(() => selfTest({ ...kernels, logNormalizer: () => 5.999999 }), /log-normalizer/);
    throws(() => selfTest({ ...kernels, probabilities: (logits) => new Float32Array(logits.length) }), /softmax/);
  });
});
