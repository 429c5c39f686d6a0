import type { Kernels } from "../../kernels/mod.ts";
import type { GemmFigure } from "./gemm.ts";

const ROUNDS = 40;

/** The same softmax, written plainly. */
function plain(logits: Float32Array): Float32Array {
  let largest = -Infinity;
  for (const x of logits) largest = Math.max(largest, x);
  let sum = 0;
  for (const x of logits) sum += Math.exp(x - largest);
  return logits.map((x) => Math.exp(x - largest) / sum);
}

/** Million entries a second of the best of many runs. */
function rate(logits: Float32Array, softmax: (logits: Float32Array) => Float32Array): number {
  const times = Math.ceil(50_000 / logits.length);
  let best = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    for (let i = 0; i < times; i++) softmax(logits);
    best = Math.max(best, times * logits.length / (performance.now() - start) / 1e3);
  }
  return best;
}

/** Measures one row of softmax, with the copies in and out, against the plain loop in JavaScript. */
export function benchSoftmax(kernels: Kernels): GemmFigure[] {
  return [64, 512, 8192].map((count) => {
    const logits = Float32Array.from({ length: count }, (_, i) => Math.sin(i) * 5);
    const value = rate(logits, (x) => kernels.probabilities(x, undefined, 1));
    const reference = rate(logits, plain);
    const against = `plain JavaScript, ${reference.toFixed(0)} M/s`;
    return { name: `softmax ${count}`, value, unit: "M entries/s", ratio: value / reference, against };
  });
}
