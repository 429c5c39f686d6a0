import { cpuUsage } from "node:process";
import { kernelMemoryBytes, type Kernels } from "../../kernels/mod.ts";
import type { Measurement } from "../bench.ts";
import { BENCH_MODELS } from "../peers/bench_model.ts";
import { randomPackedModel } from "../peers/random_packed_model.ts";
import { adaptAll } from "./lora.ts";

/** SmolLM2-135M. */
const [SIZES] = BENCH_MODELS;

/** Tokens that the user writes, that the agent answers, and that the user adds. */
const FIRST = 990, ANSWER = 10, SECOND = 20;
const ROUNDS = 3, SWAPS = 9;

/** CPU time, so that waiting for a core does not count. */
function seconds(work: () => void): number {
  const start = cpuUsage();
  work();
  const { user, system } = cpuUsage(start);
  return (user + system) / 1e6;
}

/**
 * `deno task bench conversation`: a conversation of 1,000 tokens with a packed 135M model: how long the first and the second
 * turn take to their first token, the memory of it all, and how long other numbers for an adapter that is there take.
 */
export function benchConversation(kernels: Kernels): Measurement[] {
  // From the least memory to the most: what was once taken is not given back.
  return ([["e4", "q8"], ["q8", "q8"]] as const).flatMap(([format, headFormat]) => {
    const name = `135m ${format}, head ${headFormat}`;
    const before = kernelMemoryBytes(kernels);
    using model = randomPackedModel(kernels, SIZES, format, headFormat);
    const tokens = (count: number, salt: number): Uint32Array =>
      Uint32Array.from({ length: count }, (_, i) => (i * 40_503 + salt) % SIZES.vocabulary);
    let [first, second] = [Infinity, Infinity];
    for (let round = 0; round < ROUNDS; round++) {
      const slot = Uint32Array.of(model.openSlot());
      const read = (count: number, salt: number): void => {
        model.feed(slot, Uint32Array.of(count), tokens(count, salt));
        model.lastLogits();
      };
      first = Math.min(first, seconds(() => read(FIRST, round)));
      for (let token = 0; token < ANSWER; token++) read(1, token);
      second = Math.min(second, seconds(() => read(SECOND, 7)));
      model.closeSlot(slot[0]);
    }
    const bytes = kernelMemoryBytes(kernels) - before;
    const adapter = adaptAll(model);
    const numbers = model.readAdapter(adapter);
    const swaps = Array.from({ length: SWAPS }, () => seconds(() => model.writeAdapter(adapter, numbers)));
    const swap = swaps.sort((a, b) => a - b)[SWAPS >> 1];
    return [
      {
        ...{ name: `${name}: second turn to its first token`, value: 1000 * second, unit: "ms" },
        ...{ ratio: second / first, against: `the first turn's ${(1000 * first).toFixed(0)} ms` },
      },
      ...(format === "e4"
        ? [{ name: `${name}: memory of model and conversation`, value: bytes / 2 ** 20, unit: "MiB" }]
        : []),
      { name: `${name}: other numbers for an adapter`, value: 1000 * swap, unit: "ms" },
    ];
  });
}
