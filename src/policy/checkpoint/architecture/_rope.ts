import { type ConfigReader, type JsonObject, showValue } from "../config_reader.ts";
import type { ModelConfig, RopeScaling } from "../model_config.ts";

/** Kinds of layers that may turn differently. */
export type LayerKind = "full_attention" | "sliding_attention";

/**
 * Rotations as transformers 4 (`rope_theta`, `rope_scaling`) or transformers 5 (`rope_parameters`, one object or one for
 * each kind of layer) writes them.
 *
 * @param rotaryDimension Numbers of a head that turn.
 */
export function readRope(
  reader: ConfigReader,
  kind: LayerKind,
  rotaryDimension: number,
): Pick<ModelConfig, "ropeTheta" | "ropeScaling"> {
  const { json } = reader;
  const given = json.rope_parameters ?? json.rope_scaling ?? {};
  if (typeof given !== "object" || Array.isArray(given)) reader.invalid("the rope settings are not an object");
  const rope = ((given as JsonObject)[kind] ?? given) as JsonObject;
  if (typeof rope !== "object" || Array.isArray(rope)) reader.invalid(`the rope settings of '${kind}' are no object`);
  const inner = reader.inside({
    ...rope,
    rope_theta: rope.rope_theta ?? json.rope_theta,
    original_max_position_embeddings: rope.original_max_position_embeddings ?? json.original_max_position_embeddings,
  });
  const ropeTheta = inner.positive("rope_theta", 10_000);
  const type = rope.rope_type ?? rope.type ?? "default";
  const read = typeof type === "string" && Object.hasOwn(SCALINGS, type) ? SCALINGS[type] : undefined;
  if (read === undefined) {
    return reader.unsupported(`the rope type is ${showValue(type)}; Eddy computes ${Object.keys(SCALINGS).join(", ")}`);
  }
  const scaling = read(inner, reader, rotaryDimension);
  return scaling === undefined ? { ropeTheta } : { ropeTheta, ropeScaling: scaling };
}

type ReadScaling = (rope: ConfigReader, all: ConfigReader, rotaryDimension: number) => RopeScaling | undefined;

const SCALINGS: Readonly<Record<string, ReadScaling>> = {
  default: () => undefined,
  linear: (rope) => ({ type: "linear", factor: rope.positive("factor") }),
  llama3: (rope) => ({
    type: "llama3",
    factor: rope.positive("factor"),
    lowFrequencyFactor: rope.positive("low_freq_factor"),
    highFrequencyFactor: rope.positive("high_freq_factor"),
    originalMaximumPositions: rope.positive("original_max_position_embeddings"),
  }),
  yarn: readYarn,
  longrope: readLongRope,
  su: readLongRope,
};

function readYarn(rope: ConfigReader, all: ConfigReader): RopeScaling {
  const original = originalPositions(rope, all);
  const factor = rope.positive("factor", all.natural("max_position_embeddings", 2048) / original);
  const magnitude = (scale: number): number => factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1;
  const { mscale, mscale_all_dim: mscaleAll } = rope.json;
  const fallback = mscale && mscaleAll
    ? magnitude(rope.positive("mscale")) / magnitude(rope.positive("mscale_all_dim"))
    : magnitude(1);
  return {
    type: "yarn",
    factor,
    betaFast: rope.positive("beta_fast", 32),
    betaSlow: rope.positive("beta_slow", 1),
    truncate: rope.flag("truncate", true),
    attentionFactor: rope.positive("attention_factor", fallback),
    originalMaximumPositions: original,
  };
}

function readLongRope(rope: ConfigReader, all: ConfigReader, rotaryDimension: number): RopeScaling {
  const original = originalPositions(rope, all);
  const factor = rope.positive("factor", all.natural("max_position_embeddings", 2048) / original);
  const fallback = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
  return {
    type: "longrope",
    shortFactors: readFactors(rope, "short_factor", rotaryDimension / 2),
    longFactors: readFactors(rope, "long_factor", rotaryDimension / 2),
    attentionFactor: rope.positive("attention_factor", fallback),
    originalMaximumPositions: original,
  };
}

function originalPositions(rope: ConfigReader, all: ConfigReader): number {
  return rope.natural("original_max_position_embeddings", all.natural("max_position_embeddings", 2048));
}

function readFactors(rope: ConfigReader, key: string, count: number): number[] {
  const factors = rope.json[key];
  const right = Array.isArray(factors) && factors.length === count &&
    factors.every((factor) => typeof factor === "number" && Number.isFinite(factor) && factor > 0);
  return right ? factors as number[] : rope.invalid(`'${key}' is no list of ${count} positive numbers`);
}
