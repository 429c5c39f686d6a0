import { type LeastRecent, leastRecent } from "./least_recent.ts";
import type { JournalRow } from "./schema.ts";

/** What joining feedback needs to know of its step; never changes. */
export interface KnownStep {
  readonly id: string;
  readonly agent: string;
  readonly episodeId: string;
  readonly createdAt: number;
  readonly action: string;
}

/**
 * What one process remembers of one agent, to save reads: facts that never change unless they are forgotten. What is not
 * here is read from the database, and unique constraints decide, so it may be empty at any moment.
 */
export interface AgentMemory {
  /** Steps that are kept. */
  readonly steps: LeastRecent<KnownStep>;
  /** Episodes that are kept: when they started. */
  readonly episodes: LeastRecent<number>;
  /** Lists of candidates that are kept. */
  readonly lists: LeastRecent<true>;
}

/** Memories of all agents of a process. */
export interface Memory {
  /** What is remembered of the agent; emptied when anything was forgotten since, by whichever process. */
  of(journal: Pick<JournalRow, "agent" | "forgets">): AgentMemory;
  /** Starts anew. */
  clear(): void;
}

/** Makes an empty one. @param size Most steps of an agent that are remembered; half of them surely. */
export function createMemory(size = 40_000): Memory {
  const agents = new Map<string, { forgets: number; memory: AgentMemory }>();
  return {
    of({ agent, forgets }: Pick<JournalRow, "agent" | "forgets">): AgentMemory {
      let known = agents.get(agent);
      if (known === undefined || known.forgets !== forgets) {
        const memory = {
          steps: leastRecent<KnownStep>(size),
          episodes: leastRecent<number>(size),
          lists: leastRecent<true>(1_000),
        };
        known = { forgets, memory };
        agents.set(agent, known);
      }
      return known.memory;
    },
    clear: () => agents.clear(),
  };
}
