import type { Macro } from "./macro.ts";
import { mineMacros } from "./mine_macros.ts";
import { mutateMacro, type MutateOptions } from "./mutate_macro.ts";
import type { Transcript } from "./transcript.ts";

/** How to propose. */
export interface ProposeMacrosOptions extends MutateOptions {
  /** Most new ones, and twice the most of all. */
  readonly most: number;
  /** Chance that a mined macro is changed at one place. */
  readonly noise: number;
}

/**
 * Macros for the next try: those that a solved episode has used, and new ones, mined from the solved episodes, some of them
 * changed.
 *
 * @param macros Those that the episodes could use.
 */
export function proposeMacros(
  transcripts: readonly Transcript[],
  macros: ReadonlyMap<string, Macro>,
  { most, noise, ...change }: ProposeMacrosOptions,
): ReadonlyMap<string, Macro> {
  const solved = transcripts.filter(({ success }) => success).map(({ steps }) => ({
    actions: steps.map(({ action }) => action),
    shown: steps.map((_, index) => steps[index + 1]?.turns[0]?.text ?? ""),
  }));
  const used = [...macros].filter(([name]) => solved.some(({ actions }) => actions.includes(name)));
  const mined = [...mineMacros(solved, { most, known: macros })].map(([name, macro]): [string, Macro] => {
    if (change.random() >= noise) return [name, macro];
    return [`${name}, changed ${Math.floor(change.random() * 1e9)}`, mutateMacro(macro, change)];
  });
  return new Map([...used, ...mined].slice(0, 2 * most));
}
