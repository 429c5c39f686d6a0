import { type AgentConfiguration, createRewardModelAgent } from "../../src/agent/mod.ts";
import { connectCentre, type Edge, openEdge, sqliteOutboxStorage } from "../../src/edge/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { createIdSource } from "../../src/service/id_source.ts";
import { chance } from "./chance.ts";
import { EDGE_KEY } from "./fake_centre.ts";
import { COUNTING_CONFIGURATION } from "./counting_agent.ts";
import { createAccess, createApp } from "../../src/http/mod.ts";

/** Edges with real models and outboxes in files, in this process, against a centre on a real port. */
export interface OpenEdgesOptions {
  readonly count: number;
  readonly address: string;
  /** Folder of the outboxes. */
  readonly folder: string;
  /** Hears that edge `index` serves a version. */
  readonly onServed?: (index: number, version: number) => void;
}

/** Opens them. */
export async function openEdges({ count, address, folder, onServed }: OpenEdgesOptions): Promise<readonly Edge[]> {
  const kernels = await loadKernels();
  const generator = chance(count);
  const fillRandom = (into: Uint8Array): Uint8Array => {
    for (let at = 0; at < into.length; at++) into[at] = generator() * 256;
    return into;
  };
  const newId = createIdSource(() => Date.now(), fillRandom);
  return await Promise.all(Array.from({ length: count }, (_, index) =>
    openEdge({
      createApp,
      agents: { desk: EDGE_AGENT },
      serve: (name, configuration) => createRewardModelAgent(kernels, name, configuration),
      centre: connectCentre({ fetch: (request) => fetch(request), address, key: EDGE_KEY }),
      storage: sqliteOutboxStorage(`${folder}/outbox-${index}.db`),
      access: "open",
      createAccess,
      receiptSecrets: [new Uint8Array(32)],
      limits: { bodyBytes: 1 << 20, concurrent: 512, perSecond: 0, deadlineMs: 10_000, receiptSeconds: 3600 },
      now: () => Date.now(),
      monotonic: () => performance.now(),
      newId,
      randomSeed: () => generator() * 2 ** 32,
      version: "test",
      backoff: { firstMs: 5, longestMs: 100 },
      onServed: (_, version) => onServed?.(index, version),
    })));
}

/** The model of every edge and of the centre. */
export const MODEL = { model: "logistic", hashBits: 10 } as const;

/** How every edge and its centre serve. */
export const EDGE_AGENT: AgentConfiguration = {
  ...COUNTING_CONFIGURATION,
  policy: { kind: "reward-model", options: MODEL },
  exploration: { kind: "epsilon-greedy", epsilon: 0.1 },
};
