import { existsSync } from "node:fs";
import { join } from "node:path";
import { EddyError } from "../../../errors.ts";
import type { Kernels } from "../../../kernels/mod.ts";
import { loadCheckpoint, type ModelPiece, type ModelSource, modelTensors, type Tensor } from "../../checkpoint/mod.ts";
import { rowNumbers } from "../../checkpoint/encode_rows.ts";
import { modelRow } from "../../checkpoint/write_piece.ts";
import { type AdapterTarget, adapterTargets } from "./adapter_targets.ts";
import { readLoraConfig } from "./lora_config.ts";

/**
 * A model's source whose rows have an adapter's products added as they are read, `W ← W + scale · B · A`: the bits of
 * `mergeAdapter`, without the model in memory. An adapter's value head is left out. Disposing
 * it closes the model's source.
 *
 * @param folder Of the adapter: PEFT's, or a run's or version's of Eddy.
 * @throws {EddyError} As `loadCheckpoint`, `readLoraConfig` and `adapterTargets`; `checkpoint_invalid` If a tensor is
 * missing, has another shape, or belongs to no product.
 */
export function mergedSource(kernels: Kernels, source: ModelSource, folder: string): ModelSource {
  const { tensors, files } = loadCheckpoint(folder, kernels);
  const text = files.get("adapter_config.json");
  const refuse = (state: string): never => {
    throw new EddyError("checkpoint_invalid", `Cannot merge the adapter '${folder}': ${state}`);
  };
  if (text === undefined) {
    const has = existsSync(join(folder, "config.json")) ? "it is a model" : "it has no adapter_config.json";
    return refuse(has);
  }
  const lora = readLoraConfig(JSON.parse(text), join(folder, "adapter_config.json"));
  const products = productsOf(adapterTargets(source.config, lora), source, tensors, refuse);
  const known = new Set([...products.values()].flatMap(({ names }) => names));
  for (const name of tensors.keys()) {
    if (!known.has(name) && !/^(value_head|optimizer)\./.test(name)) refuse(`'${name}' belongs to no product`);
  }
  const shapes = modelTensors(source.config);
  return {
    config: source.config,
    configJson: source.configJson,
    files: source.files,
    *pieces(wants): Generator<ModelPiece> {
      for (const piece of source.pieces(wants)) {
        const product = products.get(piece.name);
        yield product === undefined ? piece : added(kernels, piece, product, shapes.get(piece.name)![0]);
      }
    },
    [Symbol.dispose]: () => source[Symbol.dispose](),
  };
}

/** What is added to one of the model's tensors. */
interface Product {
  readonly a: Float32Array;
  readonly b: Float32Array;
  readonly target: AdapterTarget;
  /** Row of B that the tensor's first one has. */
  readonly first: number;
  readonly names: readonly string[];
}

function productsOf(
  targets: readonly AdapterTarget[],
  { config }: ModelSource,
  tensors: ReadonlyMap<string, Tensor>,
  refuse: (state: string) => never,
): Map<string, Product> {
  const shapes = modelTensors(config);
  const products = new Map<string, Product>();
  for (const target of targets) {
    const { module, inner, outer, rank } = target;
    const take = (kind: string, ...shape: number[]): Float32Array => {
      const name = `base_model.model.${module}.lora_${kind}.weight`;
      const tensor = tensors.get(name) ?? refuse(`its tensor '${name}' is missing`);
      if (tensor.shape.join() !== shape.join()) {
        refuse(`'${name}' has the shape [${tensor.shape}], expected [${shape}]`);
      }
      return tensor.values;
    };
    const a = take("A", rank, inner), b = take("B", outer, rank);
    const names = ["A", "B"].map((kind) => `base_model.model.${module}.lora_${kind}.weight`);
    let first = 0;
    for (const name of target.tensors) {
      products.set(name, { a, b, target, first, names });
      first += shapes.get(name)![0];
    }
  }
  return products;
}

function added(kernels: Kernels, piece: ModelPiece, { a, b, target, first }: Product, rows: number): ModelPiece {
  const { inner, rank, scale } = target;
  const weights = rowNumbers(kernels, piece.typeId, piece.bytes).slice();
  for (let at = 0; at < weights.length / inner; at++) {
    const row = first + modelRow(piece.first + at, rows, piece.pairedHeads);
    for (let r = 0; r < rank; r++) {
      const factor = scale * b[row * rank + r];
      for (let i = 0; i < inner; i++) weights[at * inner + i] += factor * a[r * inner + i];
    }
  }
  return { ...piece, typeId: 0, bytes: new Uint8Array(weights.buffer) };
}
