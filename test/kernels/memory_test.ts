import { describe, it } from "@std/testing/bdd";
import { equal, throws } from "node:assert/strict";
import { loadKernels } from "../../src/kernels/mod.ts";

/** A trap also throws, but leaves the instance unusable: what is refused is an `Error` with a sentence. */
const refusal = (error: unknown): boolean =>
  error instanceof Error && !(error instanceof WebAssembly.RuntimeError) && error.message.startsWith("Cannot ");

describe("kernels", () => {
  it("gemm() refuses a product that is too large", async () => {
    const { gemm, GemmBench } = await loadKernels();
    const none = new Float32Array();
    throws(() => gemm("nn", 2 ** 20, 2 ** 20, 0, none, none, undefined), refusal);
    throws(() => new GemmBench("packed_nn", 2 ** 16, 2 ** 16, 2 ** 16), refusal);
    equal(gemm("nn", 1, 1, 0, none, none, undefined).length, 1);
  });

  it("Transformer() refuses more layers than there is room for", async () => {
    const { Transformer } = await loadKernels();
    throws(() => new Transformer(1, 2, 2 ** 22, 1, 1, 2, 1, 8, 1e4, 1e-5, true), refusal);
  });

  it("logitsAt() and score() refuse more rows than there is room for", async () => {
    const { Transformer } = await loadKernels();
    using model = new Transformer(2 ** 16, 2, 1, 1, 1, 2, 2, 8, 1e4, 1e-5, true);
    model.initialize(1n);
    model.forward(Uint32Array.of(1), Uint32Array.of(1));
    // 2^15 · 2^16 numbers: in 32 bits their bytes come to nothing.
    const rows = new Uint32Array(2 ** 15);
    throws(() => model.logitsAt(rows), refusal);
    throws(() => model.score(rows, rows, rows.map(() => 0xffffffff), new Uint32Array(), 1), refusal);
    equal(model.logitsAt(Uint32Array.of(0)).length, 2 ** 16);
  });

  it("trainBytePairs() stops when there is nothing left to merge", async () => {
    const { trainBytePairs } = await loadKernels();
    using trained = trainBytePairs(["ab"], 0xffffffff, 1, new Uint8Array(), new Uint32Array(), "whole");
    equal(trained.merges.length, 2);
  });
});
