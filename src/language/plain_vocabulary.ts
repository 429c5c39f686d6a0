import { splitName } from "./_split_expressions.ts";
import { readTokenizerFile } from "./pipeline/read_tokenizer_file.ts";
import type { PlainVocabulary } from "./tokenizer_from_vocabulary.ts";

type Json = Readonly<Record<string, unknown>>;

/** GGUF's types of tokens. */
const NORMAL = 1, UNKNOWN = 2, CONTROL = 3, USER_DEFINED = 4, UNUSED = 5, BYTE = 6;

/**
 * The lists that `tokenizerFromVocabulary` reads, of a `tokenizer.json`: what GGUF files say of byte-pair vocabularies.
 *
 * @param size Tokens of the model; those that the file does not name are unused.
 * @returns Undefined where the lists cannot say it: another kind of model, or an unknown way to cut texts.
 * @throws {EddyError} `tokenizer_invalid` If the file is broken.
 */
export function plainVocabulary(tokenizerJson: string, size: number): PlainVocabulary | undefined {
  const { json } = readTokenizerFile(tokenizerJson);
  const model = (json.model ?? {}) as Json;
  if ((model.type ?? "BPE") !== "BPE" || model.vocab === undefined || !Array.isArray(model.merges)) return undefined;
  const added = (json.added_tokens ?? []) as readonly { id: number; content: string; special: boolean }[];
  const tokens = Array.from({ length: size }, (_, id) => `[PAD${id}]`);
  const tokenTypes = new Array<number>(size).fill(UNUSED);
  const put = (id: number, text: string, type: number): void => {
    if (id < size) [tokens[id], tokenTypes[id]] = [text, type];
  };
  for (const [text, id] of Object.entries(model.vocab as Readonly<Record<string, number>>)) {
    put(id, text, model.byte_fallback === true && /^<0x[0-9A-F]{2}>$/.test(text) ? BYTE : NORMAL);
  }
  for (const { id, content, special } of added) {
    put(id, content, content === model.unk_token ? UNKNOWN : special ? CONTROL : USER_DEFINED);
  }
  const merges = (model.merges as readonly (string | readonly string[])[])
    .map((merge) => typeof merge === "string" ? merge : merge.join(" "));
  const idOf = (text: unknown): number | undefined => {
    const id = typeof text === "string" ? tokens.indexOf(text) : -1;
    return id < 0 ? undefined : id;
  };
  const [before, after] = templateEnds(json.post_processor as Json | null);
  const shared = {
    ...{ tokens, tokenTypes, beginningOfText: idOf(before), unknown: idOf(model.unk_token) },
    ...{ addBeginning: before !== undefined, addEnd: after !== undefined, endOfText: idOf(after) },
  };
  if (model.byte_fallback === true) return scored(json, merges, shared);
  const pre = wayToCut(json, model.ignore_merges === true);
  if (pre === undefined) return undefined;
  return { ...shared, model: "gpt2", merges, pre: pre.name, addSpacePrefix: pre.space };
}

/** SentencePiece's: a pair is merged the earlier, the higher the score of what comes of it. */
function scored(json: Json, merges: readonly string[], shared: Omit<PlainVocabulary, "model">): PlainVocabulary {
  const ranks = new Map<string, number>();
  merges.forEach((merge, rank) => {
    const product = merge.replace(" ", "");
    if (!ranks.has(product)) ranks.set(product, rank);
  });
  const scores = Float32Array.from(shared.tokens, (token) => -(ranks.get(token) ?? merges.length));
  const addSpacePrefix = /"Prepend"|"prepend_scheme":"(first|always)"/.test(
    JSON.stringify([json.normalizer, json.pre_tokenizer]),
  );
  return { ...shared, model: "llama", scores, addSpacePrefix };
}

/** The name of the way to cut a text, and whether a space is put before it. */
function wayToCut(json: Json, ignoreMerges: boolean): { readonly name: string; readonly space: boolean } | undefined {
  const normalizer = json.normalizer as Json | null;
  if (normalizer !== null && normalizer !== undefined && normalizer.type !== "NFC") return undefined;
  const steps = partsOf(json.pre_tokenizer as Json | null, "pretokenizers");
  const bytes = steps.at(-1);
  if (bytes?.type !== "ByteLevel") return undefined;
  const [digits, ...others] = steps.slice(0, -1).toSorted((a) => a.type === "Digits" ? -1 : 1);
  const alone = digits?.type === "Digits" && digits.individual_digits === true;
  const rest = alone ? others : digits === undefined ? [] : [digits, ...others];
  const split = rest[0] as { readonly type: string; readonly pattern?: { readonly Regex?: string } } | undefined;
  if (rest.length > 1 || (split !== undefined && split.type !== "Split")) return undefined;
  if ((split === undefined) !== (bytes.use_regex ?? true)) return undefined;
  const name = splitName({ expression: split?.pattern?.Regex, digits: alone, ignoreMerges });
  return name === undefined ? undefined : { name, space: bytes.add_prefix_space === true };
}

/** A sequence's parts, or the one part. */
function partsOf(step: Json | null | undefined, key: string): readonly Json[] {
  if (!step) return [];
  return step.type === "Sequence" ? step[key] as readonly Json[] : [step];
}

/** The special tokens that a template puts before and after a text. */
function templateEnds(processor: Json | null | undefined): readonly [string | undefined, string | undefined] {
  const template = partsOf(processor, "processors").find(({ type }) => type === "TemplateProcessing");
  const single = (template?.single ?? []) as readonly { readonly SpecialToken?: { readonly id: string } }[];
  return [single[0]?.SpecialToken?.id, single.length > 1 ? single.at(-1)?.SpecialToken?.id : undefined];
}
