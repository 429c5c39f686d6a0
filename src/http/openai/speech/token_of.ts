import type { SpokenToken } from "../../../policy/mod.ts";
import type { ActionToken, TokenLogProb } from "../action_tokens.ts";

/** OpenAI's number for "never": JSON has no infinity. */
const NEVER = -9999;

/** A token as OpenAI tells it. A part of a character has no bytes of its own that a text could tell: they are null. */
export function tokenOf({ token, logProb, top }: Pick<SpokenToken, "token" | "logProb" | "top">): ActionToken {
  return { ...told(token, logProb), top_logprobs: top.map(({ token, logProb }) => told(token, logProb)) };
}

function told(token: string, logProb: number): TokenLogProb {
  return {
    token,
    bytes: token.includes("\uFFFD") ? null : [...new TextEncoder().encode(token)],
    logprob: Number.isFinite(logProb) ? logProb : NEVER,
  };
}
