import { describe, it } from "@std/testing/bdd";
import { deepEqual, throws } from "node:assert/strict";
import { loadKernels } from "../../src/kernels/mod.ts";

for (const instructionSet of ["relaxed", "simd128"] as const) {
  describe(`dequantize() on ${instructionSet}`, () => {
    it("multiplies the integers of a block by its scale", async () => {
      const { dequantize } = await loadKernels({ instructionSet });
      // Q8_0: the scale 0.25 as F16 (0x3400), then 32 signed bytes -16 .. 15.
      const bytes = Uint8Array.from([0x00, 0x34, ...Array.from({ length: 32 }, (_, i) => (i - 16) & 255)]);
      deepEqual(dequantize(8, bytes), Float32Array.from({ length: 32 }, (_, i) => 0.25 * (i - 16)));
      deepEqual(dequantize(8, new Uint8Array()), new Float32Array());
    });

    it("refuses types that it does not read, and what are no whole blocks", async () => {
      const { dequantize } = await loadKernels({ instructionSet });
      throws(() => dequantize(16, new Uint8Array(66)), /Cannot dequantize: there is no reader for type 16/);
      throws(() => dequantize(8, new Uint8Array(35)), /Cannot dequantize: 35 bytes are no whole blocks of 34/);
    });
  });

  describe(`TransformerBlocks on ${instructionSet}`, () => {
    it("refuses parts that there are not", async () => {
      const { Transformer, TransformerBlocks } = await loadKernels({ instructionSet });
      type Blocks = InstanceType<typeof TransformerBlocks>;
      const blocks = (norm: string, activation: string, cap = 0, windows = new Uint32Array()): Blocks =>
        new TransformerBlocks(
          ...[
            norm,
            false,
            false,
            false,
            false,
            false,
            true,
            activation,
            0,
            cap,
            0,
            1,
            false,
            windows,
            new Uint32Array(),
          ] as const,
        );
      const open = (own: Blocks): void => new Transformer(5, 4, 2, 1, 1, 4, 3, 8, 1e4, 1e-5, true, own).free();
      open(blocks("rms", "silu"));
      throws(() => blocks("batch", "silu"), /Cannot create a transformer: unknown norm/);
      throws(() => blocks("rms", "relu"), /Cannot create a transformer: unknown activation/);
      throws(() => open(blocks("rms", "silu", NaN)), /Cannot create a transformer: a scale or cap/);
      throws(() => open(blocks("rms", "silu", 0, Uint32Array.of(1))), /1 windows and 0 rotations for 2 layers/);
    });
  });
}
