import { EddyError } from "../../errors.ts";
import {
  type ChatTemplate,
  checkSamplingOptions,
  readChatTemplate,
  readToolCallForm,
  type SamplingOptions,
  type ToolCallFamilyName,
  toolCallFamilyOf,
  type ToolCallForm,
} from "../../language/mod.ts";
import type { PolicySnapshot } from "../policy.ts";

/** What the text files of a model say about how it talks. */
export interface ModelFiles {
  /** How conversations are written; absent where no file says. */
  readonly template?: ChatTemplate;
  /** How it writes calls of tools. */
  readonly calls?: ToolCallFamilyName;
  /** The same to the character, where its template can be read. */
  readonly callForm?: ToolCallForm;
  /** Tokens that end an answer, by id. */
  readonly ends: readonly number[];
  /** How its maker samples. */
  readonly sampling: SamplingOptions;
  /** Texts of its special tokens. */
  readonly specials: readonly string[];
}

/**
 * Reads `tokenizer_config.json`, `chat_template.jinja`, `generation_config.json`, `config.json` and the added tokens of
 * `tokenizer.json`.
 *
 * @throws {EddyError} `tokenizer_invalid` If one is broken; `checkpoint_invalid` If none says how an answer ends.
 */
export function readModelFiles({ files }: PolicySnapshot): ModelFiles {
  const tokenizerConfig = files.get("tokenizer_config.json") ?? "{}";
  const source = files.get("chat_template.jinja");
  const template = readChatTemplate(tokenizerConfig, source);
  const added = addedTokens(files.get("tokenizer.json") ?? "{}");
  const [config, generation] = ["config.json", "generation_config.json"].map((name) =>
    read(files.get(name) ?? "{}", name)
  );
  const named = read(tokenizerConfig, "tokenizer_config.json").eos_token as { content?: unknown } | string | undefined;
  const eosText = typeof named === "object" ? named?.content : named;
  const ends = [generation.eos_token_id, config.eos_token_id, added.find(({ content }) => content === eosText)?.id]
    .flat().filter((id): id is number => Number.isSafeInteger(id));
  if (ends.length === 0) {
    throw new EddyError(
      "checkpoint_invalid",
      "Cannot talk with the model: no file says which token ends an answer; set 'eos_token_id' in generation_config.json",
    );
  }
  return {
    template,
    ...callsOf(template, source ?? templateText(tokenizerConfig)),
    ends: [...new Set(ends)],
    sampling: samplingOf(generation),
    specials: added.filter(({ special }) => special).map(({ content }) => content),
  };
}

/** How a template writes calls; plain JSON where it names no family and writes that. */
function callsOf(template: ChatTemplate | undefined, text: string): Pick<ModelFiles, "calls" | "callForm"> {
  if (!template) return {};
  const family = toolCallFamilyOf(text);
  const callForm = readToolCallForm(template, family ?? "json");
  return { calls: family ?? callForm?.family, callForm };
}

/** All templates of the file, one after the other. */
function templateText(tokenizerConfig: string): string {
  const { chat_template: written } = read(tokenizerConfig, "tokenizer_config.json");
  const parts = Array.isArray(written) ? written.map((part) => (part as { template?: unknown })?.template) : [written];
  return parts.filter((part) => typeof part === "string").join("\n");
}

/** Sampling as `generation_config.json` recommends it, where it samples at all. */
function samplingOf(generation: Readonly<Record<string, unknown>>): SamplingOptions {
  if (generation.do_sample !== true) return {};
  const names = {
    temperature: "temperature",
    top_k: "topK",
    top_p: "topP",
    min_p: "minP",
    typical_p: "typical",
    repetition_penalty: "repetitionPenalty",
  } as const;
  const sampling: SamplingOptions = Object.fromEntries(
    Object.entries(names).flatMap(([theirs, ours]) =>
      typeof generation[theirs] === "number" ? [[ours, generation[theirs]]] : []
    ),
  );
  try {
    checkSamplingOptions(sampling);
  } catch (cause) {
    const state = `generation_config.json asks for the impossible: ${(cause as Error).message}`;
    throw new EddyError("checkpoint_invalid", `Cannot talk with the model: ${state}`, { cause });
  }
  return sampling;
}

interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly special: boolean;
}

function addedTokens(tokenizerJson: string): readonly AddedToken[] {
  const { added_tokens: added } = read(tokenizerJson, "tokenizer.json");
  return Array.isArray(added) ? added as AddedToken[] : [];
}

function read(text: string, name: string): Readonly<Record<string, unknown>> {
  try {
    const root = JSON.parse(text);
    if (typeof root === "object" && root !== null && !Array.isArray(root)) return root;
  } catch (cause) {
    throw new EddyError("checkpoint_invalid", `Cannot talk with the model: ${name} is not JSON`, { cause });
  }
  throw new EddyError("checkpoint_invalid", `Cannot talk with the model: ${name} is not an object`);
}
