import type { Kernels } from "../../kernels/mod.ts";
import type { PackedTransformerModel } from "../../policy/mod.ts";
import {
  type BenchModel,
  CONTEXT,
  HEAD_DIMENSION,
  NORM_EPSILON,
  PIECE,
  randomBlocks,
  ROPE_THETA,
} from "./bench_model.ts";

/** A model with random weights of usual size: blocks of Q8_0 whose integers fit seven bits, or of Q4_0. */
export function randomPackedModel(
  kernels: Kernels,
  sizes: BenchModel,
  format: string,
  headFormat: string,
): PackedTransformerModel {
  const { vocabulary, hidden, layers, heads, keyValueHeads, intermediate } = sizes;
  const model = new kernels.PackedTransformer(
    ...[vocabulary, hidden, layers, heads, keyValueHeads, HEAD_DIMENSION, intermediate, 2 * CONTEXT] as const,
    ...[ROPE_THETA, NORM_EPSILON, true, format, headFormat, "f16"] as const,
  );
  const fours = randomBlocks(true), eights = randomBlocks(false);
  for (const name of model.tensorNames()) {
    const [rows, width] = model.tensorShape(name);
    if (width === undefined || name.startsWith("value_head")) continue;
    const four = (name.includes("embed") ? headFormat : format) === "e4";
    const rowBytes = width / 32 * (four ? 18 : 34), step = Math.floor(PIECE / rowBytes);
    const bytes = four ? fours : eights;
    for (let first = 0; first < rows; first += step) {
      const count = Math.min(step, rows - first);
      model.writeRows(name, four ? 2 : 8, first, bytes.subarray(0, count * rowBytes), 0);
    }
  }
  return model;
}
