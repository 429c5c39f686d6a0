import { EddyError } from "../../errors.ts";
import type { Kernels } from "../../kernels/mod.ts";
import { loadTokenizer } from "../../language/mod.ts";
import { type JsonObject, type ModelConfig, readModelConfig } from "../checkpoint/mod.ts";
import type { PolicySnapshot } from "../policy.ts";
import {
  type ActingModel,
  openLearningAdapter,
  openTransformer,
  SPECIAL_TOKENS,
  type TransformerModel,
  writeTensors,
} from "../transformer/mod.ts";
import { isOnGpu } from "../transformer/acting_model.ts";
import type { Finish, LanguageModel, SpeakOptions, SpokenToken } from "./language_model.ts";
import { readModelFiles } from "./_model_files.ts";
import { promptWriter } from "./_prompt_writer.ts";
import { createReadSlots } from "./_read_slots.ts";
import { type ResidentAdapter, residentAdapter } from "./_resident_adapter.ts";
import { createRounds } from "./_rounds.ts";
import { beginUtterance, readOn, type Utterance, type UtteranceParts } from "./_utterance.ts";

/** How much a language model keeps in mind. */
export interface LanguageModelOptions {
  /** Conversations whose reading is kept after an answer. Default 4. */
  readonly keptPrompts?: number;
  /** The model itself, packed or on a GPU, in place of the snapshot's tensors. Disposed of with the language model. */
  readonly packed?: ActingModel;
}

/** Tokens that mark calls of tools; some tokenizers have them as special ones. */
const CALL_MARKS = ["<tool_call>", "</tool_call>", "<|python_tag|>", "[TOOL_CALLS]", "[CALL_ID]", "[ARGS]"];

/** Tokens of a prompt that are read at once. */
const READ_AT_ONCE = 256;

/**
 * Whether a snapshot is of a model with a form of conversation of its own, and not one that Eddy trained as an agent.
 */
export function isLanguageModel({ kind, files }: PolicySnapshot): boolean {
  if (kind !== "transformer" || files.has("eddy.json")) return false;
  const tokenizer = files.get("tokenizer.json") ?? "";
  return SPECIAL_TOKENS.some((token) => !tokenizer.includes(JSON.stringify(token)));
}

/**
 * A model of a Hugging Face folder or a GGUF file, ready to talk.
 *
 * @throws {EddyError} `checkpoint_missing` If it has no tokenizer; `checkpoint_invalid`, `tokenizer_invalid`,
 * `model_unsupported` If its files cannot be used.
 */
export function createLanguageModel(
  kernels: Kernels,
  snapshot: PolicySnapshot,
  { keptPrompts = 4, packed }: LanguageModelOptions = {},
): LanguageModel {
  using parts = new DisposableStack();
  if (packed) parts.adopt(packed, (model) => model.free());
  const tokenizerJson = snapshot.files.get("tokenizer.json");
  if (tokenizerJson === undefined) {
    throw new EddyError("checkpoint_missing", "Cannot talk with the model: it has no tokenizer.json");
  }
  const files = readModelFiles(snapshot);
  const config = readModelConfig(JSON.parse(snapshot.files.get("config.json") ?? "{}") as JsonObject);
  const tokenizer = parts.use(loadTokenizer(kernels, tokenizerJson));
  const model: ActingModel = packed ?? parts.adopt(filled(kernels, config, snapshot), (model) => model.free());
  const contextLength = isOnGpu(model) ? model.maximumPositions : config.maximumPositions;
  const slots = parts.use(createReadSlots(model, keptPrompts));
  const specials = new Set(files.specials.map((text) => tokenizer.tokenId(text)));
  const marks = new Set(CALL_MARKS.map((text) => tokenizer.tokenId(text)));
  const ends = new Set(files.ends);
  const adapters = new Set<ResidentAdapter>();
  parts.defer(() => adapters.forEach((adapter) => adapter.forsake()));
  const rounds = parts.use(createRounds(model, slots));
  const owned = parts.move();
  const made: UtteranceParts = {
    ...{ kernels, slots, tokenizer, ends, contextLength },
    known: wordsMask(Math.min(tokenizer.vocabularySize, config.vocabularySize), config.vocabularySize),
    knowsAll: tokenizer.vocabularySize >= config.vocabularySize,
    isShown: (id, showCalls) => !specials.has(id) || showCalls && marks.has(id),
  };

  function* speakThrough(
    adapter: ResidentAdapter | undefined,
    prompt: Uint32Array,
    options: SpeakOptions,
  ): Generator<SpokenToken, Finish, undefined> {
    const through = adapter?.take();
    using leaving = new DisposableStack();
    leaving.defer(() => adapter?.give());
    const utterance = leaving.use(beginUtterance(made, prompt, options, through));
    const { slot, tokens } = utterance;
    while (true) {
      const finish = utterance.finish();
      if (finish) return finish;
      let rows: readonly Float32Array[] = [];
      while (slot.tokens.length < tokens.length) {
        [rows] = readOn(model, [{ utterance, count: Math.min(READ_AT_ONCE, tokens.length - slot.tokens.length) }]);
      }
      for (const logits of rows) yield utterance.draw(logits);
    }
  }

  async function* speakBeside(
    adapter: ResidentAdapter | undefined,
    prompt: Uint32Array,
    options: SpeakOptions,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<SpokenToken, Finish, undefined> {
    const through = adapter?.take();
    using leaving = new DisposableStack();
    leaving.defer(() => adapter?.give());
    const begin = (): Utterance => beginUtterance(made, prompt, options, through);
    const voice = leaving.adopt(rounds.join({ prompt, adapter: through, begin, signal }), (voice) => voice.leave());
    while (true) {
      const next = await voice.next();
      if (next.done) return next.value;
      yield next.value;
    }
  }

  function adapt(snapshot: PolicySnapshot): LanguageModel {
    const adapter = residentAdapter(model, config, snapshot, slots.drop);
    adapters.add(adapter);
    return {
      ...own,
      speak: (prompt, options) => speakThrough(adapter, prompt, options),
      speakTogether: (prompt, options, signal) => speakBeside(adapter, prompt, options, signal),
      [Symbol.dispose]: () => adapter[Symbol.dispose](),
    };
  }

  const own: LanguageModel = {
    contextLength,
    tokenizer,
    ends: files.ends,
    hasChatTemplate: files.template !== undefined,
    calls: files.calls,
    callForm: files.callForm,
    sampling: files.sampling,
    prompt: promptWriter(tokenizer, files),
    speak: (prompt, options) => speakThrough(undefined, prompt, options),
    speakTogether: (prompt, options, signal) => speakBeside(undefined, prompt, options, signal),
    adapt,
    teach: (lora, options) => openLearningAdapter(model, config, lora, { ...options, isGone: () => owned.disposed }),
    [Symbol.dispose]: () => owned.dispose(),
  };
  return own;
}

function filled(kernels: Kernels, config: ModelConfig, snapshot: PolicySnapshot): TransformerModel {
  const model = openTransformer(kernels, config);
  try {
    writeTensors(model, snapshot, config);
    return model;
  } catch (error) {
    model.free();
    throw error;
  }
}

/** The mask of the first `count` of `size` tokens. */
function wordsMask(count: number, size: number): Uint32Array {
  const mask = new Uint32Array(Math.ceil(size / 32));
  for (let token = 0; token < count; token++) mask[token >> 5] |= 1 << (token & 31);
  return mask;
}
