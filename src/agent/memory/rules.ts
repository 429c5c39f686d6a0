import { foldRules } from "./_fold_rules.ts";

/** Something an agent goes by, in words. */
export interface Rule {
  /** Stays the same when the text is revised. */
  readonly id: number;
  readonly text: string;
  /** Times it was followed and that was good. */
  readonly helped: number;
  /** Times it was followed and that was bad. */
  readonly harmed: number;
}

/** One change; plain JSON. All of them, in order, are all there is to keep. */
export type RuleEdit =
  | { readonly kind: "add"; readonly text: string }
  | { readonly kind: "revise"; readonly id: number; readonly text: string }
  | { readonly kind: "drop"; readonly id: number }
  | { readonly kind: "evidence"; readonly id: number; readonly helped: boolean }
  | { readonly kind: "roll back"; readonly version: number };

/** How rules are put into words. */
export interface RenderRules {
  /** Only so many: those with the most helped minus harmed; of equal ones the older. Default all. */
  readonly most?: number;
}

/**
 * What an agent has learned in words: a list of rules with a version for every change, any of which it can go back to.
 *
 * Nothing changes a `Rules`: what changes it gives another one, so candidates can be tried side by side.
 */
export interface Rules {
  /** Changes so far. */
  readonly version: number;
  /** In the order they were added. */
  readonly list: readonly Rule[];
  /** What `rulesFrom` makes the same rules of. */
  readonly edits: readonly RuleEdit[];
  /** With one more; its id is the number of rules that were ever added before it. */
  add(text: string): Rules;
  /** With another text, and no evidence yet. @throws {RangeError} If there is no such rule. */
  revise(id: number, text: string): Rules;
  /** Without it. @throws {RangeError} If there is no such rule. */
  drop(id: number): Rules;
  /** With one more time that it helped, or harmed. @throws {RangeError} If there is no such rule. */
  evidence(id: number, helped: boolean): Rules;
  /** As they were at an earlier version; that is a change as well, so nothing is lost. @throws {RangeError} If it is none. */
  rollBack(version: number): Rules;
  /** The texts, one a line. */
  render(options?: RenderRules): string;
}

/**
 * Rules from their changes; none without.
 *
 * @throws {RangeError} If a change is of a rule or version that there is not at that point.
 *
 * @example
 * ```ts
 * import { deepEqual, equal } from "node:assert/strict";
 * import { rulesFrom } from "@eddy/eddy";
 * const rules = rulesFrom().add("stand on 17").add("never split").revise(0, "stand on 16");
 * equal(rules.render(), "stand on 16\nnever split");
 * equal(rules.rollBack(2).render(), "stand on 17\nnever split");
 * deepEqual(rulesFrom(JSON.parse(JSON.stringify(rules.edits))).list, rules.list);
 * ```
 */
export function rulesFrom(edits: readonly RuleEdit[] = []): Rules {
  const list = foldRules(edits);
  const after = (edit: RuleEdit): Rules => rulesFrom([...edits, edit]);
  return {
    version: edits.length,
    list,
    edits,
    add: (text) => after({ kind: "add", text }),
    revise: (id, text) => after({ kind: "revise", id, text }),
    drop: (id) => after({ kind: "drop", id }),
    evidence: (id, helped) => after({ kind: "evidence", id, helped }),
    rollBack: (version) => after({ kind: "roll back", version }),
    render: ({ most = Infinity } = {}) => {
      const worth = ({ helped, harmed }: Rule): number => helped - harmed;
      const best = new Set([...list].sort((a, b) => worth(b) - worth(a) || a.id - b.id).slice(0, most));
      return list.filter((rule) => best.has(rule)).map(({ text }) => text).join("\n");
    },
  };
}
