import { invalidTokenizer, isId, isObject, type Json, quoted } from "./json_fields.ts";
import { booleanField, countField, textField } from "./json_fields.ts";

/** Tokens by text. */
export type Vocabulary = ReadonlyMap<string, number>;

/** How pieces of text become tokens: the `model` of a file, checked. */
export type ModelFile =
  & {
    readonly vocabulary: Vocabulary;
    /** Id of the token for what has none. */
    readonly unknown: number | undefined;
  }
  & (
    | {
      readonly kind: "pairs";
      /** (left, right, product) ids by rank. */
      readonly merges: Uint32Array;
      readonly prefix: string;
      readonly suffix: string;
      readonly fuseUnknown: boolean;
      readonly byteFallback: boolean;
      readonly ignoreMerges: boolean;
    }
    | {
      readonly kind: "ranked-pairs";
      /** Of the tokens in the order of the vocabulary; a lower one is merged first, of equal ones the leftmost. */
      readonly ranks: Uint32Array;
    }
    | {
      readonly kind: "unigram";
      /** By id. Of equal texts the last one is in the vocabulary. */
      readonly tokens: readonly string[];
      readonly scores: Float64Array;
      readonly byteFallback: boolean;
    }
    | { readonly kind: "word-piece"; readonly prefix: string; readonly mostCharacters: number }
    | { readonly kind: "words" }
  );

/** Reads `model`. @throws {EddyError} `tokenizer_invalid` If it is broken or not known. */
export function readModel(model: unknown): ModelFile {
  if (!isObject(model)) throw invalidTokenizer("'model' is missing");
  switch (model.type ?? inferredType(model)) {
    case "BPE":
      return readPairs(model);
    case "Unigram":
      return readUnigram(model);
    case "WordPiece": {
      const vocabulary = readVocabulary(model);
      return {
        kind: "word-piece",
        vocabulary,
        unknown: vocabulary.get(textField(model, "unk_token", "[UNK]")),
        prefix: textField(model, "continuing_subword_prefix", "##"),
        mostCharacters: countField(model, "max_input_chars_per_word", 100),
      };
    }
    case "WordLevel": {
      const vocabulary = readVocabulary(model);
      return { kind: "words", vocabulary, unknown: vocabulary.get(textField(model, "unk_token", "<unk>")) };
    }
  }
  throw invalidTokenizer(`model '${quoted(String(model.type))}' is not supported yet`);
}

/** Old files do not say it. */
function inferredType(model: Json): string {
  if (Array.isArray(model.vocab)) return "Unigram";
  if (model.merges !== undefined || model.max_input_chars_per_word === undefined) return "BPE";
  return "WordPiece";
}

function readVocabulary(model: Json): Vocabulary {
  if (!isObject(model.vocab)) throw invalidTokenizer("'model.vocab' is missing");
  const seen = new Set<number>();
  const vocabulary = new Map<string, number>();
  for (const token in model.vocab) {
    const id = model.vocab[token];
    if (!isId(id)) throw invalidTokenizer(`the id of token '${quoted(token)}' is not a whole number below 2^24`);
    if (token === "") throw invalidTokenizer(`token ${id} is empty`);
    if (seen.has(id)) throw invalidTokenizer(`two tokens have id ${id}`);
    seen.add(id);
    vocabulary.set(token, id);
  }
  return vocabulary;
}

function readPairs(model: Json): ModelFile {
  const vocabulary = readVocabulary(model);
  if (model.dropout) throw invalidTokenizer("BPE with 'dropout' is not supported: it gives other tokens every time");
  const prefix = textField(model, "continuing_subword_prefix", "");
  const unknown = textField(model, "unk_token", "");
  if (unknown !== "" && !vocabulary.has(unknown)) {
    throw invalidTokenizer(`the unknown token '${quoted(unknown)}' is not in the vocabulary`);
  }
  return {
    kind: "pairs",
    vocabulary,
    unknown: vocabulary.get(unknown),
    merges: readMerges(model.merges, vocabulary, prefix),
    prefix,
    suffix: textField(model, "end_of_word_suffix", ""),
    fuseUnknown: booleanField(model, "fuse_unk", false),
    byteFallback: booleanField(model, "byte_fallback", false),
    ignoreMerges: booleanField(model, "ignore_merges", false),
  };
}

/** Ids of the merges by rank. @throws {EddyError} `tokenizer_invalid` If one is broken. */
export function readMerges(merges: unknown, vocabulary: Vocabulary, prefix: string): Uint32Array {
  if (!Array.isArray(merges)) throw invalidTokenizer("'model.merges' is missing");
  const ids = new Uint32Array(merges.length * 3);
  merges.forEach((merge: unknown, rank) => {
    const pair = typeof merge === "string" ? merge.split(" ") : merge;
    if (!Array.isArray(pair) || pair.length !== 2 || pair.some((part) => typeof part !== "string")) {
      throw invalidTokenizer(`merge ${rank} is not a pair of tokens`);
    }
    const [left, right] = pair as [string, string];
    if (left === "" || right.length <= prefix.length) throw invalidTokenizer(`merge ${rank} has an empty part`);
    [left, right, left + right.slice(prefix.length)].forEach((token, place) => {
      const id = vocabulary.get(token);
      if (id === undefined) {
        throw invalidTokenizer(`merge ${rank} needs token '${quoted(token)}', which is not in the vocabulary`);
      }
      ids[rank * 3 + place] = id;
    });
  });
  return ids;
}

function readUnigram(model: Json): ModelFile {
  if (!Array.isArray(model.vocab)) throw invalidTokenizer("'model.vocab' is missing");
  if (model.vocab.length >= 2 ** 24) throw invalidTokenizer(`${model.vocab.length} tokens are too many`);
  const scores = new Float64Array(model.vocab.length);
  const tokens = model.vocab.map((entry: unknown, id) => {
    if (!Array.isArray(entry) || typeof entry[0] !== "string" || !Number.isFinite(entry[1])) {
      throw invalidTokenizer(`token ${id} is not a text with a score`);
    }
    scores[id] = entry[1];
    return entry[0];
  });
  const unknown = model.unk_id ?? undefined;
  if (unknown !== undefined && (!isId(unknown) || unknown >= tokens.length)) {
    throw invalidTokenizer(`the unknown token ${quoted(String(unknown))} is not in the vocabulary`);
  }
  return {
    kind: "unigram",
    vocabulary: new Map(tokens.map((token, id) => [token, id])),
    unknown,
    tokens,
    scores,
    byteFallback: booleanField(model, "byte_fallback", false),
  };
}
