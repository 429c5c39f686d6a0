import { type GrammarKernels, trackGrammarHandle } from "../../kernels/mod.ts";
import type { Tokenizer } from "../tokenizer.ts";
import { vocabularyBytes } from "../vocabulary_bytes.ts";

/** A tokenizer's tokens as grammars see them. */
export interface GrammarVocabulary {
  /** A grammar in the syntax of Lark at its beginning; free it. Compiled once while it is among the last ones used. */
  start(lark: string): GrammarMatcher;
  /** Whether some token begins with these bytes and has more. */
  extends(bytes: Uint8Array): boolean;
}

/** A place in a text under a grammar. */
export type GrammarMatcher = ReturnType<InstanceType<GrammarKernels["GrammarVocabulary"]>["lark"]>;

const MOST_GRAMMARS = 64;
const known = new WeakMap<GrammarKernels, WeakMap<Tokenizer, Map<number, GrammarVocabulary>>>();

/** Made once for a tokenizer (about half a second at 150,000 tokens) and kept with it. */
export function grammarVocabulary(kernels: GrammarKernels, tokenizer: Tokenizer, endToken: number): GrammarVocabulary {
  let ofKernels = known.get(kernels);
  if (!ofKernels) known.set(kernels, ofKernels = new WeakMap());
  let ofTokenizer = ofKernels.get(tokenizer);
  if (!ofTokenizer) ofKernels.set(tokenizer, ofTokenizer = new Map());
  let vocabulary = ofTokenizer.get(endToken);
  if (!vocabulary) ofTokenizer.set(endToken, vocabulary = makeVocabulary(kernels, tokenizer, endToken));
  return vocabulary;
}

function makeVocabulary(kernels: GrammarKernels, tokenizer: Tokenizer, endToken: number): GrammarVocabulary {
  const { bytes, lengths } = vocabularyBytes(tokenizer);
  const vocabulary = trackGrammarHandle(new kernels.GrammarVocabulary(bytes, lengths, endToken));
  const compiled = new Map<string, GrammarMatcher>();
  return {
    start(lark): GrammarMatcher {
      const matcher = compiled.get(lark) ?? trackGrammarHandle(vocabulary.lark(lark));
      // the last used stands last; what a grammar's lexer has found out is shared by its forks
      compiled.delete(lark);
      compiled.set(lark, matcher);
      if (compiled.size > MOST_GRAMMARS) {
        const [[oldest, first]] = compiled;
        compiled.delete(oldest);
        first.free();
      }
      return trackGrammarHandle(matcher.fork());
    },
    extends: (bytes) => vocabulary.extends(bytes),
  };
}
