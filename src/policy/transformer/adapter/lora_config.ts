import { configReader, type JsonObject, showValue } from "../../checkpoint/config_reader.ts";

/** Shape of a low-rank adapter, in the words of PEFT. */
export interface LoraConfig {
  /** Rank of the products that `rankPattern` does not name. */
  readonly rank: number;
  /** Numerator of the scale that `alphaPattern` does not name. */
  readonly alpha: number;
  /** The scale is alpha/√rank instead of alpha/rank (Kalajdzievski 2023, arXiv 2312.03732). Default false. */
  readonly rsLora?: boolean;
  /**
   * Names of modules, whole or their ends; `all-linear`; or an expression that matches whole names.
   */
  readonly targetModules: string | readonly string[];
  /** Modules that are left out all the same. */
  readonly excludeModules?: string | readonly string[];
  /** Layers that are adapted. Absent: all. */
  readonly layers?: readonly number[];
  /** Ends of module names, as expressions, to their rank. */
  readonly rankPattern?: Readonly<Record<string, number>>;
  /** Ends of module names, as expressions, to their alpha. */
  readonly alphaPattern?: Readonly<Record<string, number>>;
  /** What the adapter was trained beside: a folder or a name. */
  readonly base?: string;
}

/** Keys that change nothing of what a trained adapter computes. */
const HARMLESS = new Set([
  ...["auto_mapping", "base_model_name_or_path", "fan_in_fan_out", "inference_mode", "lora_dropout", "megatron_core"],
  ...["peft_type", "peft_version", "qalora_group_size", "revision", "runtime_config", "task_type"],
]);
/** Keys that are read. */
const READ = new Set([
  ...["r", "lora_alpha", "use_rslora", "target_modules", "exclude_modules", "layers_to_transform", "rank_pattern"],
  ...["alpha_pattern", "init_lora_weights", "bias"],
]);
/** Ways to begin that leave the base as it is; others subtract from it what they put into the adapter. */
const PLAIN_BEGINNINGS = [true, false, "gaussian", "orthogonal", "eva"];

/**
 * Reads an adapter_config.json.
 *
 * @param where Names the file in messages.
 * @throws {EddyError} `model_unsupported` If the adapter asks for arithmetic other than LoRA's: DoRA, biases, whole modules,
 * a changed base; `checkpoint_invalid` If a value is impossible.
 */
export function readLoraConfig(json: JsonObject, where: string): LoraConfig {
  const reader = configReader(json, where);
  if (json.peft_type !== "LORA") {
    reader.unsupported(`'peft_type' is ${showValue(json.peft_type)}, only LORA is computed`);
  }
  if (!["CAUSAL_LM", null, undefined].includes(json.task_type as string)) {
    reader.unsupported(`'task_type' is ${showValue(json.task_type)}`);
  }
  if (!["none", null, undefined].includes(json.bias as string)) reader.unsupported(`'bias' is ${showValue(json.bias)}`);
  if (!PLAIN_BEGINNINGS.includes((json.init_lora_weights ?? true) as boolean)) {
    reader.unsupported(`'init_lora_weights' is ${showValue(json.init_lora_weights)}: it changes the base's weights`);
  }
  for (const [key, value] of Object.entries(json)) {
    if (!HARMLESS.has(key) && !READ.has(key) && !isAbsent(value)) reader.unsupported(`'${key}' is ${showValue(value)}`);
  }
  const names = (key: string): string | readonly string[] | undefined => {
    const value = json[key] ?? undefined;
    const fits = typeof value === "string" || Array.isArray(value) && value.every((each) => typeof each === "string");
    return value === undefined || fits ? value as string : reader.invalid(`'${key}' is ${showValue(value)}`);
  };
  const pattern = (key: string): Record<string, number> => {
    const value = json[key] ?? {};
    const numbers = typeof value === "object" && !Array.isArray(value) &&
      Object.values(value).every((each) => typeof each === "number" && Number.isFinite(each) && each > 0);
    return numbers ? value as Record<string, number> : reader.invalid(`'${key}' is ${showValue(value)}`);
  };
  const layers = readLayers(json.layers_to_transform ?? undefined);
  if (layers === false) reader.invalid(`'layers_to_transform' is ${showValue(json.layers_to_transform)}`);
  const [targetModules, excludeModules] = [names("target_modules"), names("exclude_modules")];
  return {
    rank: reader.natural("r", 8, 4096),
    alpha: reader.positive("lora_alpha", 8),
    rsLora: reader.flag("use_rslora", false),
    targetModules: targetModules ?? reader.invalid("'target_modules' is missing"),
    ...(excludeModules === undefined ? {} : { excludeModules }),
    ...(layers ? { layers } : {}),
    rankPattern: pattern("rank_pattern"),
    alphaPattern: pattern("alpha_pattern"),
    ...(typeof json.base_model_name_or_path === "string" ? { base: json.base_model_name_or_path } : {}),
  };
}

/** The adapter_config.json that PEFT loads. @param transposed Whether the base stores its matrices [in, out]. */
export function writeLoraConfig(lora: LoraConfig, transposed: boolean): JsonObject {
  return {
    peft_type: "LORA",
    task_type: "CAUSAL_LM",
    base_model_name_or_path: lora.base ?? null,
    inference_mode: true,
    r: lora.rank,
    lora_alpha: lora.alpha,
    use_rslora: lora.rsLora ?? false,
    use_dora: false,
    lora_dropout: 0,
    bias: "none",
    fan_in_fan_out: transposed,
    init_lora_weights: true,
    target_modules: lora.targetModules,
    exclude_modules: lora.excludeModules ?? null,
    layers_to_transform: lora.layers ?? null,
    rank_pattern: lora.rankPattern ?? {},
    alpha_pattern: lora.alphaPattern ?? {},
    modules_to_save: null,
  };
}

function readLayers(value: unknown): readonly number[] | undefined | false {
  const layers = typeof value === "number" ? [value] : value;
  if (layers === undefined) return undefined;
  return Array.isArray(layers) && layers.every((layer) => Number.isInteger(layer) && layer >= 0) && layers;
}

/** Null, false, empty. */
function isAbsent(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
  return value === null || value === undefined || value === false || value === "";
}
