import { ARCHITECTURES } from "./architecture/mod.ts";
import type { ModelConfig } from "./model_config.ts";
import { modelTensors } from "./model_tensors.ts";
import type { Tensor } from "./safetensors.ts";

/** A tensor of a model folder, as the model's own tensors: side by side along the first axis, perhaps transposed. */
export interface StoredTensor {
  /** Name in the file. */
  readonly name: string;
  /** The model's tensors, in order. */
  readonly parts: readonly string[];
  /** The file has [in, out] where the model has [out, in]. */
  readonly transposed?: boolean;
}

/** All tensors of a model folder; the value head is Eddy's own and not here. */
export function storedTensors(config: ModelConfig): readonly StoredTensor[] {
  const { stored } = ARCHITECTURES.get(config.modelType ?? "llama") ?? {};
  return stored?.(config) ?? [...modelTensors(config).keys()].map((name) => ({ name, parts: [name] }));
}

/** Shape of a stored tensor. @param shapes Those of the model's tensors. */
export function storedShape(stored: StoredTensor, shapes: ReadonlyMap<string, readonly number[]>): readonly number[] {
  const parts = stored.parts.map((part) => shapes.get(part)!);
  const rows = parts.reduce((sum, shape) => sum + shape[0], 0);
  const shape = [rows, ...parts[0].slice(1)];
  return stored.transposed ? shape.reverse() : shape;
}

/** A stored tensor put together from the model's; one that is the model's own is not copied. */
export function joinParts(stored: StoredTensor, part: (name: string) => Tensor): Tensor {
  const parts = stored.parts.map(part);
  if (parts.length === 1 && !stored.transposed) return parts[0];
  const shape = storedShape(stored, new Map(stored.parts.map((name, i) => [name, parts[i].shape])));
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  let at = 0;
  for (const { values: own } of parts) {
    values.set(own, at);
    at += own.length;
  }
  return { shape, values: stored.transposed ? transpose(values, shape[1], shape[0]) : values };
}

/** A stored tensor taken apart; parts of one that is not transposed are views of it. */
export function splitParts(
  stored: StoredTensor,
  values: Float32Array,
  shapes: ReadonlyMap<string, readonly number[]>,
): Map<string, Float32Array> {
  const [rows, columns] = storedShape(stored, shapes);
  const straight = stored.transposed ? transpose(values, rows, columns) : values;
  let at = 0;
  return new Map(stored.parts.map((name) => {
    const length = shapes.get(name)!.reduce((product, size) => product * size, 1);
    return [name, straight.subarray(at, at += length)];
  }));
}

/** [rows, columns] as [columns, rows]. */
function transpose(values: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) out[j * rows + i] = values[i * columns + j];
  }
  return out;
}
