import { toByteText } from "../_byte_alphabet.ts";
import { punctuation } from "./_reference_characters.ts";
import { cutPiece, readBehavior } from "./cut_pieces.ts";
import {
  booleanField,
  characterField,
  countField,
  flatten,
  invalidTokenizer,
  type Json,
  kindOf,
} from "./json_fields.ts";
import { readMetaspace } from "./metaspace.ts";
import { readPattern } from "./read_pattern.ts";
import { prepended, replaced, type SourceText } from "./source_text.ts";
import { literal } from "./translate_expression.ts";

/** A step that cuts a piece of text, and may rewrite it. */
export interface PreTokenizer {
  readonly cut: (piece: SourceText) => readonly SourceText[];
  /** It asks whether a piece is the beginning of all text, which only spans tell where characters were removed. */
  readonly asksFirst?: boolean;
}

/** The words of GPT-2. */
const WORDS =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;
const SPACES = /\p{White_Space}+/gu;
const WORD_OR_SYMBOLS =
  /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]+|[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}\p{White_Space}]+/gu;
const encoder = new TextEncoder();

/**
 * The steps that cut a text into pieces.
 *
 * @throws {EddyError} `tokenizer_invalid` If one is broken or not known.
 */
export function readPreTokenizer(json: unknown): readonly PreTokenizer[] {
  return flatten(json, "pretokenizers").map(readStep);
}

function readStep(step: Json): PreTokenizer {
  switch (step.type) {
    case "BertPreTokenizer":
      return {
        cut: (piece) => cutPiece(piece, SPACES, "Removed").flatMap((word) => cutPiece(word, punctuation, "Isolated")),
      };
    case "ByteLevel":
      return byteLevel(step);
    case "Metaspace": {
      const metaspace = readMetaspace(step);
      return { cut: metaspace.cut, asksFirst: metaspace.scheme === "first" };
    }
    case "Whitespace":
      return { cut: (piece) => cutPiece(piece, WORD_OR_SYMBOLS, "Removed", true) };
    case "WhitespaceSplit":
      return { cut: (piece) => cutPiece(piece, SPACES, "Removed") };
    case "CharDelimiterSplit": {
      const delimiter = new RegExp(literal(characterField(step, "delimiter")), "gu");
      return { cut: (piece) => cutPiece(piece, delimiter, "Removed") };
    }
    case "Split": {
      const pattern = readPattern(step);
      const behavior = readBehavior(step);
      const invert = booleanField(step, "invert", false);
      return { cut: (piece) => cutPiece(piece, pattern, behavior, invert) };
    }
    case "Punctuation": {
      const behavior = readBehavior(step, "Isolated");
      return { cut: (piece) => cutPiece(piece, punctuation, behavior) };
    }
    case "Digits": {
      const behavior = booleanField(step, "individual_digits") ? "Isolated" : "Contiguous";
      return { cut: (piece) => cutPiece(piece, /\p{N}/gu, behavior) };
    }
    case "FixedLength": {
      const length = countField(step, "length", 5);
      if (length === 0) throw invalidTokenizer("'length' of 'FixedLength' is 0");
      const pattern = new RegExp(`[^]{1,${length}}`, "gu");
      return { cut: (piece) => cutPiece(piece, pattern, "Isolated") };
    }
  }
  throw invalidTokenizer(`pre-tokenizer '${kindOf(step)}' is not supported yet`);
}

function byteLevel(step: Json): PreTokenizer {
  const prefix = booleanField(step, "add_prefix_space", true);
  const words = booleanField(step, "use_regex", true);
  return {
    cut(piece) {
      const begun = prefix && !piece.text.startsWith(" ") ? prepended(piece, " ") : piece;
      const pieces = words ? cutPiece(begun, WORDS, "Isolated") : [begun];
      return pieces.map((part) => replaced(part, /[^!-~]/gu, (character) => toByteText(encoder.encode(character))));
    },
  };
}
