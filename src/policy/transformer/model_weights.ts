import {
  joinParts,
  type ModelConfig,
  modelTensors,
  splitParts,
  storedTensors,
  type Tensor,
} from "../checkpoint/mod.ts";
import type { PolicySnapshot } from "../policy.ts";
import type { TransformerModel } from "./initialize_transformer.ts";

/** Name of the tensor that holds both optimiser moments, [2, parameters]. */
export const MOMENTS = "optimizer.moments";

/** Eddy's own tensors beside a model's. */
const VALUE_HEAD = ["value_head.weight", "value_head.bias"];

/** Puts a snapshot's tensors into a model of the same shape. */
export function writeTensors(model: TransformerModel, { tensors }: PolicySnapshot, config: ModelConfig): void {
  const shapes = modelTensors(config);
  const stored = new Map(storedTensors(config).map((each) => [each.name, each]));
  for (const [name, { values }] of tensors) {
    const known = stored.get(name);
    if (name === MOMENTS) model.writeMoments(values);
    else if (known === undefined) model.writeTensor(name, values);
    else for (const [part, own] of splitParts(known, values, shapes)) model.writeTensor(part, own);
  }
}

/**
 * A model's weights by the names and in the order of its architecture's files, the value head behind them.
 *
 * @param read Reads one tensor of the model, e.g. its gradient instead of its values.
 */
export function readTensors(
  model: TransformerModel,
  config: ModelConfig,
  read: (name: string) => Float32Array = (name) => model.readTensor(name),
): Map<string, Tensor> {
  const part = (name: string): Tensor => ({ shape: [...model.tensorShape(name)], values: read(name) });
  const tensors = new Map<string, Tensor>();
  for (const stored of storedTensors(config)) tensors.set(stored.name, joinParts(stored, part));
  for (const name of VALUE_HEAD) tensors.set(name, part(name));
  return tensors;
}
