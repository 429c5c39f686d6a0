import { describe, it } from "@std/testing/bdd";
import { ok } from "node:assert/strict";
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Path below wasm/ and the most bytes that it may have; rust-kernels/build.sh refuses more, too. */
const LIMITS = [
  ["relaxed/kernels_bg.wasm", 800_000],
  ["simd128/kernels_bg.wasm", 800_000],
  ["grammar/grammar_bg.wasm", 1_450_000],
] as const;

describe("wasm/", () => {
  for (const [path, mostBytes] of LIMITS) {
    it(`${path} has at most ${mostBytes} bytes`, () => {
      const { size } = statSync(fileURLToPath(new URL(`../../wasm/${path}`, import.meta.url)));
      ok(size <= mostBytes, `${path} has ${size} bytes`);
    });
  }
});
