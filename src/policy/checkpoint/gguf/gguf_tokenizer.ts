import type { Kernels } from "../../../kernels/mod.ts";
import { tokenizerFromVocabulary } from "../../../language/mod.ts";
import { configReader, showValue } from "../config_reader.ts";
import type { GgufValue } from "./gguf_header.ts";

const PREFIX = "tokenizer.ggml.";

/**
 * The `tokenizer.json` that says what a GGUF file's vocabulary says.
 *
 * @returns Its text; undefined where the file has no vocabulary.
 * @throws {EddyError} `checkpoint_invalid` If an entry is of another kind; `tokenizer_invalid` If the lists do not fit each
 * other, or Eddy does not cut texts that way.
 */
export function ggufTokenizer(
  kernels: Kernels,
  metadata: ReadonlyMap<string, GgufValue>,
  path: string,
): string | undefined {
  const reader = configReader(Object.fromEntries(metadata), path);
  const model = metadata.get(`${PREFIX}model`);
  if (typeof model !== "string" || !metadata.has(`${PREFIX}tokens`)) return undefined;

  function entry<Value>(name: string, is: (value: unknown) => value is Value): Value | undefined {
    const value = metadata.get(PREFIX + name);
    if (value === undefined || is(value)) return value;
    return reader.invalid(`'${PREFIX}${name}' is ${showValue(value)}`);
  }

  using tokenizer = tokenizerFromVocabulary(kernels, {
    model,
    tokens: entry("tokens", areStrings)!,
    scores: entry("scores", areNumbers),
    tokenTypes: entry("token_type", areNumbers),
    merges: entry("merges", areStrings),
    pre: entry("pre", isString),
    addSpacePrefix: entry("add_space_prefix", isBoolean),
    beginningOfText: entry("bos_token_id", isNumber),
    endOfText: entry("eos_token_id", isNumber),
    unknown: entry("unknown_token_id", isNumber),
    addBeginning: entry("add_bos_token", isBoolean),
    addEnd: entry("add_eos_token", isBoolean),
  });
  return tokenizer.toJson();
}

const isString = (value: unknown): value is string => typeof value === "string";
const isNumber = (value: unknown): value is number => typeof value === "number";
const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";
const areStrings = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isString);
const areNumbers = (value: unknown): value is readonly number[] => Array.isArray(value) && value.every(isNumber);
