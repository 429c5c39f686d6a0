import { createRewardModelAgent } from "../../src/agent/mod.ts";
import { connectCentre, type Edge, openEdge, sqliteOutboxStorage } from "../../src/edge/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { EDGE_KEY } from "./fake_centre.ts";
import { COUNTING_CONFIGURATION } from "./counting_agent.ts";
import { createAccess, createApp } from "./tiny_app.ts";

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
  let id = 0;
  return await Promise.all(Array.from({ length: count }, (_, index) =>
    openEdge({
      createApp,
      agents: { desk: { ...COUNTING_CONFIGURATION, policy: { kind: "reward-model", options: MODEL } } },
      serve: (name, configuration) => createRewardModelAgent(kernels, name, configuration),
      centre: connectCentre({ fetch: (request) => fetch(request), address, key: EDGE_KEY }),
      storage: sqliteOutboxStorage(`${folder}/outbox-${index}.db`),
      access: "open",
      createAccess,
      receiptSecrets: [new Uint8Array(32)],
      limits: { bodyBytes: 1 << 20, concurrent: 512, perSecond: 0, deadlineMs: 10_000, receiptSeconds: 3600 },
      now: () => Date.now(),
      monotonic: () => performance.now(),
      newId: () => `edge-${index}-${id++}`,
      randomSeed: () => (index * 7919 + id * 104_729) >>> 0,
      version: "test",
      backoff: { firstMs: 5, longestMs: 100 },
      onServed: (_, version) => onServed?.(index, version),
    })));
}

/** The model of every edge and of the centre. */
export const MODEL = { model: "logistic", hashBits: 10 } as const;
