import { cpuUsage } from "node:process";
import type { Kernels } from "../../kernels/mod.ts";

/** One measured figure; `ratio` is its share of `against`, measured in the same run. */
export interface TransformerFigure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly ratio: number;
  readonly against: string;
}

type Model = InstanceType<Kernels["Transformer"]>;

const NO_MASK = 0xffffffff;
const VOCABULARY = 512;
const BATCH = 16;
const LENGTH = 128;
const ROUNDS = 7;
const PEAK_ITERATIONS = 1_000_000;

const range = (n: number): Uint32Array => Uint32Array.from({ length: n }, (_, i) => i);

/** A model of the width; the intermediate size as in the recorded figures of other programs: 222 k, 845 k, 3.25 M parameters at 4 layers. */
function create(kernels: Kernels, width: number, layers: number): Model {
  const heads = Math.max(2, width / 32);
  const intermediate = Math.floor(width / 6) * 16;
  const model = new kernels.Transformer(
    VOCABULARY,
    width,
    layers,
    heads,
    heads,
    width / heads,
    intermediate,
    1024,
    1e4,
    1e-5,
    true,
  );
  model.initialize(1n);
  return model;
}

/** CPU time, so that waiting for a core does not count. */
function seconds(work: () => void): number {
  const start = cpuUsage();
  work();
  const { user, system } = cpuUsage(start);
  return (user + system) / 1e6;
}

/** Best time of several rounds of `work` and of the peak loop, taken in turns: what else runs disturbs both. */
function best(kernels: Kernels, work: () => void): { time: number; peak: number } {
  work();
  let [time, peak] = [Infinity, 0];
  for (let round = 0; round < ROUNDS; round++) {
    time = Math.min(time, seconds(work));
    peak = Math.max(peak, PEAK_ITERATIONS * 96 / seconds(() => kernels.peakMultiplyAdds(PEAK_ITERATIONS)));
  }
  return { time, peak };
}

/** Forward, score of all rows, backward and AdamW on 16 sequences of 128 tokens; 6·N FLOP a token against the peak. */
function training(kernels: Kernels, width: number): TransformerFigure {
  using model = create(kernels, width, 4);
  const rows = BATCH * LENGTH;
  const tokens = range(rows).map((i) => (i * 2654435761) % VOCABULARY);
  const [lengths, all] = [new Uint32Array(BATCH).fill(LENGTH), range(rows)];
  const [unmasked, none] = [new Uint32Array(rows).fill(NO_MASK), new Uint32Array()];
  const [down, flat] = [new Float32Array(rows).fill(-1 / rows), new Float32Array(rows)];
  const { time, peak } = best(kernels, () => {
    model.forward(tokens, lengths);
    model.score(all, tokens, unmasked, none, 1).free();
    model.backward(down, flat, none, new Float32Array());
    model.adamw(1e-3, 0.9, 0.95, 1e-8, 0, 1);
  });
  const ratio = 6 * model.parameterCount * rows / time / peak;
  return { name: `train width ${width}`, value: rows / time, unit: "token/s", ratio, against: "peak multiply-adds" };
}

/** One token each for many slots, from a short context on; 2·N FLOP a token against the peak. */
function decoding(kernels: Kernels, slots: number): TransformerFigure {
  using model = create(kernels, 64, 3);
  const [ids, ones] = [Uint32Array.from({ length: slots }, () => model.openSlot()), new Uint32Array(slots).fill(1)];
  const [unmasked, none, seeds] = [new Uint32Array(slots).fill(NO_MASK), new Uint32Array(), new BigUint64Array(slots)];
  const steps = 32;
  const { time, peak } = best(kernels, () => {
    for (const id of ids) model.truncateSlot(id, 0);
    let tokens: Uint32Array = ones;
    for (let step = 0; step < steps; step++) {
      model.feed(ids, ones, tokens);
      using drawn = model.sampleLast(unmasked, none, 1, 0, 1, 0, seeds, ids, ones.map(() => step));
      tokens = drawn.tokens;
    }
  });
  const ratio = 2 * model.parameterCount * slots * steps / time / peak;
  const value = slots * steps / time;
  return { name: `decode ${slots} slots width 64`, value, unit: "token/s", ratio, against: "peak multiply-adds" };
}

/** Measures training steps and decoding of small models. */
export function benchTransformer(kernels: Kernels): TransformerFigure[] {
  const figures: (readonly [string, () => TransformerFigure])[] = [
    ...[64, 128, 256].map((width) => [`train width ${width}`, () => training(kernels, width)] as const),
    ...[1, 8, 64, 128].map((slots) => [`decode ${slots} slots width 64`, () => decoding(kernels, slots)] as const),
  ];
  return figures.map(([, run]) => run());
}
