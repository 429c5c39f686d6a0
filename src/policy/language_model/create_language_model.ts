import { EddyError } from "../../errors.ts";
import type { Kernels } from "../../kernels/mod.ts";
import {
  allowedTokens,
  checkSamplingOptions,
  loadTokenizer,
  sampleToken,
  type TextStream,
} from "../../language/mod.ts";
import { type JsonObject, type ModelConfig, readModelConfig } from "../checkpoint/mod.ts";
import type { PolicySnapshot } from "../policy.ts";
import {
  openTransformer,
  type PackedTransformerModel,
  SPECIAL_TOKENS,
  type TransformerModel,
  writeTensors,
} from "../transformer/mod.ts";
import type { Finish, LanguageModel, SpeakOptions, SpokenToken } from "./language_model.ts";
import { readModelFiles } from "./_model_files.ts";
import { promptWriter } from "./_prompt_writer.ts";
import { createReadSlots, type ReadSlot } from "./_read_slots.ts";
import { type ResidentAdapter, residentAdapter } from "./_resident_adapter.ts";

/** How much a language model keeps in mind. */
export interface LanguageModelOptions {
  /** Conversations whose reading is kept after an answer. Default 4. */
  readonly keptPrompts?: number;
  /** The model itself, loaded already, in place of the snapshot's tensors. Disposed of with the language model. */
  readonly packed?: PackedTransformerModel;
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
  const model = packed ?? parts.adopt(filled(kernels, config, snapshot), (model) => model.free());
  const slots = parts.use(createReadSlots(model, keptPrompts));
  const specials = new Set(files.specials.map((text) => tokenizer.tokenId(text)));
  const marks = new Set(CALL_MARKS.map((text) => tokenizer.tokenId(text)));
  const ends = new Set(files.ends);
  const usual = wordsMask(Math.min(tokenizer.vocabularySize, config.vocabularySize), config.vocabularySize);
  const adapters = new Set<ResidentAdapter>();
  parts.defer(() => adapters.forEach((adapter) => adapter.forsake()));
  const owned = parts.move();

  /** Reads tokens into a slot and gives the logits after the last. */
  function read(slot: ReadSlot, tokens: readonly number[]): Float32Array {
    for (let from = 0; from < tokens.length; from += READ_AT_ONCE) {
      const part = tokens.slice(from, from + READ_AT_ONCE);
      model.feed(Uint32Array.of(slot.slot), Uint32Array.of(part.length), Uint32Array.from(part));
      for (const token of part) slot.tokens.push(token);
    }
    return model.lastLogits();
  }

  function* speakThrough(
    adapter: ResidentAdapter | undefined,
    prompt: Uint32Array,
    options: SpeakOptions,
  ): Generator<SpokenToken, Finish, undefined> {
    checkPrompt(prompt, config.maximumPositions);
    checkSamplingOptions(options);
    const { constraint, seed, top = 0, bias, showCalls = false } = options;
    const most = Math.min(options.maximumTokens ?? Infinity, config.maximumPositions - prompt.length);
    const through = adapter?.take();
    using leaving = new DisposableStack();
    leaving.defer(() => adapter?.give());
    const slot = slots.take(prompt, through);
    const cachedTokens = slot.tokens.length;
    const generated: number[] = [];
    // Special tokens are left out before decoding, as they are by other programs.
    using stream = tokenizer.stream({ skipSpecial: false });
    try {
      let state = 0;
      let unread: readonly number[] = [...prompt.subarray(cachedTokens)];
      while (generated.length < most) {
        if (constraint && constraint.allowedCounts[state] === 0) return finish("end", stream);
        const logits = read(slot, unread);
        const mask = constraint ? maskOf(constraint, state, usual) : usual;
        const draw = { seed: BigInt(seed), stream: 0, counter: prompt.length + generated.length };
        const drawn = sampleToken(
          kernels,
          { logits: biased(logits, bias), mask, prompt, generated },
          draw,
          options,
        );
        if (!drawn) throw new EddyError("weights_not_finite", "Cannot talk with the model: it gives no numbers");
        const { token: id, behaviorLogProb } = drawn;
        const end = ends.has(id);
        const shown = !end && (!specials.has(id) || showCalls && marks.has(id));
        yield {
          id,
          token: tokenizer.token(id),
          text: shown ? stream.push(id) ?? "" : "",
          end,
          cachedTokens,
          behaviorLogProb,
          ...ranked(logits, id, top, (id) => tokenizer.token(id)),
        };
        if (end) return finish("end", stream);
        if (constraint) state = constraint.next(state, id);
        generated.push(id);
        unread = [id];
      }
      return finish("length", stream);
    } finally {
      slots.keep(slot);
    }

    function finish(reason: Finish["reason"], stream: TextStream): Finish {
      return { reason, text: stream.finish() };
    }
  }

  function adapt(snapshot: PolicySnapshot): LanguageModel {
    const adapter = residentAdapter(model, config, snapshot, slots.drop);
    adapters.add(adapter);
    return {
      ...own,
      speak: (prompt, options) => speakThrough(adapter, prompt, options),
      [Symbol.dispose]: () => adapter[Symbol.dispose](),
    };
  }

  const own: LanguageModel = {
    contextLength: config.maximumPositions,
    tokenizer,
    ends: files.ends,
    hasChatTemplate: files.template !== undefined,
    calls: files.calls,
    callForm: files.callForm,
    sampling: files.sampling,
    prompt: promptWriter(tokenizer, files),
    speak: (prompt, options) => speakThrough(undefined, prompt, options),
    adapt,
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

function checkPrompt({ length }: Uint32Array, contextLength: number): void {
  if (length === 0) throw new EddyError("request_invalid", "Cannot answer: the prompt is empty");
  if (length < contextLength) return;
  throw new EddyError(
    "request_invalid",
    `Cannot answer: the prompt has ${length} tokens, and the model reads ${contextLength} together with its answer`,
  );
}

/** The mask of the first `count` of `size` tokens. */
function wordsMask(count: number, size: number): Uint32Array {
  const mask = new Uint32Array(Math.ceil(size / 32));
  for (let token = 0; token < count; token++) mask[token >> 5] |= 1 << (token & 31);
  return mask;
}

function maskOf(
  constraint: NonNullable<SpeakOptions["constraint"]>,
  state: number,
  usual: Uint32Array,
): Uint32Array {
  const allowed = allowedTokens(constraint, state);
  return usual.map((word, index) => index < allowed.length ? word & allowed[index] : 0);
}

function biased(logits: Float32Array, bias: SpeakOptions["bias"]): Float32Array {
  if (!bias || bias.size === 0) return logits;
  const changed = logits.slice();
  for (const [id, by] of bias) changed[id] += by;
  return changed;
}

/** How likely a token was by the model itself, and the most likely ones. */
function ranked(
  logits: Float32Array,
  id: number,
  top: number,
  textOf: (id: number) => string,
): Pick<SpokenToken, "logProb" | "top"> {
  let most = -Infinity;
  for (const logit of logits) if (logit > most) most = logit;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - most);
  const total = most + Math.log(sum);
  const best: number[] = [];
  if (top > 0) {
    for (let token = 0; token < logits.length; token++) {
      if (best.length === top && logits[token] <= logits[best[top - 1]]) continue;
      let place = best.length;
      while (place > 0 && logits[best[place - 1]] < logits[token]) place--;
      best.splice(place, 0, token);
      if (best.length > top) best.pop();
    }
  }
  return {
    logProb: logits[id] - total,
    top: best.map((token) => ({ id: token, token: textOf(token), logProb: logits[token] - total })),
  };
}
