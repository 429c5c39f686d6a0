import type { Tokenizer } from "../../language/mod.ts";
import type { TransformerModel } from "./initialize_transformer.ts";

/** Rows of tokens in a model's folder. */
const EMBEDDINGS = "model.embed_tokens.weight";

/**
 * Lets new tokens start as the mean of what they mean, where their embeddings would be random: a token for a tool starts
 * near the words of the tool's name.
 *
 * ```text
 * E[token] ← mean over u in encode(meaning) of E[u]          all means are of the embeddings before
 * ```
 *
 * Where the output is tied to the embeddings, it starts so, too. A token with an empty meaning stays as it is.
 *
 * @param meanings Text of a token to a text that means the same.
 * @throws {RangeError} If a text is not one token.
 * @see Wang et al. (2024), "ToolGen", section 3.2 (atomic indexing), arXiv 2410.03439
 */
export function startAsMeans(
  model: TransformerModel,
  tokenizer: Tokenizer,
  meanings: ReadonlyMap<string, string>,
): void {
  const [, width] = model.tensorShape(EMBEDDINGS);
  const rows = model.readTensor(EMBEDDINGS);
  const before = rows.slice();
  for (const [text, meaning] of meanings) {
    const token = tokenizer.tokenId(text);
    if (token === undefined) throw new RangeError(`Cannot start '${text}' as a mean: it is not one token`);
    const parts = tokenizer.encode(meaning);
    if (parts.length === 0) continue;
    const row = rows.subarray(token * width, (token + 1) * width).fill(0);
    for (const part of parts) {
      for (let i = 0; i < width; i++) row[i] += before[part * width + i] / parts.length;
    }
  }
  model.writeTensor(EMBEDDINGS, rows);
}
