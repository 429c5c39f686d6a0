import { setImmediate } from "node:timers";
import { type AgentConfiguration, createRewardModelAgent, type ServedAgent } from "../../../src/agent/mod.ts";
import { type Kernels, randomStream } from "../../../src/kernels/mod.ts";
import { type CentralLoop, createCentralLoop, createRewardModelLearner } from "../../../src/learning/mod.ts";
import type { StepRecord } from "../../../src/episode/mod.ts";
import { openMemoryStore } from "./memory_store.ts";

const WORDS = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron", "inlet", "juniper"];
/** Twenty clusters of texts: two words name one, a third varies. */
const textOf = (cluster: number, variant: number): string =>
  `${WORDS[cluster % 10]} ${WORDS[(3 * cluster + Math.floor(cluster / 10) * 5 + 1) % 10]}${cluster} ${WORDS[variant]}`;

/** Traffic at 20 requests a simulated second: each is decided, kept and judged, and the loop learns in between. */
export interface Simulation extends AsyncDisposable {
  readonly loop: CentralLoop;
  readonly served: ServedAgent;
  readonly store: ReturnType<typeof openMemoryStore>;
  /** All steps that were decided, in order. */
  readonly records: StepRecord[];
  /** Plays so many requests. */
  play(requests: number, options?: PlayOptions): Promise<void>;
  /** Share of clusters that the published version gets right when it does not explore. */
  accuracy(): number;
}

/** What a judge does. */
export interface PlayOptions {
  /** Judgements are the opposite of what they should be. */
  readonly inverted?: boolean;
  /** Share of judgements that are the opposite by mistake. Default 0.1. */
  readonly noise?: number;
  /** Requests after which one cluster wants another action. Default never. */
  readonly changeEvery?: number;
}

export async function simulate(kernels: Kernels, configuration: AgentConfiguration, seed: number): Promise<Simulation> {
  const uniform = randomStream(kernels, seed, 7);
  const draw = (n: number): number => Math.floor(uniform() * n);
  const wanted = Array.from({ length: 20 }, () => draw(10));
  const candidates = configuration.candidates ?? [];
  const store = openMemoryStore(({ value }) => Number(value));
  const served = createRewardModelAgent(kernels, "a", configuration);
  const records: StepRecord[] = [];
  let now = 0;
  const loop = createCentralLoop({
    ...{ store, now: () => now, every: () => () => {} },
    agents: { a: { configuration, served, learner: createRewardModelLearner(kernels, configuration) } },
  });
  await loop.start();
  return {
    ...{ loop, served, store, records },
    play: async (requests, { inverted = false, noise = 0.1, changeEvery = Infinity } = {}) => {
      for (let i = 0; i < requests; i++) {
        now += 50;
        const cluster = draw(20), number = records.length;
        if (number % changeEvery === changeEvery - 1) wanted[draw(20)] = draw(10);
        const { record } = served.decide({
          ...{ stepId: `step ${seed} ${number}`, episodeId: `episode ${seed} ${number}`, now },
          ...{ turns: [{ role: "user", text: textOf(cluster, draw(10)) }], seed: draw(2 ** 32) },
        });
        records.push(record);
        await store.steps.add([record]);
        const right = record.action === candidates[wanted[cluster]];
        await store.feedback.add([{
          ...{ id: `f${number}`, key: `f${number}`, agent: "a", metric: "right", episodeId: record.episodeId },
          ...{ stepId: record.id, value: right !== (uniform() < noise) !== inverted, author: "judge", receivedAt: now },
        }]);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    accuracy: () => {
      let right = 0;
      wanted.forEach((action, cluster) => {
        for (let variant = 0; variant < 10; variant++) {
          const { record } = served.decide({
            ...{ stepId: "s", episodeId: "an episode of the incumbent", now, seed: 1, explore: false },
            turns: [{ role: "user", text: textOf(cluster, variant) }],
          });
          right += Number(record.action === candidates[action]);
        }
      });
      return right / 200;
    },
    [Symbol.asyncDispose]: async () => {
      await loop[Symbol.asyncDispose]();
      served[Symbol.dispose]();
    },
  };
}
