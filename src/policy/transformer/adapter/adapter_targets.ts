import { EddyError } from "../../../errors.ts";
import { LLAMA_BLOCKS, type ModelConfig, modelTensors, storedTensors } from "../../checkpoint/mod.ts";
import type { LoraConfig } from "./lora_config.ts";

/** One product that an adapter stands beside. */
export interface AdapterTarget {
  /** Name of the module in the model's files. */
  readonly module: string;
  /** The model's tensors that it is, side by side. */
  readonly tensors: readonly string[];
  /** Layer it is in. */
  readonly layer: number;
  /** Number of the product within the layer: 0 projections, 1 output, 2 gate and up, 3 down. */
  readonly part: number;
  /** Its first output within the product. */
  readonly first: number;
  /** Its outputs. */
  readonly outer: number;
  /** Its inputs. */
  readonly inner: number;
  /** Numbers between A and B. */
  readonly rank: number;
  /** Factor of the adapter's product. */
  readonly scale: number;
}

const PARTS: Readonly<Record<string, number>> = {
  q_proj: 0,
  k_proj: 0,
  v_proj: 0,
  o_proj: 1,
  gate_proj: 2,
  up_proj: 2,
  down_proj: 3,
};

/**
 * The products that an adapter's names mean in a model, in the order of the layers.
 *
 * @throws {EddyError} `model_unsupported` If a name means something else than a product of a layer; `checkpoint_invalid` If a
 * name means nothing in this model, or is no expression.
 */
export function adapterTargets(config: ModelConfig, lora: LoraConfig): AdapterTarget[] {
  const products = productsOf(config);
  const chosen = matcher(lora.targetModules), excluded = matcher(lora.excludeModules ?? []);
  const isIn = (layer: number): boolean => lora.layers === undefined || lora.layers.includes(layer);
  const all = lora.targetModules === "all-linear";
  refuseOthers(config, lora, products);
  const targets = products.flatMap((product): AdapterTarget[] => {
    const { module, layer } = product;
    if (!isIn(layer) || excluded(module) || !(all || chosen(module))) return [];
    const rank = patternOf(lora.rankPattern, module) ?? lora.rank;
    const alpha = patternOf(lora.alphaPattern, module) ?? lora.alpha;
    return [{ ...product, rank, scale: alpha / (lora.rsLora ? Math.sqrt(rank) : rank) }];
  });
  if (targets.length > 0) return targets;
  const names = [...new Set(products.map(({ module }) => module.split(".").at(-1)))];
  throw new EddyError(
    "checkpoint_invalid",
    `Cannot use the adapter: no product of the model is called ${JSON.stringify(lora.targetModules)}; it has ${names}`,
  );
}

type Product = Omit<AdapterTarget, "rank" | "scale">;

function productsOf(config: ModelConfig): Product[] {
  const shapes = modelTensors(config);
  return storedTensors(config).flatMap(({ name, parts }): Product[] => {
    const [, layer, last] = /^model\.layers\.(\d+)\..*\.(\w+)\.weight$/.exec(parts[0]) ?? [];
    const part = PARTS[last];
    if (part === undefined) return [];
    const outer = parts.reduce((sum, each) => sum + shapes.get(each)![0], 0);
    const module = name.slice(0, -".weight".length);
    return [{
      module,
      tensors: parts,
      layer: Number(layer),
      part,
      first: firstOf(config, last),
      outer,
      inner: shapes.get(parts[0])![1],
    }];
  });
}

/** Where a matrix begins among the outputs of its product. */
function firstOf(config: ModelConfig, name: string): number {
  const [queries, keys] = [config.heads * config.headDimension, config.keyValueHeads * config.headDimension];
  const { gated } = { ...LLAMA_BLOCKS, ...config.blocks };
  const starts: Readonly<Record<string, number>> = {
    k_proj: queries,
    v_proj: queries + keys,
    up_proj: gated ? config.intermediateSize : 0,
  };
  return starts[name] ?? 0;
}

/** Embeddings, heads and norms are no products of a layer: an adapter that changes them is not this adapter without them. */
function refuseOthers(config: ModelConfig, lora: LoraConfig, products: readonly Product[]): void {
  const known = new Set(products.map(({ module }) => module));
  const chosen = matcher(lora.targetModules);
  const names = [...storedTensors(config).map(({ name }) => name.replace(/\.(weight|bias)$/, "")), "lm_head"];
  const other = names.find((name) => !known.has(name) && chosen(name));
  if (other === undefined) return;
  throw new EddyError(
    "model_unsupported",
    `Cannot use the adapter: it changes '${other}', only layers' products are adapted`,
  );
}

function matcher(names: string | readonly string[]): (module: string) => boolean {
  if (typeof names === "string") {
    const whole = expression(`^(?:${names})$`);
    return (module) => whole.test(module);
  }
  return (module) => names.some((name) => module === name || module.endsWith(`.${name}`));
}

function patternOf(pattern: Readonly<Record<string, number>> | undefined, module: string): number | undefined {
  const key = Object.keys(pattern ?? {}).find((each) => expression(`^(?:.*\\.)?(?:${each})$`).test(module));
  return key === undefined ? undefined : pattern![key];
}

/** More repetitions could take longer than anybody waits. */
const MOST_REPETITIONS = 4;

function expression(source: string): RegExp {
  const refuse = (state: string, cause?: unknown): never => {
    throw new EddyError(
      "checkpoint_invalid",
      `Cannot use the adapter: the expression ${source.slice(0, 80)} ${state}`,
      {
        cause,
      },
    );
  };
  const repetitions = source.match(/[*+{]/g)?.length ?? 0;
  if (repetitions > MOST_REPETITIONS || /[*+}][^()|]*\)[*+{]/.test(source)) refuse("repeats too much");
  try {
    return new RegExp(source);
  } catch (cause) {
    return refuse("cannot be read", cause);
  }
}
