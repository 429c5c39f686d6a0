import { cpuUsage } from "node:process";
import { kernelMemoryBytes, type Kernels } from "../../kernels/mod.ts";
import type { Measurement } from "../bench.ts";
import { BENCH_MODELS, HEAD_DIMENSION, NORM_EPSILON, ROPE_THETA, weightsOf } from "../peers/bench_model.ts";
import { randomPackedModel } from "../peers/random_packed_model.ts";

type Model = InstanceType<Kernels["Transformer"] | Kernels["PackedTransformer"]>;

/** Tokens of an update: one sequence, every one of its tokens learned. */
const TOKENS = 512;
const RANK = 8;
const ROUNDS = 3;
const PEAK_ITERATIONS = 1_000_000;
const NO_MASK = 0xffffffff;

/** SmolLM2-135M. */
const [SIZES] = BENCH_MODELS;

/** How weights are held, from the least memory to the most: what was once taken is not given back. */
const ARMS: readonly (readonly [name: string, open: (kernels: Kernels) => Model])[] = [
  ["e4, head q8", (kernels) => randomPackedModel(kernels, SIZES, "e4", "q8")],
  ["e7, head e7", (kernels) => randomPackedModel(kernels, SIZES, "e7", "e7")],
  ["q8, head q8", (kernels) => randomPackedModel(kernels, SIZES, "q8", "q8")],
  ["f32, layers run again", (kernels) => createPlainModel(kernels, true)],
  ["f32", (kernels) => createPlainModel(kernels, false)],
];

function createPlainModel(kernels: Kernels, checkpoints: boolean): Model {
  const { vocabulary, hidden, layers, heads, keyValueHeads, intermediate } = SIZES;
  const model = new kernels.Transformer(
    ...[vocabulary, hidden, layers, heads, keyValueHeads, HEAD_DIMENSION, intermediate, TOKENS] as const,
    ...[ROPE_THETA, NORM_EPSILON, true] as const,
  );
  model.initialize(1n);
  model.checkpointLayers(checkpoints);
  return model;
}

/** An adapter beside all products of the 135M shape, as `all-linear` has it. @returns Its number; it learns. */
export function adaptAll(model: Model): number {
  const { hidden, layers, heads, keyValueHeads, intermediate } = SIZES;
  const [query, key] = [heads * HEAD_DIMENSION, keyValueHeads * HEAD_DIMENSION];
  const products = [
    [0, 0, query],
    [0, query, key],
    [0, query + key, key],
    [1, 0, hidden],
    [2, 0, intermediate],
    [2, intermediate, intermediate],
    [3, 0, hidden],
  ];
  const targets = Array.from({ length: layers }, (_, layer) => products.flatMap((part) => [layer, ...part, RANK]))
    .flat();
  const id = model.addAdapter(Uint32Array.from(targets), new Float32Array(targets.length / 5).fill(2), 1n);
  model.learnAdapter(id);
  return id;
}

/** CPU time, so that waiting for a core does not count. */
function seconds(work: () => void): number {
  const start = cpuUsage();
  work();
  const { user, system } = cpuUsage(start);
  return (user + system) / 1e6;
}

/**
 * `deno task bench lora`: one update of an adapter of rank 8 beside a 135M model with random weights: forward, every token
 * scored, backward, AdamW. Tokens a second, as a share of what a loop of nothing but multiply-adds would reach at 4·N FLOP a
 * token; and memory, against the weights as they are held.
 */
export function benchLora(kernels: Kernels): Measurement[] {
  const range = Uint32Array.from({ length: TOKENS }, (_, i) => i);
  const tokens = range.map((i) => (i * 2654435761) % SIZES.vocabulary);
  const targets = tokens.map((_, i) => tokens[(i + 1) % TOKENS]);
  const [unmasked, none] = [new Uint32Array(TOKENS).fill(NO_MASK), new Uint32Array()];
  const [down, flat] = [new Float32Array(TOKENS).fill(-1 / TOKENS), new Float32Array(TOKENS)];
  const { layerWeights, headWeights } = weightsOf(SIZES);
  const before = kernelMemoryBytes(kernels);
  return ARMS.flatMap(([name, open]) => {
    using model = open(kernels);
    const weightBytes = "weightBytes" in model ? model.weightBytes : 4 * model.parameterCount;
    const id = adaptAll(model);
    const update = (): void => {
      model.forward(tokens, Uint32Array.of(TOKENS));
      model.score(range, targets, unmasked, none, 1).free();
      model.backward(down, flat, none, new Float32Array());
      model.adapterAdamw(id, 1e-4, 0.9, 0.999, 1e-8, 0, 1);
    };
    let [time, peak] = [Infinity, 0];
    for (let round = 0; round < ROUNDS; round++) {
      time = Math.min(time, seconds(update));
      peak = Math.max(peak, PEAK_ITERATIONS * 96 / seconds(() => kernels.peakMultiplyAdds(PEAK_ITERATIONS)));
    }
    const bytes = kernelMemoryBytes(kernels) - before;
    const speed = 4 * (layerWeights + headWeights) * TOKENS / time / peak;
    return [
      { name: `135m ${name}`, value: TOKENS / time, unit: "token/s", ratio: speed, against: "peak loop at 4·N FLOP" },
      {
        ...{ name: `135m ${name}, memory`, value: bytes / 2 ** 20, unit: "MiB" },
        ...{ ratio: bytes / weightBytes, against: "bytes of the weights" },
      },
    ];
  });
}
