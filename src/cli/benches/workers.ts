import type { Kernels } from "../../kernels/mod.ts";
import { PRESETS, type TrainConfiguration } from "../../learning/mod.ts";
import { openCrew } from "../../learning/open_crew.ts";
import { newPolicy } from "../../learning/new_policy.ts";
import { openWorld } from "../../learning/open_world.ts";
import { play } from "../../learning/play.ts";
import type { BenchClock, Measurement } from "../bench.ts";
import { spawnWorker } from "../spawn_worker.ts";

const EPISODES = 256;
const ROUNDS = 7;

/** Times playing with one worker and with two, in turn, and takes the medians. */
export async function benchWorkers(kernels: Kernels, clock: BenchClock): Promise<readonly Measurement[]> {
  const configuration: TrainConfiguration = PRESETS.desk;
  const snapshot = newPolicy(kernels, await openWorld(configuration), configuration);
  const open = (workers: number): ReturnType<typeof openCrew> =>
    openCrew(
      kernels,
      { configuration: { ...configuration, workers }, snapshot, gradients: new SharedArrayBuffer(0) },
      spawnWorker,
    );
  using one = await open(1);
  using two = await open(2);
  const tokensPerSecond = async (crew: typeof one, first: number): Promise<number> => {
    const began = clock.now();
    const batch = { actor: "policy", split: "train", first, episodes: EPISODES, shards: crew.size } as const;
    const played = await play(crew, configuration.seed, batch);
    return played.reduce((sum, { tokens }) => sum + tokens, 0) / ((clock.now() - began) / 1000);
  };
  const rates: [number, number][] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const first = round * EPISODES;
    rates.push([await tokensPerSecond(one, first), await tokensPerSecond(two, first)]);
  }
  const median = (column: 0 | 1): number =>
    rates.slice(1).map((pair) => pair[column]).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)];
  const [single, pair] = [median(0), median(1)];
  return [{ name: "rollout, two workers", value: pair, unit: "tokens/s", ratio: pair / single, against: "one worker" }];
}
