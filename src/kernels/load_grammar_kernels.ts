import * as glue from "../../wasm/grammar/grammar.js";
import { EddyError } from "../errors.ts";

/** What the module for grammars exports: handles that own Rust memory. */
export type GrammarKernels = Omit<typeof glue, "default" | "initSync">;

/**
 * Loads the module that knows what a grammar allows next. It is as large as all other kernels together, so it is a file of
 * its own, read when the first constraint is compiled.
 *
 * @param module A compiled module, for runtimes that cannot import the file themselves (browsers, Node).
 * @throws {EddyError} `kernels_unavailable` If it cannot be loaded.
 */
export async function loadGrammarKernels(module?: WebAssembly.Module): Promise<GrammarKernels> {
  try {
    glue.initSync({ module: module ?? (await import("./grammar_module.js")).grammar });
    return glue;
  } catch (cause) {
    throw new EddyError("kernels_unavailable", `Cannot load the grammar kernels: ${(cause as Error).message}`, {
      cause,
    });
  }
}
