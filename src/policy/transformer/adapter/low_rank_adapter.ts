import { EddyError } from "../../../errors.ts";
import type { ModelConfig, Tensor } from "../../checkpoint/mod.ts";
import type { ActingModel } from "../acting_model.ts";
import { type AdapterTarget, adapterTargets } from "./adapter_targets.ts";
import type { LoraConfig } from "./lora_config.ts";

/** A low-rank adapter that is resident beside a model. */
export interface LowRankAdapter {
  /** Its number within the model. */
  readonly id: number;
  /** Its shape. */
  readonly config: LoraConfig;
  /** The products that it stands beside, in the order of its numbers. */
  readonly targets: readonly AdapterTarget[];
  /** Its numbers, the value head's among them. */
  readonly parameterCount: number;
}

/**
 * Puts a new adapter beside a model's weights. It changes nothing yet:
 *
 * ```text
 * y = W·x + scale · B·(A·x)          A uniform in ±1/√in,  B = 0,  scale = alpha/rank  (rsLora: alpha/√rank)
 * ```
 *
 * @param seed Equal seeds give equal A; with null all numbers are 0, to be written.
 * @throws {EddyError} As `adapterTargets`.
 * @see Hu et al. 2021, "LoRA", arXiv 2106.09685.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { initializeTransformer, loadKernels, openAdapter } from "@eddy/eddy";
 * const { model, config } = initializeTransformer(await loadKernels(), { vocabularySize: 300 }, 7);
 * const adapter = openAdapter(model, config, { rank: 4, alpha: 8, targetModules: ["q_proj", "v_proj"] });
 * assert.equal(adapter.targets.length, 2 * config.layers);
 * model.free();
 * ```
 */
export function openAdapter(
  model: ActingModel,
  config: ModelConfig,
  lora: LoraConfig,
  seed: number | null = 0,
): LowRankAdapter {
  const targets = adapterTargets(config, lora);
  const numbers = targets.flatMap(({ layer, part, first, outer, rank }) => [layer, part, first, outer, rank]);
  const scales = Float32Array.from(targets, ({ scale }) => scale);
  const id = model.addAdapter(Uint32Array.from(numbers), scales, seed === null ? undefined : BigInt(seed));
  const count = targets.reduce((sum, { inner, outer, rank }) => sum + rank * (inner + outer), 0);
  return { id, config: lora, targets, parameterCount: count + config.hiddenSize + 1 };
}

/** An adapter's tensors by PEFT's names, and Eddy's value head behind them. @param values Its numbers, or their gradient. */
export function adapterTensors(adapter: LowRankAdapter, values: Float32Array): Map<string, Tensor> {
  let at = 0;
  return new Map(
    places(adapter, values.length).map((
      { name, shape, size },
    ) => [name, { shape, values: values.slice(at, at += size) }]),
  );
}

/**
 * An adapter's numbers from tensors by PEFT's names; a value head that is not among them is 0.
 *
 * @throws {EddyError} `checkpoint_invalid` If a tensor is missing, has another shape, or belongs to nothing.
 */
export function adapterNumbers(adapter: LowRankAdapter, tensors: ReadonlyMap<string, Tensor>): Float32Array {
  const values = new Float32Array(adapter.parameterCount);
  const expected = places(adapter, values.length);
  const refuse = (state: string): never => {
    throw new EddyError("checkpoint_invalid", `Cannot use the adapter: ${state}`);
  };
  const names = new Set(expected.map(({ name }) => name));
  for (const name of tensors.keys()) if (!names.has(name)) refuse(`its tensor '${name}' belongs to no product`);
  let at = 0;
  for (const { name, shape, size } of expected) {
    const tensor = tensors.get(name);
    if (tensor === undefined && !name.startsWith("value_head.")) refuse(`its tensor '${name}' is missing`);
    if (tensor !== undefined) {
      if (tensor.shape.join() !== shape.join()) {
        refuse(`'${name}' has the shape [${tensor.shape}], expected [${shape}]`);
      }
      values.set(tensor.values, at);
    }
    at += size;
  }
  return values;
}

/** What an adapter's numbers are, one after the other. */
function places(
  { targets }: LowRankAdapter,
  count: number,
): { readonly name: string; readonly shape: readonly number[]; readonly size: number }[] {
  const matrix = (name: string, ...shape: [number, number]) => ({ name, shape, size: shape[0] * shape[1] });
  const products = targets.flatMap(({ module, inner, outer, rank }) => [
    matrix(`base_model.model.${module}.lora_A.weight`, rank, inner),
    matrix(`base_model.model.${module}.lora_B.weight`, outer, rank),
  ]);
  const hidden = count - products.reduce((sum, { size }) => sum + size, 0) - 1;
  return [...products, matrix("value_head.weight", 1, hidden), { name: "value_head.bias", shape: [1], size: 1 }];
}
