import type { Difference } from "./gate.ts";
import type { AgentConfiguration } from "../../agent/mod.ts";
import type { PolicyVersion, Store } from "../../store/mod.ts";
import type { AgentLearner } from "./agent_learner.ts";
import type { DriftWatch } from "./drift_watch.ts";
import type { Evidence } from "./evidence.ts";
import type { Latencies } from "./latencies.ts";
import type { Versions } from "./versions.ts";

/** What the stages of one agent's loop share while it runs. */
export interface AgentSession {
  /** Its name. */
  readonly agent: string;
  /** How it serves and learns. */
  readonly configuration: AgentConfiguration;
  /** What is kept. */
  readonly store: Store;
  /** What was learned, kept and served. */
  readonly versions: Versions;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Lets others work when this has worked for long. */
  readonly breathe: () => Promise<void>;
  /** Learns at once. */
  readonly head: AgentLearner;
  /** A copy that learns what may be published, for learners that can fork. */
  trailing?: AgentLearner;
  /** The version that the copy is, unless something else was published by hand. */
  trailingVersion: number;
  /** Versions of the head's line that are newer than the copy. */
  ahead: PolicyVersion[];
  /** Whether the gate holds the published version back: told once. */
  holding: boolean;
  /** Updates since the last version. */
  updates: number;
  /** Set while a freeze by a guard lasts. */
  frozen?: Freeze;
  /** What judged steps say about what serves. */
  readonly evidence: Evidence;
  /** Whether their rewards fell. */
  readonly drift: DriftWatch;
  /** Milliseconds from a reward to the version that learned it being served. */
  readonly serveLatencies: Latencies;
  /** Times at which rewards were settled whose judgements no served version has learned yet. */
  unserved: { readonly sequence: number; readonly settledAt: number }[];
  /** When the last version was made here. Milliseconds since 1970. */
  releasedAt: number;
  /** The last comparison on held-out steps, and when it is time for another. */
  heldOut: { readonly difference?: Difference; readonly again: number };
}

/** Why learning stands still. */
export interface Freeze {
  /** In plain words. */
  readonly reason: string;
  /** Mean reward before, and the one that froze it; by these it is known when all is well again. Absent: by hand only. */
  readonly drop?: { readonly knownReward: number; readonly recentReward: number; readonly beganAt: number };
}

/** Notes that a version serves: everything it learned has reached somebody. */
export function noteServed(session: AgentSession, learnedUpTo: number): void {
  const at = session.now();
  const served = session.unserved.findIndex(({ sequence }) => sequence > learnedUpTo);
  const count = served < 0 ? session.unserved.length : served;
  for (const { settledAt } of session.unserved.splice(0, count)) session.serveLatencies.push(at - settledAt);
}
