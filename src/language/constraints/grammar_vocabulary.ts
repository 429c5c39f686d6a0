import type { GrammarKernels } from "../../kernels/mod.ts";
import type { Tokenizer } from "../tokenizer.ts";

type GrammarVocabulary = InstanceType<GrammarKernels["GrammarVocabulary"]>;

const known = new WeakMap<Tokenizer, Map<number, GrammarVocabulary>>();

/** A tokenizer's tokens as grammars see them; made once (about a second at 150,000 tokens) and kept with the tokenizer. */
export function grammarVocabulary(kernels: GrammarKernels, tokenizer: Tokenizer, endToken: number): GrammarVocabulary {
  let ofTokenizer = known.get(tokenizer);
  if (!ofTokenizer) known.set(tokenizer, ofTokenizer = new Map());
  let vocabulary = ofTokenizer.get(endToken);
  if (!vocabulary) {
    const tokens = Array.from({ length: tokenizer.vocabularySize }, (_, id) => tokenizer.tokenBytes(id));
    const lengths = Uint32Array.from(tokens, (bytes) => bytes.length);
    const all = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
    let at = 0;
    for (const bytes of tokens) {
      all.set(bytes, at);
      at += bytes.length;
    }
    ofTokenizer.set(endToken, vocabulary = new kernels.GrammarVocabulary(all, lengths, endToken));
  }
  return vocabulary;
}
