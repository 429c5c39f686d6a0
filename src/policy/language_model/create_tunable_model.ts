import { EddyError } from "../../errors.ts";
import type { Kernels } from "../../kernels/mod.ts";
import { loadTokenizer } from "../../language/mod.ts";
import { type JsonObject, readModelConfig, storedTensors } from "../checkpoint/mod.ts";
import type { PolicySnapshot } from "../policy.ts";
import { adapterWeights, ownWeights } from "../transformer/_trained_weights.ts";
import { MOMENTS } from "../transformer/model_weights.ts";
import {
  type AdamOptions,
  adapterTensors,
  type LoraConfig,
  openAdapter,
  openTransformer,
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
  /** Default 0.9, 0.999, 1e-8. */
  readonly adam?: AdamOptions;
}

/** Names no mask: every token is allowed. */
const NO_MASK = 0xffffffff;

/** Weights are kept in float32, whatever the model came in; transformers 4 and 5 name the type differently. */
const FLOAT32 = { torch_dtype: "float32", dtype: "float32" };

/**
 * A model of a Hugging Face folder or a GGUF file, ready to learn.
 *
 * @throws {EddyError} As `createLanguageModel`; `checkpoint_invalid` If what is resumed is of something else.
 */
export function createTunableModel(
  kernels: Kernels,
  base: PolicySnapshot,
  { lora, seed, resumed, adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } }: TunableModelOptions,
): TunableModel {
  const tokenizerJson = base.files.get("tokenizer.json");
  if (tokenizerJson === undefined) {
    throw new EddyError("checkpoint_missing", "Cannot tune the model: it has no tokenizer.json");
  }
  using parts = new DisposableStack();
  const files = readModelFiles(base);
  if (!files.template) {
    throw new EddyError(
      "tokenizer_invalid",
      "Cannot tune the model: it has no chat template; give one, '--chat-template FILE'",
    );
  }
  const configJson = JSON.parse(base.files.get("config.json") ?? "{}") as JsonObject;
  const config = readModelConfig(configJson);
  const tokenizer = parts.use(loadTokenizer(kernels, tokenizerJson));
  const model = parts.adopt(openTransformer(kernels, config), (model) => model.free());
  const { updates = 0 } = JSON.parse(resumed?.files.get("eddy.json") ?? "{}") as { readonly updates?: number };
  writeTensors(model, lora ? base : resumed ?? base, config);
  const adapter = lora && openAdapter(model, config, lora, seed);
  if (adapter && resumed) writeAdapter(model, adapter, resumed, updates);
  if (!adapter) model.updates = updates;
  const trained = adapter ? adapterWeights(model, adapter) : ownWeights(model);
  const made = (): number => adapter ? model.adapterUpdates(adapter.id) : model.updates;
  // PEFT, too, writes the names that `all-linear` has come to mean.
  const adaptedNames = lora?.targetModules === "all-linear"
    ? [...new Set(adapter!.targets.map(({ module }) => module.split(".").at(-1)!))]
    : lora?.targetModules ?? [];
  const owned = parts.move();

  function snapshotOf(resume: boolean, own: object): PolicySnapshot {
    const tensors = adapter ? adapterTensors(adapter, model.readAdapter(adapter.id)) : readTensors(model, config);
    // A language model has no value head.
    for (const name of ["value_head.weight", "value_head.bias"]) tensors.delete(name);
    if (resume) {
      const values = adapter ? model.readAdapterMoments(adapter.id) : model.readMoments();
      tensors.set(MOMENTS, { shape: [2, values.length / 2], values });
    }
    const transposed = storedTensors(config).some((stored) => stored.transposed);
    const shape: readonly [string, object] = lora
      ? ["adapter_config.json", writeLoraConfig({ ...lora, targetModules: adaptedNames }, transposed)]
      : ["config.json", { ...configJson, ...FLOAT32 }];
    const texts = new Map(lora ? [] : base.files).set(shape[0], written(shape[1]));
    texts.set("eddy.json", written({ adam, ...(resume ? { updates: made() } : {}), ...own }));
    return { kind: "transformer", version: made(), tensors, files: texts };
  }

  return {
    contextLength: config.maximumPositions,
    ends: files.ends,
    prompt: promptWriter(tokenizer, files),
    parameterCount: trained.parameterCount,
    baseParameterCount: model.parameterCount,
    get updates(): number {
      return made();
    },
    score(sequences): Float32Array {
      const { tokens, lengths, rows, targets } = packed(sequences);
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

/** Sequences end to end; what is learned of them. */
function packed(sequences: readonly LearnedSequence[]): Record<"tokens" | "lengths" | "rows" | "targets", Uint32Array> {
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
