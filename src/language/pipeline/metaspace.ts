import { cutPiece } from "./cut_pieces.ts";
import { booleanField, characterField, invalidTokenizer, type Json, textField } from "./json_fields.ts";
import { prepended, replaced, type SourceText } from "./source_text.ts";
import { literal } from "./translate_expression.ts";

/** SentencePiece's way with spaces: each is a visible mark, and belongs to the word after it. */
export interface Metaspace {
  /** What stands for a space. */
  readonly mark: string;
  /** Where a mark is put before a text without one: everywhere, at the beginning of all, or nowhere. */
  readonly scheme: "always" | "first" | "never";
  readonly cut: (piece: SourceText) => readonly SourceText[];
}

/** Reads a pre-tokenizer or decoder of that kind. @throws {EddyError} `tokenizer_invalid` If it is broken. */
export function readMetaspace(step: Json): Metaspace {
  const mark = characterField(step, "replacement");
  const scheme = textField(step, "prepend_scheme", "always");
  if (scheme !== "always" && scheme !== "first" && scheme !== "never") {
    throw invalidTokenizer(`'prepend_scheme' is '${scheme.slice(0, 60)}', expected 'always', 'first' or 'never'`);
  }
  const prepends = booleanField(step, "add_prefix_space", true);
  if (!prepends && step.prepend_scheme !== undefined && scheme !== "never") {
    throw invalidTokenizer("'add_prefix_space' and 'prepend_scheme' of 'Metaspace' contradict each other");
  }
  const splits = booleanField(step, "split", true);
  const pattern = new RegExp(literal(mark), "gu");
  const effective = prepends ? scheme : "never";
  return {
    mark,
    scheme: effective,
    cut(piece) {
      let marked = replaced(piece, / /g, () => mark);
      const asked = effective === "always" || (effective === "first" && piece.first);
      if (asked && !marked.text.startsWith(mark)) marked = prepended(marked, mark);
      return splits ? cutPiece(marked, pattern, "MergedWithNext") : [marked];
    },
  };
}
