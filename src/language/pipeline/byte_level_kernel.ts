import type { Kernels } from "../../kernels/mod.ts";
import { fromByteText, toByteText } from "../_byte_alphabet.ts";
import { invalidTokenizer, isObject, type Json } from "./json_fields.ts";
import type { TokenizerFile } from "./read_tokenizer_file.ts";

type BytePairKernel = InstanceType<Kernels["BytePairTokenizer"]>;

/** The kernels' names of the ways to cut a text before merging. */
type SplitName = "whole" | "gpt2" | "gpt2-digits" | "gpt2-numbers" | "llama3" | "qwen2";

const CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const llama = (digits: string) =>
  `${CONTRACTIONS}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;
const GPT2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
/** Splitters by the expression that files name them with. */
const expressions: Readonly<Record<string, SplitName>> = {
  [GPT2]: "gpt2",
  [llama("\\p{N}{1,3}")]: "llama3",
  [llama("\\p{N}")]: "qwen2",
};
const encoder = new TextEncoder();

/**
 * The kernel that does all of byte-level encoding by itself, for the files that it can stand for: those without
 * normalizer, or with one to NFC for texts that are in that form. Undefined for all others. Free it.
 *
 * @throws {EddyError} `tokenizer_invalid` If the kernel refuses it.
 */
export function byteLevelKernel(kernels: Kernels, file: TokenizerFile): BytePairKernel | undefined {
  const { model, added, json } = file;
  const split = readSplit(json.pre_tokenizer);
  const normalForm = json.normalizer === undefined || json.normalizer === null || isNfc(json.normalizer);
  if (model.kind !== "pairs" || !split || !normalForm || model.prefix + model.suffix !== "") return undefined;
  if (model.ignoreMerges && split === "whole") return undefined;
  const plainAdded = added.every((token) => !token.lstrip && !token.rstrip && !token.singleWord);
  const sameKind = added.every((token) => token.normalized === added[0].normalized);
  if (!plainAdded || !sameKind || added.some(({ content }) => content !== content.normalize("NFC"))) return undefined;
  for (let byte = 0; byte < 256; byte++) {
    // what has no token is left out, which the kernel does not do
    if (!model.vocabulary.has(toByteText(Uint8Array.of(byte)))) return undefined;
  }
  const contents = new Set(added.map((token) => token.content));
  const plain = [...model.vocabulary].filter(([token]) => !contents.has(token));
  const tokens = concatenate(plain.map(([token]) => fromByteText(token)));
  const marks = concatenate(added.map((token) => encoder.encode(token.content)));
  try {
    return new kernels.BytePairTokenizer(
      tokens.bytes,
      tokens.lengths,
      Uint32Array.from(plain, ([, id]) => id),
      model.merges,
      marks.bytes,
      marks.lengths,
      Uint32Array.from(added, (token) => token.id),
      Uint8Array.from(added, (token) => Number(token.special)),
      split,
      model.ignoreMerges,
    );
  } catch (cause) {
    throw invalidTokenizer((cause as Error).message, { cause });
  }
}

function isNfc(normalizer: unknown): boolean {
  return isObject(normalizer) && normalizer.type === "NFC";
}

function concatenate(parts: readonly Uint8Array[]): { bytes: Uint8Array; lengths: Uint32Array } {
  const lengths = Uint32Array.from(parts, (part) => part.length);
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { bytes, lengths };
}

function readSplit(preTokenizer: unknown): SplitName | undefined {
  const sequence = isObject(preTokenizer) && preTokenizer.type === "Sequence";
  const steps: readonly unknown[] = sequence && Array.isArray(preTokenizer.pretokenizers)
    ? preTokenizer.pretokenizers
    : [preTokenizer];
  const last = steps.at(-1);
  if (!isObject(last) || last.type !== "ByteLevel" || last.add_prefix_space !== false) return undefined;
  const words = last.use_regex !== false;
  if (steps.length === 1) return words ? "gpt2" : "whole";
  const first = steps[0];
  if (steps.length !== 2 || !isObject(first)) return undefined;
  if (words) return first.type === "Digits" ? digitsSplit(first) : undefined;
  const pattern = isObject(first.pattern) ? first.pattern.Regex : undefined;
  const isolates = first.type === "Split" && first.behavior === "Isolated" && first.invert !== true;
  return isolates && typeof pattern === "string" && Object.hasOwn(expressions, pattern)
    ? expressions[pattern]
    : undefined;
}

function digitsSplit(digits: Json): SplitName {
  return digits.individual_digits === true ? "gpt2-digits" : "gpt2-numbers";
}
