import type { StepRecord } from "../episode/mod.ts";
import type { LeastRecent } from "./least_recent.ts";
import type { Metrics } from "../episode/mod.ts";
import type { CandidateLists } from "./candidate_lists.ts";
import type { Database } from "./database.ts";
import type { Journals } from "./journal.ts";
import type { KnownStep } from "./memory.ts";
import type { Unit } from "./schema.ts";

/** What everything that writes inside one transaction shares. */
export interface WriteContext {
  readonly database: Database;
  /** The transaction. */
  readonly unit: Unit;
  /** Journals of all agents that are written to, locked. */
  readonly journals: Journals;
  /** Metrics of an agent; none where it is not configured any more. */
  readonly metricsOf: (agent: string) => Metrics;
  readonly lists: CandidateLists;
  /** Steps that this transaction wrote, by id. */
  readonly fresh: Map<string, KnownStep>;
  /** Agents that got rewards. */
  readonly rewarded: Set<string>;
  /** What to remember once it is committed. */
  readonly committed: (() => void)[];
  /** Whether the same was tried before and may have been committed without our hearing of it. */
  readonly retried: boolean;
  /** Steps of the last commits, whole, for those who read their rewards at once. */
  readonly recent: LeastRecent<StepRecord>;
}
