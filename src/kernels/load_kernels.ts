import * as relaxedGlue from "../../wasm/relaxed/kernels.js";
import * as simd128Glue from "../../wasm/simd128/kernels.js";
import { EddyError } from "../errors.ts";
import { selfTest } from "./_self_test.ts";

/** Everything Rust exports: handles (classes that own Rust memory; dispose them) and pure functions on typed arrays. */
export type Kernels = Omit<typeof relaxedGlue, "default" | "initSync">;

/** Which build to load; the default probes the runtime. */
export interface LoadKernelsOptions {
  /** `relaxed` needs relaxed SIMD; `simd128` runs on every engine of the last years. */
  readonly instructionSet?: "relaxed" | "simd128";
  /** A compiled module of that build, for runtimes that cannot import the files themselves (browsers, Node). */
  readonly module?: WebAssembly.Module;
}

/** The smallest module that holds one relaxed SIMD instruction. */
const RELAXED_PROBE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123],
  ...[3, 2, 1, 0, 10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2, 253, 133, 2, 11],
);

/**
 * Loads the fastest build of the kernels that this runtime accepts and that passes a self-test.
 *
 * Each realm (main thread, Web Worker) has one instance; loading twice returns the same one.
 *
 * @throws {EddyError} `kernels_unavailable` If no build passes.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { loadKernels } from "@eddy/eddy";
 * const kernels = await loadKernels();
 * assert.ok(["relaxed", "simd128"].includes(kernels.instructionSet()));
 * ```
 */
export async function loadKernels(options: LoadKernelsOptions = {}): Promise<Kernels> {
  const wanted = options.instructionSet ?? (WebAssembly.validate(RELAXED_PROBE) ? "relaxed" : "simd128");
  const attempts = options.instructionSet ? [wanted] : wanted === "relaxed" ? ["relaxed", "simd128"] : ["simd128"];
  let cause: unknown;
  for (const flavor of attempts as ("relaxed" | "simd128")[]) {
    try {
      const glue = flavor === "relaxed" ? relaxedGlue : simd128Glue;
      glue.initSync({ module: options.module ?? (await import("./wasm_modules.js"))[flavor] });
      selfTest(glue);
      return glue;
    } catch (error) {
      cause = error;
    }
  }
  throw new EddyError("kernels_unavailable", `Cannot load kernels: ${(cause as Error).message}`, { cause });
}
