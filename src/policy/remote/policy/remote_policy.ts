import type { Turn } from "../../../episode/mod.ts";
import type { Decision, DecisionRequest, Policy, SamplingOptions } from "../../policy.ts";

/**
 * A language model at an endpoint as a policy. Its weights are frozen; what learns is a bias for each candidate, added to
 * what the model thinks of it. It is asked over a network, so it answers later: otherwise it is a {@linkcode Policy}.
 */
export interface RemotePolicy extends Omit<Policy, "decide" | "demonstrate" | "recall"> {
  /** Which implementation it is. */
  readonly kind: "remote";
  /**
   * Chooses among candidates, or writes where there are none.
   *
   * @throws {RangeError} If a request has a constraint: nobody can impose one on a model that is elsewhere.
   * @throws {EddyError} What `RemoteChat.ask` throws; `remote_unavailable` also where the answer is none of the candidates.
   */
  decide(requests: readonly DecisionRequest[], options?: SamplingOptions): Promise<RemoteDecision[]>;
  /**
   * The decision that would have been recorded had the policy taken `action`. The model is asked what it thinks.
   *
   * @throws {RangeError} If the action is none of the candidates.
   * @throws {EddyError} `remote_refused` If the endpoint gives no log-probabilities: nothing could be learned from it.
   */
  demonstrate(request: DecisionRequest, action: string): Promise<Decision>;
  /**
   * Writes, telling each piece as it comes; resolves with the whole.
   *
   * @param onText Called with each piece of text.
   */
  write(
    request: Pick<DecisionRequest, "context" | "seed">,
    options?: SamplingOptions & { readonly onText?: (piece: string) => void; readonly signal?: AbortSignal },
  ): Promise<RemoteDecision>;
}

/**
 * A choice of a remote model. How likely it was is only there where it is known: among candidates, by log-probabilities. A
 * decision without it cannot be evaluated or learned from by gradients.
 */
export interface RemoteDecision extends Omit<Decision, "behaviorLogProbs" | "rawLogProbs"> {
  /** As in {@linkcode Decision}; absent where nobody knows. */
  readonly behaviorLogProbs?: Float32Array;
  /** As in {@linkcode Decision}; absent where nobody knows. */
  readonly rawLogProbs?: Float32Array;
}

/** Whether it is known how likely a decision was, so that it can be learned from. */
export function isLearnable(decision: RemoteDecision): decision is RemoteDecision & Decision {
  return decision.behaviorLogProbs !== undefined && decision.rawLogProbs !== undefined;
}

/**
 * How a model is made to choose.
 *
 * ```text
 * logprobs   one token is asked for, the letter of a candidate; the choice is drawn here from the letters' probabilities
 * answer     the letter as an answer of a JSON schema; drawn by the endpoint, how likely it was is not known
 * tool       the letter as the argument of a call that must be made; likewise
 * auto       logprobs where the endpoint gives them and there are at most 20 candidates, else answer
 * ```
 */
export type ChoosingMode = "logprobs" | "answer" | "tool" | "auto";

/** How a remote policy is set up. */
export interface RemotePolicyOptions {
  /** How it is made to choose. Default `auto`. */
  readonly choosing?: ChoosingMode;
  /** Shown before every conversation: instructions, and examples of user and assistant turns. */
  readonly preface?: readonly Turn[];
  /** Most tokens that it writes. Default the endpoint's. */
  readonly maximumTokens?: number;
  /** Numbers of the table of biases, a power of 2. Default 4096. */
  readonly biases?: number;
}
