import type { ActionToken } from "./action_tokens.ts";
import type { CompletionChoice } from "./completion_response.ts";

/** Tokens with their log-probabilities, as `/v1/completions` tells them. */
export function legacyLogProbs(tokens: readonly ActionToken[]): NonNullable<CompletionChoice["logprobs"]> {
  let offset = 0;
  return {
    tokens: tokens.map(({ token }) => token),
    token_logprobs: tokens.map(({ logprob }) => logprob),
    top_logprobs: tokens.map(({ top_logprobs: top }) =>
      Object.fromEntries(top.map(({ token, logprob }) => [token, logprob]))
    ),
    text_offset: tokens.map(({ token }) => {
      offset += token.length;
      return offset - token.length;
    }),
  };
}
