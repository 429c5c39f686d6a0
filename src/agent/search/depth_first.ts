/** How to look for something better. */
export interface DepthFirstOptions<Candidate> {
  /** A change to what is best so far; `attempt` counts from 0 at each candidate. */
  readonly propose: (candidate: Candidate, attempt: number) => Candidate;
  /** What a candidate is worth. */
  readonly evaluate: (candidate: Candidate) => number;
  /** A proposal is accepted where it is worth more than its parent by more than this. Default 0; −∞ accepts all. */
  readonly margin?: number;
  /** Proposals at each candidate before going back to its parent. */
  readonly attempts: number;
  /** Proposals in all. */
  readonly evaluations: number;
}

/** What was found. */
export interface DepthFirst<Candidate> {
  /** Worth most of all that were accepted; the last one, where all are. */
  readonly best: Candidate;
  /** What it is worth. */
  readonly value: number;
  /** Proposals in their order: what each was worth, whether it was accepted, and the depth it was made at. */
  readonly trace: readonly { readonly value: number; readonly accepted: boolean; readonly depth: number }[];
}

/**
 * Looks for something better by proposing changes depth first: a change that is worth more is gone on from at once; where
 * no proposal helps any more, the search goes back to the candidate before and tries its remaining proposals.
 *
 * ```text
 * accept candidate' of candidate:  value(candidate') > value(candidate) + margin
 * ```
 *
 * With a margin of −∞ every proposal is accepted and the last is taken: what one gets without evaluation. The value of the
 * best of many noisy evaluations is too good to be true: measure it on something else.
 *
 * @throws {RangeError} If counts are no whole numbers of at least 1, or something is worth NaN.
 * @see arXiv 2402.17574 (Agent-Pro), section 3.3.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { depthFirst } from "@eddy/eddy";
 * const { best, trace } = depthFirst(0, {
 *   propose: (at, attempt) => at + [-1, 2][attempt],
 *   evaluate: (at) => -Math.abs(at - 4),
 *   attempts: 2,
 *   evaluations: 6,
 * });
 * deepEqual([best, trace.filter(({ accepted }) => accepted).length], [4, 2]);
 * ```
 */
export function depthFirst<Candidate>(
  initial: Candidate,
  options: DepthFirstOptions<Candidate>,
): DepthFirst<Candidate> {
  const { propose, margin = 0, attempts, evaluations } = options;
  for (const [name, count] of Object.entries({ attempts, evaluations })) {
    if (!(Number.isInteger(count) && count >= 1)) throw new RangeError(`Cannot search with ${count} ${name}`);
  }
  const valueOf = (candidate: Candidate): number => {
    const value = options.evaluate(candidate);
    if (Number.isNaN(value)) throw new RangeError("Cannot search: a candidate is worth NaN");
    return value;
  };
  const path = [{ candidate: initial, value: valueOf(initial), attempt: 0 }];
  let best = path[0];
  const trace: DepthFirst<Candidate>["trace"][number][] = [];
  while (path.length > 0 && trace.length < evaluations) {
    const here = path[path.length - 1];
    if (here.attempt === attempts) {
      path.pop();
      continue;
    }
    const candidate = propose(here.candidate, here.attempt++);
    const value = valueOf(candidate);
    const accepted = margin === -Infinity || value > here.value + margin;
    trace.push({ value, accepted, depth: path.length });
    if (!accepted) continue;
    path.push({ candidate, value, attempt: 0 });
    if (margin === -Infinity || value > best.value) best = path[path.length - 1];
  }
  return { best: best.candidate, value: best.value, trace };
}
