import * as firstGlue from "../../wasm/grammar/grammar.js";
import { EddyError } from "../errors.ts";

/** What the module for grammars exports: handles that own Rust memory. */
export type GrammarKernels = Omit<typeof firstGlue, "default" | "initSync">;

let glue = firstGlue;
let generation = 0;
let stopped = false;

/**
 * Loads the module that knows what a grammar allows next. It is as large as all other kernels together, so it is a file of
 * its own, read when the first constraint is compiled.
 *
 * @param module A compiled module, for runtimes that cannot import the file themselves (browsers, Node).
 * @throws {EddyError} `kernels_unavailable` If it cannot be loaded.
 */
export async function loadGrammarKernels(module?: WebAssembly.Module): Promise<GrammarKernels> {
  try {
    if (stopped) {
      // the same file again, as a module of its own with memory of its own
      glue = await import(`../../wasm/grammar/grammar.js?instance=${++generation}`) as typeof firstGlue;
      stopped = false;
    }
    glue.initSync({ module: module ?? (await import("./grammar_module.js")).grammar });
    return glue;
  } catch (cause) {
    throw new EddyError("kernels_unavailable", `Cannot load the grammar kernels: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/**
 * Tells whether an error ended the instance, as a grammar that is nested too deeply does; the next
 * {@linkcode loadGrammarKernels} then gives a new one. What the old one made cannot be used any more.
 */
export function endedGrammarKernels(error: unknown, of: GrammarKernels): boolean {
  const ended = error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
  if (ended && of === glue) stopped = true;
  return ended;
}
