import { toByteText } from "../_byte_alphabet.ts";
import { bertWords, punctuation } from "./_reference_characters.ts";
import { type Bounds, cutBounds, readBehavior } from "./cut_pieces.ts";
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
  /** First of all. */
  readonly rewrite?: (piece: SourceText) => SourceText;
  /** Where the rewritten text is cut. */
  readonly bounds?: (text: string) => Bounds;
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
  return flatten(json, "pretokenizers").flatMap((step) => step.type === "ByteLevel" ? byteLevel(step) : readStep(step));
}

function readStep(step: Json): PreTokenizer {
  switch (step.type) {
    case "BertPreTokenizer":
      return { bounds: (text) => cutBounds(text, bertWords, "Removed", true) };
    case "Metaspace": {
      const metaspace = readMetaspace(step);
      return { ...metaspace, asksFirst: metaspace.scheme === "first" };
    }
    case "Whitespace":
      return { bounds: (text) => cutBounds(text, WORD_OR_SYMBOLS, "Removed", true) };
    case "WhitespaceSplit":
      return { bounds: (text) => cutBounds(text, SPACES, "Removed") };
    case "CharDelimiterSplit": {
      const delimiter = new RegExp(literal(characterField(step, "delimiter")), "gu");
      return { bounds: (text) => cutBounds(text, delimiter, "Removed") };
    }
    case "Split": {
      const pattern = readPattern(step);
      const behavior = readBehavior(step);
      const invert = booleanField(step, "invert", false);
      return { bounds: (text) => cutBounds(text, pattern, behavior, invert) };
    }
    case "Punctuation": {
      const behavior = readBehavior(step, "Isolated");
      return { bounds: (text) => cutBounds(text, punctuation, behavior) };
    }
    case "Digits": {
      const behavior = booleanField(step, "individual_digits") ? "Isolated" : "Contiguous";
      return { bounds: (text) => cutBounds(text, /\p{N}/gu, behavior) };
    }
    case "FixedLength": {
      const length = countField(step, "length", 5);
      if (length === 0) throw invalidTokenizer("'length' of 'FixedLength' is 0");
      const pattern = new RegExp(`[^]{1,${length}}`, "gu");
      return { bounds: (text) => cutBounds(text, pattern, "Isolated") };
    }
  }
  throw invalidTokenizer(`pre-tokenizer '${kindOf(step)}' is not supported yet`);
}

function byteLevel(step: Json): PreTokenizer[] {
  const prefix = booleanField(step, "add_prefix_space", true);
  const words = booleanField(step, "use_regex", true);
  const begin = (piece: SourceText) => piece.text.startsWith(" ") ? piece : prepended(piece, " ");
  const bytes = (piece: SourceText) =>
    replaced(piece, /[^!-~]/gu, (character) => toByteText(encoder.encode(character)));
  return [
    {
      rewrite: prefix ? begin : undefined,
      bounds: words ? (text) => cutBounds(text, WORDS, "Isolated") : undefined,
    },
    { rewrite: bytes },
  ];
}
