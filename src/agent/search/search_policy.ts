import type { Constraint } from "../../language/mod.ts";
import type { DecisionRequest, Policy } from "../../policy/mod.ts";
import type { Moment } from "./moment.ts";
import { turnsOf } from "./turns_of.ts";

/** What could be done, and how likely it is. */
export interface Proposal {
  /** What could be done. */
  readonly action: string;
  /** In [0, 1]; those of a moment add up to 1. */
  readonly probability: number;
}

/** What a search asks. */
export interface SearchPolicy {
  /** What could be done at a moment, no action twice, in the order of the candidates where they are listed. */
  propose(moment: Moment): readonly Proposal[];
  /** One action, drawn. */
  act(moment: Moment): string;
  /** How often it was asked so far. */
  readonly calls: number;
}

/** How a policy is asked. */
export interface SearchPolicyOptions {
  /** Names all draws. */
  readonly seed: number;
  /** Of the draws; 0 takes the most likely. Default 1. */
  readonly temperature?: number;
  /** Draws that make the proposals where the world does not list its actions. Default 4. */
  readonly proposals?: number;
  /** What may be written there. */
  readonly constraint?: Constraint;
}

/**
 * A policy as a search asks it, with a memory of its own; dispose it after the search.
 *
 * Listed candidates are all proposed with their probabilities; elsewhere as many draws as asked for are, each with its
 * share. Proposing evaluates the policy: it must not stand between an evaluation and its `backward`.
 */
export function searchPolicy(
  policy: Policy,
  { seed, temperature = 1, proposals = 4, constraint }: SearchPolicyOptions,
): SearchPolicy & Disposable {
  const context = policy.open();
  let [calls, draws] = [0, 0];
  const request = (moment: Moment): DecisionRequest => {
    context.restart(turnsOf(moment));
    return { context, candidates: moment.candidates, constraint, seed, stream: draws };
  };
  const act = (moment: Moment): string => {
    calls += 1;
    const [{ text }] = policy.decide([request(moment)], { temperature });
    draws += 1;
    return text;
  };
  const propose = (moment: Moment): Proposal[] => {
    if (!moment.candidates) return shares(Array.from({ length: proposals }, () => act(moment)));
    calls += 1;
    const trajectories = moment.candidates.map((action) => ({
      decisions: [policy.demonstrate(request(moment), action)],
    }));
    const { logProbs } = policy.evaluate(trajectories);
    let token = 0;
    return trajectories.map(({ decisions: [{ text, tokens }] }) => {
      const own = logProbs.subarray(token, token += tokens.length);
      return { action: text, probability: Math.exp(own.reduce((sum, logProb) => sum + logProb, 0)) };
    });
  };
  return {
    act,
    propose,
    get calls(): number {
      return calls;
    },
    [Symbol.dispose]: () => context[Symbol.dispose](),
  };
}

/** Each action with its share of the draws. */
function shares(drawn: readonly string[]): Proposal[] {
  return [...new Set(drawn)].map((action) => ({
    action,
    probability: drawn.filter((each) => each === action).length / drawn.length,
  }));
}
