import * as firstGlue from "../../wasm/grammar/grammar.js";
import { EddyError } from "../errors.ts";

/** What the module for grammars exports: handles that own Rust memory. */
export type GrammarKernels = Omit<typeof firstGlue, "default" | "initSync">;

let glue = firstGlue;
let generation = 0;
let stopped = false;
let mostHandles = 1000;
const handles = new Set<WeakRef<object>>();
const left: unknown[] = [];
const ended = new WeakSet<GrammarKernels>();

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
 * Remembers a handle of the module, without keeping it: one of an ended instance must not be freed, by nobody, since its
 * memory cannot be used any more.
 */
export function trackGrammarHandle<T extends object>(handle: T): T {
  handles.add(new WeakRef(handle));
  if (handles.size > mostHandles) {
    for (const each of handles) if (each.deref() === undefined) handles.delete(each);
    mostHandles = 2 * handles.size + 1000;
  }
  return handle;
}

/** Whether an instance has ended: its handles must be left alone. */
export function haveGrammarKernelsEnded(kernels: GrammarKernels): boolean {
  return ended.has(kernels);
}

/**
 * Tells whether an error ended the instance, as a grammar that is nested too deeply does; the next
 * {@linkcode loadGrammarKernels} then gives a new one.
 */
export function endedGrammarKernels(error: unknown, of: GrammarKernels): boolean {
  if (!(error instanceof WebAssembly.RuntimeError || error instanceof RangeError)) return false;
  ended.add(of);
  if (of === glue) {
    stopped = true;
    // held for ever, so that no finalizer frees them
    for (const each of handles) left.push(each.deref());
    handles.clear();
  }
  return true;
}
