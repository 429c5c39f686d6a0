import { EddyError } from "../errors.ts";

/** The parts of a `tokenizer.json` that byte-level BPE has, checked. */
export interface TokenizerFile {
  readonly vocabulary: readonly (readonly [token: string, id: number])[];
  readonly merges: readonly (readonly [left: string, right: string])[];
  readonly addedTokens: readonly { readonly id: number; readonly content: string; readonly special: boolean }[];
  readonly split: SplitName;
  readonly ignoreMerges: boolean;
}

/** The kernels' names of the ways to cut a text before merging. */
export type SplitName = "whole" | "gpt2" | "gpt2-digits" | "gpt2-numbers" | "llama3" | "qwen2";

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

type Json = Readonly<Record<string, unknown>>;

function invalid(state: string): EddyError {
  return new EddyError("tokenizer_invalid", `Cannot load tokenizer: ${state}`);
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isId(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 24;
}

/**
 * Reads the text of a `tokenizer.json`.
 *
 * @throws {EddyError} `tokenizer_invalid` If it is broken, or of a kind that is not supported yet.
 */
export function readTokenizerFile(text: string): TokenizerFile {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch (cause) {
    throw new EddyError("tokenizer_invalid", "Cannot load tokenizer: the file is not JSON", { cause });
  }
  if (!isObject(root)) throw invalid("the file is not a JSON object");
  if (!isObject(root.model)) throw invalid("'model' is missing");
  const type = root.model.type ?? "BPE";
  if (type !== "BPE") throw invalid(`model '${type}' is not supported yet: use a byte-level BPE tokenizer`);
  const vocabulary = readVocabulary(root.model);
  refuseVariants(root, root.model);
  return {
    vocabulary,
    merges: readMerges(root.model, new Map(vocabulary)),
    addedTokens: readAddedTokens(root, new Map(vocabulary.map(([token, id]) => [id, token]))),
    split: readSplit(root.pre_tokenizer),
    ignoreMerges: root.model.ignore_merges === true,
  };
}

function readVocabulary(model: Json): (readonly [string, number])[] {
  if (!isObject(model.vocab)) throw invalid("'model.vocab' is missing");
  const seen = new Set<number>();
  return Object.entries(model.vocab).map(([token, id]) => {
    if (!isId(id)) throw invalid(`the id of token '${token}' is not a whole number below 2^24`);
    if (token === "") throw invalid(`token ${id} is empty`);
    if (seen.has(id)) throw invalid(`two tokens have id ${id}`);
    seen.add(id);
    return [token, id] as const;
  });
}

function readMerges(model: Json, ids: ReadonlyMap<string, number>): (readonly [string, string])[] {
  if (!Array.isArray(model.merges)) throw invalid("'model.merges' is missing");
  return model.merges.map((merge: unknown, rank) => {
    const pair = typeof merge === "string" ? merge.split(" ") : merge;
    if (!Array.isArray(pair) || pair.length !== 2 || pair.some((part) => typeof part !== "string")) {
      throw invalid(`merge ${rank} is not a pair of tokens`);
    }
    const [left, right] = pair as [string, string];
    if (left === "" || right === "") throw invalid(`merge ${rank} has an empty part`);
    for (const token of [left, right, left + right]) {
      if (!ids.has(token)) throw invalid(`merge ${rank} needs token '${token}', which is not in the vocabulary`);
    }
    return [left, right] as const;
  });
}

function readAddedTokens(root: Json, tokens: ReadonlyMap<number, string>): TokenizerFile["addedTokens"] {
  const added = root.added_tokens ?? [];
  if (!Array.isArray(added)) throw invalid("'added_tokens' is not a list");
  return added.map((token: unknown) => {
    if (!isObject(token) || typeof token.content !== "string" || token.content === "" || !isId(token.id)) {
      throw invalid("an added token has no content or no id");
    }
    const taken = tokens.get(token.id) ?? token.content;
    if (taken !== token.content) throw invalid(`added token '${token.content}' has id ${token.id} of token '${taken}'`);
    for (const flag of ["lstrip", "rstrip", "single_word"]) {
      if (token[flag] === true) throw invalid(`added token '${token.content}' with '${flag}' is not supported yet`);
    }
    return { id: token.id, content: token.content, special: token.special === true };
  });
}

/** What would change ids or text and is not implemented. */
function refuseVariants(root: Json, model: Json): void {
  if (root.normalizer) throw invalid(`normalizer '${typeName(root.normalizer)}' is not supported yet`);
  for (const key of ["unk_token", "continuing_subword_prefix", "end_of_word_suffix", "dropout", "byte_fallback"]) {
    if (model[key]) throw invalid(`BPE with '${key}' is not supported yet: use a byte-level tokenizer`);
  }
  if (root.decoder && typeName(root.decoder) !== "ByteLevel") {
    throw invalid(`decoder '${typeName(root.decoder)}' is not supported yet: use a byte-level tokenizer`);
  }
}

function typeName(value: unknown): string {
  return isObject(value) ? String(value.type) : String(value);
}

function readSplit(preTokenizer: unknown): SplitName {
  const steps = isObject(preTokenizer) && preTokenizer.type === "Sequence"
    ? preTokenizer.pretokenizers
    : [preTokenizer];
  if (!Array.isArray(steps)) throw invalid("'pre_tokenizer' is broken");
  const last = steps.at(-1);
  if (!isObject(last) || last.type !== "ByteLevel") {
    throw invalid(`pre-tokenizer '${typeName(last)}' is not supported yet: use a byte-level tokenizer`);
  }
  if (last.add_prefix_space === true) throw invalid("'add_prefix_space' is not supported yet");
  const words = last.use_regex !== false;
  const first = steps[0];
  if (steps.length === 1) return words ? "gpt2" : "whole";
  if (steps.length === 2 && isObject(first)) {
    if (words && first.type === "Digits") return first.individual_digits === true ? "gpt2-digits" : "gpt2-numbers";
    const pattern = isObject(first.pattern) ? first.pattern.Regex : undefined;
    const known = typeof pattern === "string" && Object.hasOwn(expressions, pattern) ? expressions[pattern] : undefined;
    if (!words && first.type === "Split" && first.behavior === "Isolated" && first.invert !== true && known) {
      return known;
    }
  }
  throw invalid(`this pre-tokenizer is not supported yet: ${JSON.stringify(steps).slice(0, 200)}`);
}
