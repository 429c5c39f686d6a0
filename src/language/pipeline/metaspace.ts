import { type Bounds, cutBefore } from "./cut_pieces.ts";
import { booleanField, characterField, invalidTokenizer, type Json, textField } from "./json_fields.ts";
import { prepended, replaced, type SourceText } from "./source_text.ts";

/** SentencePiece's way with spaces: each is a visible mark, and belongs to the word after it. */
export interface Metaspace {
  /** What stands for a space. */
  readonly mark: string;
  /** Where a mark is put before a text without one: everywhere, at the beginning of all, or nowhere. */
  readonly scheme: "always" | "first" | "never";
  readonly rewrite: (piece: SourceText) => SourceText;
  /** Undefined where words are not cut apart. */
  readonly bounds?: (text: string) => Bounds;
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
  const effective = prepends ? scheme : "never";
  return {
    mark,
    scheme: effective,
    rewrite(piece): SourceText {
      const marked = replaced(piece, / /g, mark);
      const asked = effective === "always" || (effective === "first" && piece.first);
      return asked && !marked.text.startsWith(mark) ? prepended(marked, mark) : marked;
    },
    bounds: splits ? (text) => cutBefore(text, mark) : undefined,
  };
}
