import { toByteText } from "../_byte_alphabet.ts";
import { anyMarks, controls, nonspacingMarks } from "./_reference_characters.ts";
import { booleanField, flatten, invalidTokenizer, type Json, kindOf, textField } from "./json_fields.ts";
import { precompiledNormalizer } from "./precompiled_normalizer.ts";
import { readPattern } from "./read_pattern.ts";
import { type Normalizer, prepended, replaced, slice } from "./source_text.ts";
import { unicodeForm } from "./unicode_form.ts";

const CHINESE = new RegExp(
  "[\\u{4e00}-\\u{9fff}\\u{3400}-\\u{4dbf}\\u{20000}-\\u{2a6df}\\u{2a700}-\\u{2b73f}\\u{2b740}-\\u{2b81f}" +
    "\\u{2b920}-\\u{2ceaf}\\u{f900}-\\u{faff}\\u{2f800}-\\u{2fa1f}]",
  "gu",
);
// deno-lint-ignore no-control-regex
const NMT_REMOVED = /[\x01-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]/g;
const NMT_SPACES = /[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/g;
const encoder = new TextEncoder();

/**
 * The steps that rewrite a text before it is cut.
 *
 * @throws {EddyError} `tokenizer_invalid` If one is broken or not known.
 */
export function readNormalizer(json: unknown): readonly Normalizer[] {
  return flatten(json, "normalizers").map(readStep);
}

function readStep(step: Json): Normalizer {
  switch (step.type) {
    case "NFC":
    case "NFD":
    case "NFKC":
    case "NFKD": {
      const form = step.type;
      return (source) => unicodeForm(source, form);
    }
    case "Lowercase":
      return lowercase;
    case "Strip":
      return strip(booleanField(step, "strip_left"), booleanField(step, "strip_right"));
    case "StripAccents":
      return (source) => replaced(source, anyMarks, "");
    case "Nmt":
      return (source) => replaced(replaced(source, NMT_REMOVED, ""), NMT_SPACES, " ");
    case "Prepend": {
      const content = textField(step, "prepend");
      return (source) => prepended(source, content);
    }
    case "Replace": {
      const pattern = readPattern(step);
      const content = textField(step, "content");
      return (source) => replaced(source, pattern, content);
    }
    case "ByteLevel":
      return (source) => replaced(source, /[^]/gu, (character) => toByteText(encoder.encode(character)));
    case "Precompiled": {
      // nothing at all where the model has no rules
      const charsmap = textField(step, "precompiled_charsmap", "");
      return charsmap === "" ? (source) => source : precompiledNormalizer(charsmap);
    }
    case "BertNormalizer":
      return bert(step);
  }
  throw invalidTokenizer(`normalizer '${kindOf(step)}' is not supported yet`);
}

/** Character by character: a final sigma is a sigma. */
const lowercase: Normalizer = (source) => {
  const { text, spans } = source;
  if (!spans && !text.includes("Σ")) return { ...source, text: text.toLowerCase() };
  return replaced(source, /[^a-z\s]/gu, (character) => character.toLowerCase());
};

function strip(left: boolean, right: boolean): Normalizer {
  return (source) => {
    const { text } = source;
    const start = left ? text.length - text.replace(/^\p{White_Space}+/u, "").length : 0;
    let end = text.length;
    if (right) { while (end > start && /\p{White_Space}/u.test(text[end - 1])) end -= 1; }
    return { ...slice(source, start, end), first: source.first };
  };
}

function bert(step: Json): Normalizer {
  const clean = booleanField(step, "clean_text", true);
  const chinese = booleanField(step, "handle_chinese_chars", true);
  const lower = booleanField(step, "lowercase", true);
  const accents = booleanField(step, "strip_accents", lower);
  return (source) => {
    let out = source;
    if (clean) {
      out = replaced(replaced(out, controls, ""), /\ufffd/g, "");
      out = replaced(out, /[\t-\r\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/g, " ");
    }
    if (chinese) out = replaced(out, CHINESE, (character) => ` ${character} `);
    if (accents) out = replaced(unicodeForm(out, "NFD"), nonspacingMarks, "");
    return lower ? lowercase(out) : out;
  };
}
