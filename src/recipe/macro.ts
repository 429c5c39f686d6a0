/** An action made of actions: in turn, by what was shown last, or again and again. */
export type Macro =
  | string
  | { readonly sequence: readonly Macro[] }
  | { readonly if: string; readonly then: Macro; readonly otherwise: Macro }
  | { readonly repeat: Macro; readonly while: string; readonly most: number };

/**
 * The actions of a macro, one after the other.
 *
 * ```text
 * sequence: each in turn      if: `then` where the text shown last contains it, `otherwise` elsewhere
 * repeat: once, and again while the text shown last contains `while`, `most` times in all
 * ```
 *
 * @param shown What was shown last; asked after each action.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { actionsOf } from "@eddy/eddy";
 * let shown = "closed";
 * const taken = [];
 * for (const action of actionsOf({ sequence: [{ repeat: "push", while: "closed", most: 5 }, "enter"] }, () => shown)) {
 *   taken.push(action);
 *   if (taken.length === 2) shown = "open";
 * }
 * assert.deepEqual(taken, ["push", "push", "enter"]);
 * ```
 */
export function* actionsOf(macro: Macro, shown: () => string): Generator<string, void> {
  if (typeof macro === "string") yield macro;
  else if ("sequence" in macro) { for (const part of macro.sequence) yield* actionsOf(part, shown); }
  else if ("if" in macro) yield* actionsOf(shown().includes(macro.if) ? macro.then : macro.otherwise, shown);
  else {
    for (let time = 0; time < macro.most; time++) {
      yield* actionsOf(macro.repeat, shown);
      if (!shown().includes(macro.while)) return;
    }
  }
}
