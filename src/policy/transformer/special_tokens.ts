import { EddyError } from "../../errors.ts";
import type { Role } from "../../episode/mod.ts";
import type { Tokenizer } from "../../language/mod.ts";

/** Tokens that a conversation is made of, beside its text: one opens each role's turn, one ends every turn. */
export const SPECIAL_TOKENS = ["<|system|>", "<|user|>", "<|assistant|>", "<|tool|>", "<|end|>"] as const;

/** Ids of {@linkcode SPECIAL_TOKENS} in one tokenizer. */
export interface SpecialTokens {
  /** Opens a turn of the role. */
  readonly roles: Readonly<Record<Role, number>>;
  /** Closes every turn. */
  readonly end: number;
}

/**
 * Finds the special tokens in a tokenizer.
 *
 * @throws {EddyError} `tokenizer_invalid` If one is not a single token of it.
 */
export function specialTokens(tokenizer: Tokenizer): SpecialTokens {
  const [system, user, assistant, tool, end] = SPECIAL_TOKENS.map((token) => {
    const id = tokenizer.tokenId(token);
    if (id !== undefined) return id;
    throw new EddyError("tokenizer_invalid", `Cannot use the tokenizer for an agent: it has no token '${token}'`);
  });
  return { roles: { system, user, assistant, tool }, end };
}
