import type { TransformerModel } from "../initialize_transformer.ts";
import type { LowRankAdapter } from "./low_rank_adapter.ts";

/**
 * Adds an adapter's products to the model's own weights, `W ← W + scale · B · A`: the same function without the adapter, up to
 * rounding. The adapter stays; the value head is the adapter's own and is copied.
 */
export function mergeAdapter(model: TransformerModel, { id, targets }: LowRankAdapter): void {
  const numbers = model.readAdapter(id);
  let at = 0;
  for (const { tensors, inner, outer, rank, scale } of targets) {
    const a = numbers.subarray(at, at += rank * inner), b = numbers.subarray(at, at += outer * rank);
    let first = 0;
    for (const name of tensors) {
      const weights = model.readTensor(name);
      const rows = weights.length / inner;
      for (let row = 0; row < rows; row++) {
        for (let r = 0; r < rank; r++) {
          const factor = scale * b[(first + row) * rank + r];
          for (let i = 0; i < inner; i++) weights[row * inner + i] += factor * a[r * inner + i];
        }
      }
      model.writeTensor(name, weights);
      first += rows;
    }
  }
  model.writeTensor("value_head.weight", numbers.subarray(at, -1));
  model.writeTensor("value_head.bias", numbers.subarray(-1));
}
