import type { ConfigReader } from "../config_reader.ts";
import { showValue } from "../config_reader.ts";
import type { Activation, ModelConfig } from "../model_config.ts";
import { readRope } from "./_rope.ts";

/** What config.json may leave out, where the architectures differ. */
export interface DecoderDefaults {
  readonly tied?: boolean;
  readonly headDimension?: number;
  readonly normEpsilon?: number;
  readonly maximumPositions?: number;
  /** Rotations may turn a part of each head. */
  readonly partialRotary?: boolean;
}

/** Settings of any architecture that change the arithmetic, and the only value of each that is computed. */
const PLAIN = { quantization_config: null, is_decoder: false, add_cross_attention: false };

/** The sizes that all architectures in Llama's words share. */
export function readDecoder(reader: ConfigReader, modelType: string, defaults: DecoderDefaults = {}): ModelConfig {
  const { natural } = reader;
  reader.only(PLAIN);
  const hiddenSize = natural("hidden_size");
  const heads = natural("num_attention_heads");
  const headDimension = natural("head_dim", defaults.headDimension ?? hiddenSize / heads);
  const share = defaults.partialRotary ? readShare(reader) : 1;
  if (!defaults.partialRotary) refusePartialRotary(reader);
  const rotaryDimension = Math.floor(headDimension * share);
  if (share !== 1 && rotaryDimension % 2 !== 0) {
    reader.unsupported(`${rotaryDimension} numbers of a head turn, an odd number`);
  }
  const config: ModelConfig = {
    ...(modelType === "llama" ? {} : { modelType }),
    vocabularySize: natural("vocab_size"),
    hiddenSize,
    layers: natural("num_hidden_layers", undefined, 10_000),
    heads,
    keyValueHeads: natural("num_key_value_heads", heads),
    headDimension,
    intermediateSize: natural("intermediate_size"),
    maximumPositions: natural("max_position_embeddings", defaults.maximumPositions ?? 2048, 2 ** 22),
    ...readRope(reader, "full_attention", rotaryDimension),
    ...(share === 1 ? {} : { rotaryDimension }),
    normEpsilon: readEpsilon(reader, "rms_norm_eps", defaults.normEpsilon ?? 1e-6),
    tied: reader.flag("tie_word_embeddings", defaults.tied ?? false),
  };
  checkHeads(reader, config);
  return config;
}

/** Refuses heads that do not divide or cannot turn. */
export function checkHeads(reader: ConfigReader, { heads, keyValueHeads, headDimension }: ModelConfig): void {
  if (heads % keyValueHeads !== 0) reader.invalid(`${keyValueHeads} key-value heads do not divide ${heads} heads`);
  if (headDimension % 2 !== 0) reader.invalid(`the head dimension ${headDimension} is odd`);
}

/** What keeps a norm from dividing by 0. */
export function readEpsilon(reader: ConfigReader, key: string, fallback: number): number {
  const epsilon = reader.positive(key, fallback);
  return epsilon < 1 ? epsilon : reader.invalid(`'${key}' is ${showValue(epsilon)}`);
}

const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  silu: "silu",
  swish: "silu",
  gelu: "gelu",
  gelu_new: "gelu-tanh",
  gelu_fast: "gelu-tanh",
  gelu_pytorch_tanh: "gelu-tanh",
};

/** The function inside the feed-forward. */
export function readActivation(reader: ConfigReader, keys: readonly string[], fallback: string): Activation {
  const key = keys.find((key) => (reader.json[key] ?? null) !== null) ?? keys[0];
  const name = reader.json[key] ?? fallback;
  const known = typeof name === "string" && Object.hasOwn(ACTIVATIONS, name) ? ACTIVATIONS[name] : undefined;
  return known ?? reader.unsupported(`'${key}' is ${showValue(name)}`);
}

/** Which layers slide over how many positions; `slides` decides where config.json has no `layer_types`. */
export function readWindows(
  reader: ConfigReader,
  layers: number,
  slides: (layer: number) => boolean,
  fallback?: number,
): number[] {
  const types = reader.json.layer_types ?? null;
  if (types !== null && (!Array.isArray(types) || types.length !== layers)) {
    return reader.invalid(`'layer_types' is no list of ${layers} names`);
  }
  const sliding = (layer: number): boolean => {
    if (types === null) return slides(layer);
    if (types[layer] !== "sliding_attention" && types[layer] !== "full_attention") {
      return reader.unsupported(`'layer_types' has ${showValue(types[layer])}`);
    }
    return types[layer] === "sliding_attention";
  };
  const which = Array.from({ length: layers }, (_, layer) => sliding(layer));
  if (!which.includes(true)) return [];
  const window = reader.natural("sliding_window", fallback);
  return which.map((slides) => slides ? window : 0);
}

/** A cap, or 0 where there is none; `absent` stands for a key that is not there, and null means none. */
export function readCap(reader: ConfigReader, key: string, absent = 0): number {
  if (reader.json[key] === null || (reader.json[key] === undefined && absent === 0)) return 0;
  return reader.positive(key, absent);
}

/** A float32 that is 1 over the root of another: bit for bit what the kernels compute. */
export function inverseRoot(x: number): number {
  return Math.fround(1 / Math.fround(Math.sqrt(x)));
}

function ropeObject({ json }: ConfigReader): Readonly<Record<string, unknown>> {
  const given = json.rope_parameters ?? json.rope_scaling ?? {};
  return typeof given === "object" ? given as Record<string, unknown> : {};
}

function readShare(reader: ConfigReader): number {
  const inner = reader.inside({
    partial_rotary_factor: ropeObject(reader).partial_rotary_factor ?? reader.json.partial_rotary_factor,
  });
  const share = inner.positive("partial_rotary_factor", 1);
  return share <= 1 ? share : reader.invalid(`'partial_rotary_factor' is ${share}`);
}

function refusePartialRotary(reader: ConfigReader): void {
  reader.only({ partial_rotary_factor: 1 });
  reader.inside(ropeObject(reader)).only({ partial_rotary_factor: 1 });
}
