import type { DecidedStep } from "../../agent/mod.ts";

/** One token with its log-probability in nats, as OpenAI tells it. */
export interface TokenLogProb {
  /** Its text. */
  readonly token: string;
  /** Its text in UTF-8; null for a part of a character. */
  readonly bytes: number[] | null;
  /** Log-probability, nats. */
  readonly logprob: number;
}

/** A token of an action with the most likely ones in its place, most likely first. */
export interface ActionToken extends TokenLogProb {
  /** At most as many as were asked for. */
  readonly top_logprobs: TokenLogProb[];
}

/**
 * The tokens of an action. An agent that chooses among candidates has one token for each candidate: the whole text, with
 * the logarithm of the probability it was chosen with; its alternatives are known. An agent that writes has the tokens it
 * wrote; alternatives of those are not kept, so their lists are empty.
 *
 * @param top Number of alternatives.
 */
export function actionTokens({ record, tokens }: DecidedStep, top = 0): ActionToken[] {
  const { candidates, probabilities, action, propensity } = record;
  if (tokens && !(candidates && probabilities)) {
    return tokens.map(({ text, logProb }) => ({ ...tokenLogProb(text, logProb), top_logprobs: [] }));
  }
  const ranked = (candidates ?? [])
    .map((candidate, index) => tokenLogProb(candidate, Math.log(probabilities?.[index] ?? 0)))
    .sort((left, right) => right.logprob - left.logprob);
  return [{ ...tokenLogProb(action, Math.log(propensity)), top_logprobs: probabilities ? ranked.slice(0, top) : [] }];
}

/** OpenAI's number for "never": JSON has no infinity. */
const NEVER = -9999;

function tokenLogProb(token: string, logProb: number): TokenLogProb {
  return {
    token,
    bytes: [...new TextEncoder().encode(token)],
    logprob: Number.isFinite(logProb) ? logProb : NEVER,
  };
}
