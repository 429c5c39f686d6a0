import type { AgentConfiguration, ServedAgent, VersionPayload } from "../../agent/mod.ts";
import type { Assignment, PolicyVersion, Store } from "../../store/mod.ts";
import type { AgentLearner } from "./agent_learner.ts";
import type { AgentStatus, LoopEvent, LoopWarning } from "./loop_events.ts";

/** `ingest → credit → update → gate → publish → watch`, for every agent of a service. */
export interface CentralLoop extends AsyncDisposable {
  /** Restores what was served and learned before, then learns as judgements come in. Resolves when it serves. */
  start(): Promise<void>;
  /** Learns all that is settled and gates what was learned, now. For tests, demonstrations and a tidy stop. */
  drain(): Promise<void>;
  /** Where each agent stands. */
  status(agent: string): AgentStatus;
  /** The latest early warnings since it was started, newest first; at most 50. */
  warnings(agent: string): readonly LoopWarning[];
  /** Serves a version to everyone, whatever the gate says. @throws {EddyError} `version_missing` */
  publish(agent: string, version: number, by: string): Promise<void>;
  /** Puts a version on trial. @throws {EddyError} `version_missing` */
  canary(agent: string, version: number, share: number, by: string): Promise<void>;
  /** Goes back: to a version, or to the one published before. Learning goes on from there. @throws {EddyError} `version_missing` */
  rollback(agent: string, version: number | undefined, by: string): Promise<void>;
  /** Lifts a freeze; judgements that came in meanwhile are learned or skipped. */
  resume(agent: string, options: { readonly learnQuarantined: boolean; readonly by: string }): Promise<void>;
  /** The bytes of a version: its own snapshot, or rebuilt from the nearest one and the journal. @throws {EddyError} `version_missing` */
  snapshotOf(agent: string, version: number): Promise<{ readonly version: PolicyVersion; readonly bytes: Uint8Array }>;
  /** Hears what happens. @returns What ends that. */
  onEvent(listener: (event: LoopEvent) => void): () => void;
  /** Hears every change of what is served, with what an edge needs to follow. @returns What ends that. */
  onPublished(listener: (published: Published) => void): () => void;
}

/** One change of what is served. */
export interface Published {
  /** The agent. */
  readonly agent: string;
  /** What serves from now on. */
  readonly assignment: Assignment;
  /** Versions that are new with it. */
  readonly versions: readonly { readonly version: PolicyVersion; readonly payload: VersionPayload }[];
}

/** What the loop takes from outside. */
export interface CentralLoopDependencies {
  /** What is kept. */
  readonly store: Store;
  /** Every agent: its configuration, what serves it here (a centre without an edge has none), and what learns. */
  readonly agents: Readonly<
    Record<string, {
      readonly configuration: AgentConfiguration;
      readonly served?: ServedAgent;
      readonly learner: AgentLearner;
    }>
  >;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Calls back again and again. @returns What ends that. */
  readonly every: (milliseconds: number, call: () => void) => () => void;
}
