import { EddyError } from "../errors.ts";
import type { Kernels } from "../kernels/mod.ts";
import { makeTokenizer } from "./pipeline/make_tokenizer.ts";
import { invalidTokenizer, quoted } from "./pipeline/json_fields.ts";
import { type ModelFile, readMerges } from "./pipeline/read_model.ts";
import { readTokenizerParts } from "./pipeline/read_tokenizer_file.ts";
import { mergesByScore } from "./_merges_by_score.ts";
import { splitExpression } from "./_split_expressions.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** A vocabulary as the metadata of a GGUF file has it: the entries under `tokenizer.ggml.`. */
export interface PlainVocabulary {
  /** `llama`: SentencePiece-style byte pairs, merged by score. `gpt2`: byte-level byte pairs. */
  readonly model: string;
  /** By id. */
  readonly tokens: readonly string[];
  /** By id; of `llama`. Higher is merged first. */
  readonly scores?: ArrayLike<number>;
  /** By id: 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte. All normal where there are none. */
  readonly tokenTypes?: ArrayLike<number>;
  /** `left right`, by rank; of `gpt2`. */
  readonly merges?: readonly string[];
  /** Name of the way to cut a text; of `gpt2`. Default that of GPT-2. */
  readonly pre?: string;
  /** A space is put before a text. Default true for `llama`. */
  readonly addSpacePrefix?: boolean;
  /** Id of the token before all text. */
  readonly beginningOfText?: number;
  /** Id of the token after all text. */
  readonly endOfText?: number;
  /** Id of the token for what has none. */
  readonly unknown?: number;
  /** A template puts the beginning before a text. Default true for `llama`. */
  readonly addBeginning?: boolean;
  /** A template puts the end after a text. Default false. */
  readonly addEnd?: boolean;
}

const UNKNOWN = 2;
const CONTROL = 3;
const USER_DEFINED = 4;
const UNUSED = 5;

/**
 * Makes a tokenizer from plain lists. Control tokens are special, user-defined ones are found wherever they stand.
 *
 * @throws {EddyError} `tokenizer_invalid` If lists differ in length, a merge is of no tokens, or the model or the way to
 * cut a text is not supported yet.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { loadKernels, tokenizerFromVocabulary } from "@eddy/eddy";
 * const kernels = await loadKernels();
 * using tokenizer = tokenizerFromVocabulary(kernels, {
 *   model: "llama",
 *   tokens: ["<unk>", "▁", "a", "b", "ab", "▁ab"],
 *   scores: [0, -3, -4, -5, -1, -2],
 *   tokenTypes: [2, 1, 1, 1, 1, 1],
 *   unknown: 0,
 * });
 * deepEqual([...tokenizer.encode("ab b")], [5, 1, 3]);
 * ```
 */
export function tokenizerFromVocabulary(kernels: Kernels, vocabulary: PlainVocabulary): Tokenizer {
  try {
    const { tokens } = vocabulary;
    for (const [name, list] of [["scores", vocabulary.scores], ["token types", vocabulary.tokenTypes]] as const) {
      if (list && list.length !== tokens.length) {
        throw invalidTokenizer(`there are ${tokens.length} tokens and ${list.length} ${name}`);
      }
    }
    if (tokens.length >= 2 ** 24) throw invalidTokenizer(`${tokens.length} tokens are too many`);
    for (const id of [vocabulary.beginningOfText, vocabulary.endOfText, vocabulary.unknown]) {
      if (id !== undefined && !(Number.isInteger(id) && id >= 0 && id < tokens.length)) {
        throw invalidTokenizer(`there is no token ${id}`);
      }
    }
    const file = vocabulary.model === "llama"
      ? scored(vocabulary)
      : vocabulary.model === "gpt2"
      ? byteLevel(vocabulary)
      : undefined;
    if (!file) throw invalidTokenizer(`model '${quoted(vocabulary.model)}' is not supported yet`);
    const parts = readTokenizerParts(file.json, file.model);
    return makeTokenizer(kernels, parts, () => JSON.stringify({ ...file.json, model: file.written() }));
  } catch (cause) {
    if (cause instanceof EddyError) throw cause;
    throw new EddyError("tokenizer_invalid", `Cannot load tokenizer: ${(cause as Error).message}`, { cause });
  }
}

interface File {
  readonly json: Readonly<Record<string, unknown>>;
  readonly model: ModelFile;
  /** The model as a `tokenizer.json` has it. */
  readonly written: () => unknown;
}

function scored(vocabulary: PlainVocabulary): File {
  const { tokens, scores, unknown } = vocabulary;
  if (!scores) throw invalidTokenizer("model 'llama' has no scores");
  const prepend = vocabulary.addSpacePrefix ?? true;
  const ids = firstIds(tokens, (id) => typeOf(vocabulary, id) !== UNUSED);
  const steps = [{ type: "Replace", pattern: { String: "▁" }, content: " " }, { type: "ByteFallback" }, {
    type: "Fuse",
  }];
  return {
    model: { kind: "ranked-pairs", vocabulary: ids, unknown, ranks: ranksOf([...ids.values()], scores) },
    json: {
      ...envelope(vocabulary, true),
      normalizer: {
        type: "Sequence",
        normalizers: [
          ...(prepend ? [{ type: "Prepend", prepend: "▁" }] : []),
          { type: "Replace", pattern: { String: " " }, content: "▁" },
        ],
      },
      pre_tokenizer: null,
      decoder: {
        type: "Sequence",
        decoders: [...steps, ...(prepend ? [{ type: "Strip", content: " ", start: 1, stop: 0 }] : [])],
      },
    },
    written: () => ({
      type: "BPE",
      dropout: null,
      unk_token: unknown === undefined ? null : tokens[unknown],
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: true,
      byte_fallback: true,
      ignore_merges: false,
      vocab: Object.fromEntries(ids),
      merges: mergesByScore(ids, scores),
    }),
  };
}

function byteLevel(vocabulary: PlainVocabulary): File {
  const { tokens, merges, pre = "default" } = vocabulary;
  if (!merges) throw invalidTokenizer("model 'gpt2' has no merges");
  const ids = firstIds(tokens, () => true);
  const { expression, ignoreMerges, digits } = splitExpression(pre);
  const bytes = { type: "ByteLevel", add_prefix_space: vocabulary.addSpacePrefix ?? false, trim_offsets: true };
  const split = expression && {
    type: "Split",
    pattern: { Regex: expression },
    behavior: "Isolated",
    invert: false,
  };
  const model = {
    type: "BPE",
    dropout: null,
    unk_token: null,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: ignoreMerges,
  };
  return {
    model: {
      kind: "pairs",
      vocabulary: ids,
      unknown: undefined,
      merges: readMerges(merges, ids, ""),
      prefix: "",
      suffix: "",
      fuseUnknown: false,
      byteFallback: false,
      ignoreMerges,
    },
    json: {
      ...envelope(vocabulary, false),
      normalizer: null,
      pre_tokenizer: {
        type: "Sequence",
        pretokenizers: [
          ...(digits ? [{ type: "Digits", individual_digits: true }] : []),
          ...(split ? [split] : []),
          { ...bytes, use_regex: !split },
        ],
      },
      decoder: { ...bytes, use_regex: true },
    },
    written: () => ({ ...model, vocab: Object.fromEntries(ids), merges: merges.map((merge) => merge.split(" ")) }),
  };
}

/** The parts that both models have: added tokens, and a template of beginning and end. */
function envelope(vocabulary: PlainVocabulary, addBeginning: boolean): Readonly<Record<string, unknown>> {
  const { tokens, beginningOfText, endOfText } = vocabulary;
  const added = tokens.flatMap((content, id) => {
    const type = typeOf(vocabulary, id);
    if (content === "" || ![UNKNOWN, CONTROL, USER_DEFINED].includes(type)) return [];
    const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false };
    return [{ id, content, ...flags, special: type !== USER_DEFINED }];
  });
  const before = (vocabulary.addBeginning ?? addBeginning) && beginningOfText !== undefined ? [beginningOfText] : [];
  const after = vocabulary.addEnd && endOfText !== undefined ? [endOfText] : [];
  const mark = (id: number) => ({ SpecialToken: { id: tokens[id], type_id: 0 } });
  const text = (id: string, type: number) => ({ Sequence: { id, type_id: type } });
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: added,
    post_processor: before.length + after.length === 0 ? null : {
      type: "TemplateProcessing",
      single: [...before.map(mark), text("A", 0), ...after.map(mark)],
      pair: [...before.map(mark), text("A", 0), ...after.map(mark), text("B", 1), ...after.map(mark)],
      special_tokens: Object.fromEntries(
        [...before, ...after].map((id) => [tokens[id], { id: tokens[id], ids: [id], tokens: [tokens[id]] }]),
      ),
    },
  };
}

function typeOf(vocabulary: PlainVocabulary, id: number): number {
  return vocabulary.tokenTypes?.[id] ?? 1;
}

/** Ranks by falling score: equal scores have equal ranks. */
function ranksOf(ids: readonly number[], scores: ArrayLike<number>): Uint32Array {
  const order = ids.map((_, place) => place).sort((a, b) => scores[ids[b]] - scores[ids[a]]);
  const ranks = new Uint32Array(ids.length);
  order.forEach((place, at) => {
    const before = order[Math.max(at - 1, 0)];
    ranks[place] = at > 0 && scores[ids[before]] === scores[ids[place]] ? ranks[before] : at;
  });
  return ranks;
}

/** Ids by text: the first of equal texts. */
function firstIds(tokens: readonly string[], use: (id: number) => boolean): Map<string, number> {
  const ids = new Map<string, number>();
  tokens.forEach((token, id) => {
    if (typeof token !== "string") throw invalidTokenizer(`token ${id} is not a text`);
    if (token !== "" && use(id) && !ids.has(token)) ids.set(token, id);
  });
  return ids;
}
