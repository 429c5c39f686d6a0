import { type AddedToken, readAddedTokens } from "./added_tokens.ts";
import { invalidTokenizer, isObject, type Json } from "./json_fields.ts";
import { type PreTokenizer, readPreTokenizer } from "./read_pre_tokenizer.ts";
import { type ModelFile, readModel } from "./read_model.ts";
import { readDecoder } from "./read_decoder.ts";
import { readNormalizer } from "./read_normalizer.ts";
import { type PostProcessor, readPostProcessor } from "./read_post_processor.ts";
import type { Normalizer } from "./source_text.ts";

/** A larger file is a mistake. */
const MOST_CHARACTERS = 2 ** 28;

/** A `tokenizer.json`, checked and ready for use. */
export interface TokenizerFile {
  readonly model: ModelFile;
  /** Texts of the model's tokens by id. */
  readonly tokens: ReadonlyMap<number, string>;
  readonly added: readonly AddedToken[];
  readonly normalizers: readonly Normalizer[];
  readonly preTokenizers: readonly PreTokenizer[];
  readonly postProcessors: readonly PostProcessor[];
  /** Tokens' texts to the text. */
  readonly decode: (tokens: readonly string[]) => string;
  /** What the file says, for what knows short ways. */
  readonly json: Json;
}

/**
 * Reads the text of a `tokenizer.json`.
 *
 * @throws {EddyError} `tokenizer_invalid` If it is broken, or has parts that are not supported yet.
 */
export function readTokenizerFile(text: string): TokenizerFile {
  if (text.length > MOST_CHARACTERS) throw invalidTokenizer(`the file has ${text.length} characters`);
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch (cause) {
    throw invalidTokenizer("the file is not JSON", { cause });
  }
  if (!isObject(root)) throw invalidTokenizer("the file is not a JSON object");
  return readTokenizerParts(root, readModel(root.model));
}

/** Reads all parts of a file but its model. @throws {EddyError} `tokenizer_invalid` If one is broken. */
export function readTokenizerParts(root: Json, model: ModelFile): TokenizerFile {
  const tokens = new Map<number, string>();
  if (model.kind === "unigram") model.tokens.forEach((token, id) => tokens.set(id, token));
  else for (const [token, id] of model.vocabulary) tokens.set(id, token);
  const added = readAddedTokens(root.added_tokens, (id) => tokens.get(id));
  const addedTexts = new Map(added.map(({ id, content }) => [id, content]));
  return {
    model,
    tokens,
    added,
    normalizers: readNormalizer(root.normalizer),
    preTokenizers: readPreTokenizer(root.pre_tokenizer),
    postProcessors: readPostProcessor(root.post_processor, (id) => addedTexts.get(id) ?? tokens.get(id) ?? ""),
    decode: readDecoder(root.decoder),
    json: root,
  };
}
