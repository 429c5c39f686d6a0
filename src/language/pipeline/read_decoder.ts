import { fromByteText } from "../_byte_alphabet.ts";
import {
  booleanField,
  characterField,
  countField,
  flatten,
  invalidTokenizer,
  type Json,
  kindOf,
  textField,
} from "./json_fields.ts";
import { readMetaspace } from "./metaspace.ts";
import { readPattern } from "./read_pattern.ts";

/** A step from tokens' texts to the text. */
export type Decoder = (tokens: readonly string[]) => readonly string[];

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const strict = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/**
 * The whole way from tokens' texts to the text; without steps the texts stand apart.
 *
 * @throws {EddyError} `tokenizer_invalid` If a step is broken or not known.
 */
export function readDecoder(json: unknown): (tokens: readonly string[]) => string {
  const steps = flatten(json, "decoders").map(readStep);
  if (json === undefined || json === null) return (tokens) => tokens.join(" ");
  return (tokens) => steps.reduce<readonly string[]>((texts, step) => step(texts), tokens).join("");
}

function readStep(step: Json): Decoder {
  switch (step.type) {
    case "ByteLevel":
      return (tokens) => [decoder.decode(concatenated(tokens.map(fromByteText)))];
    case "ByteFallback":
      return byteFallback;
    case "Fuse":
      return (tokens) => [tokens.join("")];
    case "Metaspace": {
      const { mark, scheme } = readMetaspace(step);
      return (tokens) => tokens.map((token, at) => token.replaceAll(mark, at === 0 && scheme !== "never" ? "" : " "));
    }
    case "WordPiece":
      return wordPiece(textField(step, "prefix", "##"), booleanField(step, "cleanup", true));
    case "Replace": {
      const pattern = readPattern(step);
      const content = textField(step, "content");
      return (tokens) => tokens.map((token) => token.replace(pattern, () => content));
    }
    case "Strip":
      return strip(characterField(step, "content"), countField(step, "start"), countField(step, "stop"));
    case "BPEDecoder": {
      const suffix = textField(step, "suffix", "</w>");
      return (tokens) => tokens.map((token, at) => token.replaceAll(suffix, at === tokens.length - 1 ? "" : " "));
    }
    case "CTC":
      return ctc(step);
  }
  throw invalidTokenizer(`decoder '${kindOf(step)}' is not supported yet`);
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Tokens of bytes in a row as one text, or as many U+FFFD as there are bytes where they are none. */
const byteFallback: Decoder = (tokens) => {
  const out: string[] = [];
  let bytes: number[] = [];
  const flush = () => {
    if (bytes.length === 0) return;
    try {
      out.push(strict.decode(Uint8Array.from(bytes)));
    } catch {
      for (const _ of bytes) out.push("\uFFFD");
    }
    bytes = [];
  };
  for (const token of tokens) {
    const byte = /^<0x([0-9A-Fa-f]{2}|\+[0-9A-Fa-f])>$/.exec(token);
    if (byte) {
      bytes.push(parseInt(byte[1], 16));
    } else {
      flush();
      out.push(token);
    }
  }
  flush();
  return out;
};

function wordPiece(prefix: string, cleans: boolean): Decoder {
  return (tokens) =>
    tokens.map((token, at) => {
      const joined = at === 0 ? token : token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`;
      return cleans ? cleaned(joined) : joined;
    });
}

/** Without the spaces that English does not write. */
function cleaned(text: string): string {
  return text.replaceAll(" .", ".").replaceAll(" ?", "?").replaceAll(" !", "!").replaceAll(" ,", ",")
    .replaceAll(" ' ", "'").replaceAll(" n't", "n't").replaceAll(" 'm", "'m").replaceAll(" do not", " don't")
    .replaceAll(" 's", "'s").replaceAll(" 've", "'ve").replaceAll(" 're", "'re");
}

function strip(content: string, start: number, stop: number): Decoder {
  return (tokens) =>
    tokens.map((token) => {
      const characters = [...token];
      let first = 0;
      while (first < start && characters[first] === content) first += 1;
      let last = characters.length;
      while (last > first && characters.length - last < stop && characters[last - 1] === content) last -= 1;
      return characters.slice(first, last).join("");
    });
}

function ctc(step: Json): Decoder {
  const pad = textField(step, "pad_token", "<pad>");
  const delimiter = textField(step, "word_delimiter_token", "|");
  const cleans = booleanField(step, "cleanup", true);
  return (tokens) =>
    tokens.filter((token, at) => at === 0 || token !== tokens[at - 1]).map((token) => {
      const plain = token.replaceAll(pad, "");
      return cleans ? cleaned(plain).replaceAll(delimiter, " ") : plain;
    }).filter((token) => token !== "");
}
