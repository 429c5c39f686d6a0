/** How to refine. */
export interface RefineOptions<Draft> {
  /** What is wrong with a draft; undefined where nothing is. */
  readonly critique: (draft: Draft, round: number) => string | undefined | Promise<string | undefined>;
  /** A draft that answers the critique. */
  readonly revise: (draft: Draft, critique: string, round: number) => Draft | Promise<Draft>;
  /** Revisions at most. */
  readonly rounds: number;
}

/** What became of a draft. */
export interface Refined<Draft> {
  /** The last one. */
  readonly draft: Draft;
  /** The first one and its revisions, in order. */
  readonly drafts: readonly Draft[];
  /** What was said of them. */
  readonly critiques: readonly string[];
  /** Whether the last one passed. */
  readonly passed: boolean;
}

/**
 * Criticises a draft and revises it, until it passes or there are no rounds left.
 *
 * @throws {RangeError} If `rounds` is no whole number of at least 0.
 * @see arXiv 2303.17491 (RCI).
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { refine } from "@eddy/eddy";
 * const { draft, critiques } = await refine(1, {
 *   critique: (draft) => draft < 3 ? "too small" : undefined,
 *   revise: (draft) => draft + 1,
 *   rounds: 5,
 * });
 * deepEqual([draft, critiques.length], [3, 2]);
 * ```
 */
export async function refine<Draft>(
  first: Draft,
  { critique, revise, rounds }: RefineOptions<Draft>,
): Promise<Refined<Draft>> {
  if (!(Number.isInteger(rounds) && rounds >= 0)) throw new RangeError(`Cannot refine for ${rounds} rounds`);
  const drafts = [first];
  const critiques: string[] = [];
  for (let round = 0;; round++) {
    const draft = drafts[round];
    const said = await critique(draft, round);
    if (said === undefined) return { draft, drafts, critiques, passed: true };
    critiques.push(said);
    if (round === rounds) return { draft, drafts, critiques, passed: false };
    drafts.push(await revise(draft, said, round));
  }
}
