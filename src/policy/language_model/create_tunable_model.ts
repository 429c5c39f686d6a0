import { EddyError } from "../../errors.ts";
import type { Kernels } from "../../kernels/mod.ts";
import { loadTokenizer } from "../../language/mod.ts";
import { type JsonObject, type ModelConfig, readModelConfig, storedTensors } from "../checkpoint/mod.ts";
import type { PolicySnapshot } from "../policy.ts";
import { adapterWeights, ownWeights } from "../transformer/_trained_weights.ts";
import type { ActingModel } from "../transformer/acting_model.ts";
import { MOMENTS } from "../transformer/model_weights.ts";
import {
  type AdamOptions,
  adapterTensors,
  type LoraConfig,
  openAdapter,
  openTransformer,
  type PackedTransformerModel,
  readTensors,
  writeAdapter,
  writeLoraConfig,
  writeTensors,
} from "../transformer/mod.ts";
import { readModelFiles } from "./_model_files.ts";
import { promptWriter } from "./_prompt_writer.ts";
import type { LearnedSequence, TunableModel } from "./tunable_model.ts";

/** What of a model learns, and from where. */
export interface TunableModelOptions {
  /** The adapter that learns. Absent: all weights do. */
  readonly lora?: LoraConfig;
  /** Names the numbers that an adapter begins with. Unsigned 32-bit. */
  readonly seed: number;
  /** What was kept with `resume`: goes on as the original would have, bit for bit. */
  readonly resumed?: PolicySnapshot;
  /** The model itself, loaded already, in place of the snapshot's tensors: an adapter learns beside its packed weights. Disposed of with the tunable model. */
  readonly packed?: PackedTransformerModel;
  /**
   * Whether float32 layers keep their input alone and run again on the way back: a fraction of the memory, about a third
   * more time, the same bits. Beside packed weights they always do. Default: where a run of `RUN_AT_ONCE` tokens would
   * keep more than 1 GiB.
   */
  readonly checkpointLayers?: boolean;
  /** Default 0.9, 0.999, 1e-8. */
  readonly adam?: AdamOptions;
}

/** Tokens that are run at once, about. */
const RUN_AT_ONCE = 1024;

/** Bytes that are kept for the way back, unless layers run again. */
const MOST_KEPT = 2 ** 30;

/** Names no mask: every token is allowed. */
const NO_MASK = 0xffffffff;

/** Weights are kept in float32, whatever the model came in; transformers 4 and 5 name the type differently. */
const FLOAT32 = { torch_dtype: "float32", dtype: "float32" };

/**
 * A model of a Hugging Face folder or a GGUF file, ready to learn. Its log-probabilities are those that it acts with, bit for
 * bit, in float32 and packed.
 *
 * @throws {EddyError} As `createLanguageModel`; `checkpoint_invalid` If what is resumed is of something else.
 */
export function createTunableModel(
  kernels: Kernels,
  base: PolicySnapshot,
  { lora, seed, resumed, packed, checkpointLayers, adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } }:
    TunableModelOptions,
): TunableModel {
  using parts = new DisposableStack();
  if (packed) parts.adopt(packed, (model) => model.free());
  const { files: texts } = base;
  const tokenizerJson = texts.get("tokenizer.json");
  if (tokenizerJson === undefined) {
    throw new EddyError("checkpoint_missing", "Cannot tune the model: it has no tokenizer.json");
  }
  const files = readModelFiles(base);
  if (!files.template) {
    throw new EddyError(
      "tokenizer_invalid",
      "Cannot tune the model: it has no chat template; give one, '--chat-template FILE'",
    );
  }
  const configJson = JSON.parse(texts.get("config.json") ?? "{}") as JsonObject;
  const config = readModelConfig(configJson);
  const tokenizer = parts.use(loadTokenizer(kernels, tokenizerJson));
  if (packed && !lora) {
    throw new EddyError(
      "configuration_invalid",
      "Cannot tune all weights: they are packed; tune an adapter beside them",
    );
  }
  const plain = packed ? undefined : parts.adopt(openTransformer(kernels, config), (model) => model.free());
  const model: ActingModel = packed ?? plain!;
  const { updates = 0 } = JSON.parse(resumed?.files.get("eddy.json") ?? "{}") as { readonly updates?: number };
  if (plain) {
    writeTensors(plain, lora ? base : resumed ?? base, config);
    plain.checkpointLayers(checkpointLayers ?? RUN_AT_ONCE * keptBytes(config) > MOST_KEPT);
  }
  const adapter = lora && openAdapter(model, config, lora, resumed ? null : seed);
  if (adapter && resumed) writeAdapter(model, adapter, resumed, updates);
  if (plain && !adapter) plain.updates = updates;
  const trained = adapter ? adapterWeights(model, adapter) : ownWeights(model);
  const made = (): number => adapter ? model.adapterUpdates(adapter.id) : plain!.updates;
  // PEFT, too, writes the names that `all-linear` has come to mean.
  const adaptedNames = lora?.targetModules === "all-linear"
    ? [...new Set(adapter!.targets.map(({ module }) => module.split(".").at(-1)!))]
    : lora?.targetModules ?? [];
  const owned = parts.move();

  function snapshotOf(resume: boolean, own: object): PolicySnapshot {
    const tensors = adapter ? adapterTensors(adapter, model.readAdapter(adapter.id)) : readTensors(plain!, config);
    // A language model has no value head.
    for (const name of ["value_head.weight", "value_head.bias"]) tensors.delete(name);
    if (resume) {
      const values = adapter ? model.readAdapterMoments(adapter.id) : plain!.readMoments();
      tensors.set(MOMENTS, { shape: [2, values.length / 2], values });
    }
    const transposed = storedTensors(config).some((stored) => stored.transposed);
    const shape: readonly [string, object] = lora
      ? ["adapter_config.json", writeLoraConfig({ ...lora, targetModules: adaptedNames }, transposed)]
      : ["config.json", { ...configJson, ...FLOAT32 }];
    const files = new Map(lora ? [] : texts).set(shape[0], written(shape[1]));
    files.set("eddy.json", written({ adam, ...(resume ? { updates: made() } : {}), ...own }));
    return { kind: "transformer", version: made(), tensors, files };
  }

  return {
    contextLength: config.maximumPositions,
    ends: files.ends,
    prompt: promptWriter(tokenizer, files),
    parameterCount: trained.parameterCount,
    baseParameterCount: model.parameterCount,
    baseBytes: packed?.weightBytes ?? Float32Array.BYTES_PER_ELEMENT * model.parameterCount,
    get updates(): number {
      return made();
    },
    score(sequences): Float32Array {
      const { tokens, lengths, rows, targets } = endToEnd(sequences);
      trained.select();
      model.forward(tokens, lengths);
      const unmasked = new Uint32Array(rows.length).fill(NO_MASK);
      using scores = model.score(rows, targets, unmasked, new Uint32Array(), 1);
      return scores.logProbs;
    },
    backward(dLogProbs): void {
      const none = new Float32Array();
      model.backward(dLogProbs, new Float32Array(dLogProbs.length), new Uint32Array(), none);
    },
    update: ({ learningRate, weightDecay = 0, maxGradientNorm = 0 }) =>
      trained.update(adam, learningRate, weightDecay, maxGradientNorm),
    snapshot: ({ resume = false, own = {} } = {}) => snapshotOf(resume, own),
    [Symbol.dispose]: () => owned.dispose(),
  };
}

/** Bytes that the layers keep of a token for the way back. */
function keptBytes(
  { layers, hiddenSize, heads, keyValueHeads, headDimension, intermediateSize, blocks }: ModelConfig,
): number {
  const streams = blocks?.postNorms ? 4 : 2;
  const attention = (2 * heads + 2 * keyValueHeads) * headDimension;
  return Float32Array.BYTES_PER_ELEMENT * layers * (streams * hiddenSize + attention + 2 * intermediateSize);
}

/** Sequences end to end; what is learned of them. */
function endToEnd(
  sequences: readonly LearnedSequence[],
): Record<"tokens" | "lengths" | "rows" | "targets", Uint32Array> {
  const rows: number[] = [], targets: number[] = [];
  let at = 0;
  for (const { tokens, learned } of sequences) {
    for (let place = 1; place < tokens.length; place++) {
      if (learned[place] === 0) continue;
      rows.push(at + place - 1);
      targets.push(tokens[place]);
    }
    at += tokens.length;
  }
  const tokens = new Uint32Array(at);
  at = 0;
  for (const sequence of sequences) {
    tokens.set(sequence.tokens, at);
    at += sequence.tokens.length;
  }
  const lengths = Uint32Array.from(sequences, (sequence) => sequence.tokens.length);
  return { tokens, lengths, rows: Uint32Array.from(rows), targets: Uint32Array.from(targets) };
}

function written(json: object): string {
  return JSON.stringify(json, undefined, 2) + "\n";
}
