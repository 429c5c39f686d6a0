import type { RemoteLogProbs, RemoteTokenLogProb } from "../wire.ts";
import type { Beliefs } from "./_beliefs.ts";
import type { Saying } from "./scripted_role.ts";
import { wordsOf } from "./_words.ts";

/** OpenAI's number for "never": JSON has no infinity. */
const NEVER = -9999;

/**
 * Probabilities at a temperature.
 *
 * ```text
 * q_i = p_i^(1/T) / Σ_j p_j^(1/T)          T = 0: all on the first of the most likely
 * ```
 */
export function atTemperature(probabilities: readonly number[], temperature: number): number[] {
  if (temperature === 0) return probabilities.map((_, place) => place === 0 ? 1 : 0);
  const scaled = probabilities.map((probability) => probability ** (1 / temperature));
  const total = scaled.reduce((sum, one) => sum + one, 0);
  return scaled.map((one) => one / total);
}

/** The place that `draw`, in [0, 1), falls on. */
export function placeOf(probabilities: readonly number[], draw: number): number {
  let sum = 0;
  const place = probabilities.findIndex((probability) => (sum += probability) > draw);
  return place < 0 ? probabilities.length - 1 : place;
}

/** The tokens of a saying: of its text, or of its calls as they would be written. */
export function tokensOf(saying: Saying): string[] {
  return wordsOf(typeof saying === "string" ? saying : `${saying.content ?? ""}${JSON.stringify(saying.calls)}`);
}

/**
 * How likely each token of a said text was, given those before it; exact, since all that might have been said is known.
 *
 * ```text
 * P(t_k | t_<k) = Σ P(sayings that begin with t_≤k) / Σ P(sayings that begin with t_<k)
 * ```
 *
 * @param tokens Beginning of what was said. @param top Number of alternatives.
 */
export function logProbsOf(beliefs: Beliefs, tokens: readonly string[], top: number): RemoteLogProbs {
  let alive = beliefs.sayings.map((saying, place) => ({
    tokens: tokensOf(saying),
    probability: beliefs.probabilities[place],
  }));
  const content = tokens.map((token, place) => {
    const shares = new Map<string, number>();
    let total = 0;
    for (const { tokens, probability } of alive) {
      total += probability;
      // A saying that has ended here goes on with nothing: it takes its share from the tokens.
      if (place < tokens.length) shares.set(tokens[place], (shares.get(tokens[place]) ?? 0) + probability);
    }
    const ranked = [...shares].map(([text, share]) => tokenLogProb(text, share / total))
      .sort((left, right) => right.logprob - left.logprob);
    const own = tokenLogProb(token, (shares.get(token) ?? 0) / total);
    alive = alive.filter(({ tokens }) => tokens[place] === token);
    return { ...own, top_logprobs: ranked.slice(0, top) };
  });
  return { content };
}

function tokenLogProb(token: string, probability: number): RemoteTokenLogProb {
  const logprob = probability > 0 ? Math.log(probability) : NEVER;
  return { token, logprob, bytes: [...new TextEncoder().encode(token)] };
}
