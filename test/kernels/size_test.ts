import { describe, it } from "@std/testing/bdd";
import { ok } from "node:assert/strict";
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const MOST_BYTES = 800_000;

describe("kernels_bg.wasm", () => {
  for (const flavour of ["relaxed", "simd128"]) {
    it(`${flavour} has at most ${MOST_BYTES} bytes`, () => {
      const { size } = statSync(fileURLToPath(new URL(`../../wasm/${flavour}/kernels_bg.wasm`, import.meta.url)));
      ok(size <= MOST_BYTES, `${flavour} has ${size} bytes`);
    });
  }
});
