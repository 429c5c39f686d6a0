import type { Kernels } from "../../kernels/mod.ts";
import { invalidTokenizer } from "./json_fields.ts";
import type { ModelFile } from "./read_model.ts";

/** Tokens that are longer than any word cost time at every place of a text. */
const LONGEST_TOKEN_BYTES = 4096;

/** A model over pieces of text, in kernel memory. */
export type PieceModel = ReturnType<Kernels["PieceModel"]["unigram"]>;

/** The kernel's form of a model. Free it. @throws {EddyError} `tokenizer_invalid` If a token is too long. */
export function makeModel(kernels: Kernels, model: ModelFile): PieceModel {
  if (model.kind === "unigram") {
    const { bytes, lengths } = tokenBytes(model.tokens);
    return kernels.PieceModel.unigram(bytes, lengths, model.scores, model.unknown, model.byteFallback);
  }
  const { bytes, lengths } = tokenBytes([...model.vocabulary.keys()]);
  const ids = Uint32Array.from(model.vocabulary.values());
  const { unknown } = model;
  switch (model.kind) {
    case "pairs": {
      const { merges, prefix, suffix, fuseUnknown, byteFallback, ignoreMerges } = model;
      return kernels.PieceModel.pairs(
        bytes,
        lengths,
        ids,
        merges,
        prefix,
        suffix,
        unknown,
        fuseUnknown,
        byteFallback,
        ignoreMerges,
      );
    }
    case "ranked-pairs":
      return kernels.PieceModel.rankedPairs(bytes, lengths, ids, model.ranks, unknown);
    case "word-piece":
      return kernels.PieceModel.wordPiece(bytes, lengths, ids, model.prefix, unknown, model.mostCharacters);
    case "words":
      return kernels.PieceModel.words(bytes, lengths, ids, unknown);
  }
}

/** Texts as bytes one after another. @throws {EddyError} `tokenizer_invalid` If one is too long. */
export function tokenBytes(texts: readonly string[]): { readonly bytes: Uint8Array; readonly lengths: Uint32Array } {
  const bytes = new TextEncoder().encode(texts.join(""));
  const lengths = Uint32Array.from(texts, utf8Length);
  const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
  if (longest > LONGEST_TOKEN_BYTES) throw invalidTokenizer(`a token has ${longest} bytes, expected at most 4096`);
  return { bytes, lengths };
}

function utf8Length(text: string): number {
  let length = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    // a pair of surrogates is four bytes, a single one U+FFFD
    if (unit >= 0x800 && (unit < 0xd800 || unit >= 0xe000)) length += 2;
    else if (unit >= 0x80 && unit < 0x800) length += 1;
    else if (unit >= 0xd800) {
      const pair = unit < 0xdc00 && at + 1 < text.length && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;
      length += 2;
      if (pair) at += 1;
    }
  }
  return length;
}
