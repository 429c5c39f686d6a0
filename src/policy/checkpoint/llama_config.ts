import { EddyError } from "../../errors.ts";

/** Shape of a model in the Llama layout. */
export interface LlamaConfig {
  /** Tokens, and rows of the embedding. */
  readonly vocabularySize: number;
  /** Width of the state that runs through the layers. */
  readonly hiddenSize: number;
  /** Blocks of attention and feed-forward. */
  readonly layers: number;
  /** Heads that queries have. */
  readonly heads: number;
  /** Heads that keys and values have; divides `heads`. */
  readonly keyValueHeads: number;
  /** Even. */
  readonly headDimension: number;
  /** Width inside the feed-forward. */
  readonly intermediateSize: number;
  /** Longest sequence, in tokens. */
  readonly maximumPositions: number;
  /** Base of the rotation frequencies. */
  readonly ropeTheta: number;
  /** Absent: the plain frequencies. */
  readonly ropeScaling?: Llama3RopeScaling;
  /** Added to the mean square before its root. */
  readonly rmsNormEpsilon: number;
  /** The head is the embedding. */
  readonly tied: boolean;
}

/** How Llama 3 stretches its rotations to longer texts. */
export interface Llama3RopeScaling {
  /** Waves longer than the original text are stretched by it. */
  readonly factor: number;
  /** Waves that fit fewer times than this into the original length are long. */
  readonly lowFrequencyFactor: number;
  /** Waves that fit more often than this are short. */
  readonly highFrequencyFactor: number;
  /** Length that the model was first trained on, in tokens. */
  readonly originalMaximumPositions: number;
}

/** An object of a JSON file. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Settings that change the arithmetic, and the only value of each that Eddy computes; absent and null mean that value. */
const PLAIN: Readonly<Record<string, unknown>> = {
  attention_bias: false,
  mlp_bias: false,
  hidden_act: "silu",
  sliding_window: null,
  use_sliding_window: false,
  quantization_config: null,
  partial_rotary_factor: 1,
  attn_logit_softcapping: null,
  final_logit_softcapping: null,
  is_decoder: false,
  add_cross_attention: false,
};

/**
 * Reads a Hugging Face `config.json` of model type `llama`, as transformers 4 (`rope_theta`, `rope_scaling`) or
 * transformers 5 (`rope_parameters`) writes it.
 *
 * @param json Content of the file.
 * @param where Names the file in messages.
 * @throws {EddyError} `model_unsupported` If the model computes something else, naming what; `checkpoint_invalid` If a
 * value is missing or impossible.
 */
export function readLlamaConfig(json: JsonObject, where = "config.json"): LlamaConfig {
  refuseOthers(json, where);
  const natural = (key: string, fallback?: number, largest = 2 ** 31): number =>
    number(json, key, where, fallback, (value) => Number.isInteger(value) && value >= 1 && value <= largest);
  const hiddenSize = natural("hidden_size");
  const heads = natural("num_attention_heads");
  const config: LlamaConfig = {
    vocabularySize: natural("vocab_size"),
    hiddenSize,
    layers: natural("num_hidden_layers", undefined, 10_000),
    heads,
    keyValueHeads: natural("num_key_value_heads", heads),
    headDimension: natural("head_dim", hiddenSize / heads),
    intermediateSize: natural("intermediate_size"),
    maximumPositions: natural("max_position_embeddings", 2048, 2 ** 22),
    ...readRope(json, where),
    rmsNormEpsilon: number(json, "rms_norm_eps", where, 1e-6, (value) => value > 0 && value < 1),
    tied: json.tie_word_embeddings === true,
  };
  if (config.heads % config.keyValueHeads !== 0) {
    throw invalid(where, `${config.keyValueHeads} key-value heads do not divide ${config.heads} heads`);
  }
  if (config.headDimension % 2 !== 0) throw invalid(where, `the head dimension ${config.headDimension} is odd`);
  return config;
}

/** The `config.json` of a shape: transformers 4 and 5 both read it. */
export function writeLlamaConfig(config: LlamaConfig): JsonObject {
  const scaling = config.ropeScaling;
  return {
    architectures: ["LlamaForCausalLM"],
    attention_bias: false,
    attention_dropout: 0,
    head_dim: config.headDimension,
    hidden_act: "silu",
    hidden_size: config.hiddenSize,
    initializer_range: 0.02,
    intermediate_size: config.intermediateSize,
    max_position_embeddings: config.maximumPositions,
    mlp_bias: false,
    model_type: "llama",
    num_attention_heads: config.heads,
    num_hidden_layers: config.layers,
    num_key_value_heads: config.keyValueHeads,
    rms_norm_eps: config.rmsNormEpsilon,
    rope_scaling: scaling === undefined ? null : {
      factor: scaling.factor,
      high_freq_factor: scaling.highFrequencyFactor,
      low_freq_factor: scaling.lowFrequencyFactor,
      original_max_position_embeddings: scaling.originalMaximumPositions,
      rope_type: "llama3",
    },
    rope_theta: config.ropeTheta,
    tie_word_embeddings: config.tied,
    torch_dtype: "float32",
    use_cache: true,
    vocab_size: config.vocabularySize,
  };
}

function refuseOthers(json: JsonObject, where: string): void {
  if (json.model_type !== "llama") {
    throw unsupported(where, `the model type is ${show(json.model_type)}; Eddy computes 'llama'`);
  }
  const { architectures, layer_types: layerTypes } = json;
  if (Array.isArray(architectures) && !architectures.includes("LlamaForCausalLM")) {
    throw unsupported(where, `the architecture is ${show(architectures)}; Eddy computes 'LlamaForCausalLM'`);
  }
  if (Array.isArray(layerTypes) && layerTypes.some((type) => type !== "full_attention")) {
    throw unsupported(where, `'layer_types' has other than 'full_attention'`);
  }
  for (const [key, plain] of Object.entries(PLAIN)) {
    const value = json[key] ?? null;
    if (value !== null && value !== plain) throw unsupported(where, `'${key}' is ${show(value)}`);
  }
}

function readRope(json: JsonObject, where: string): Pick<LlamaConfig, "ropeTheta" | "ropeScaling"> {
  const given = json.rope_parameters ?? json.rope_scaling ?? {};
  if (typeof given !== "object" || Array.isArray(given)) throw invalid(where, "the rope settings are not an object");
  const rope = ((given as JsonObject).full_attention ?? given) as JsonObject;
  const positive = (source: JsonObject, key: string, fallback?: number): number =>
    number(source, key, where, fallback, (value) => value > 0);
  const ropeTheta = positive({ rope_theta: rope.rope_theta ?? json.rope_theta }, "rope_theta", 10_000);
  if ((rope.partial_rotary_factor ?? 1) !== 1) throw unsupported(where, "'partial_rotary_factor' is not 1");
  const type = rope.rope_type ?? rope.type ?? "default";
  if (type === "default") return { ropeTheta };
  if (type !== "llama3") {
    throw unsupported(where, `the rope type is ${show(type)}; Eddy computes 'default' and 'llama3'`);
  }
  return {
    ropeTheta,
    ropeScaling: {
      factor: positive(rope, "factor"),
      lowFrequencyFactor: positive(rope, "low_freq_factor"),
      highFrequencyFactor: positive(rope, "high_freq_factor"),
      originalMaximumPositions: positive(rope, "original_max_position_embeddings"),
    },
  };
}

function number(
  json: JsonObject,
  key: string,
  where: string,
  fallback: number | undefined,
  holds: (value: number) => boolean,
): number {
  const value = json[key] ?? fallback;
  if (typeof value !== "number" || !holds(value) || !Number.isFinite(value)) {
    throw invalid(where, `'${key}' is ${show(value)}`);
  }
  return value;
}

/** Not through JSON.stringify: a hostile file nests deeper than the stack. */
function show(value: unknown): string {
  if (Array.isArray(value)) return `[${value.slice(0, 3).map((each) => typeof each === "object" ? "…" : each)}]`;
  return typeof value === "object" && value !== null ? "an object" : `'${String(value).slice(0, 80)}'`;
}

function invalid(where: string, reason: string): EddyError {
  return new EddyError("checkpoint_invalid", `Cannot read '${where}': ${reason}`);
}

function unsupported(where: string, reason: string): EddyError {
  return new EddyError("model_unsupported", `Cannot load '${where}': ${reason}`);
}
