import type { Feedback, FeedbackOutcome, FeedbackStatus, JudgedStep, Metrics, StepRecord } from "../episode/mod.ts";

/**
 * What is kept: one schema over SQLite or PostgreSQL.
 *
 * Every promise of a writing method resolves after the commit: what was told to a client is on disk. Writes that come
 * close together share one commit. All times are milliseconds since 1970 and are arguments; the store has no clock.
 */
export interface Store extends AsyncDisposable {
  /** Which database. */
  readonly dialect: "sqlite" | "postgresql";
  /** Decisions. */
  readonly steps: StepStore;
  /** Judgements as they came in. */
  readonly feedback: FeedbackStore;
  /** What judgements were worth: the journal that learners read. */
  readonly rewards: RewardStore;
  /** Attempts. */
  readonly episodes: EpisodeStore;
  /** Versions of policies, and what was served when. */
  readonly policies: PolicyStore;
  /** Who may do what. */
  readonly keys: KeyStore;
  /** Answers whether the database answers, within `deadlineMs`; for readiness. */
  ping(deadlineMs: number): Promise<boolean>;
  /**
   * Forgets what is older than `before`: steps with their feedback and rewards, whole episodes only, never a reward that
   * a learner has not read (`learnedUpTo` by agent). Versions are kept.
   *
   * @returns Rows forgotten.
   */
  forget(before: number, learnedUpTo: Readonly<Record<string, number>>): Promise<number>;
}

/** Decisions. */
export interface StepStore {
  /**
   * Keeps steps; one that is already there (same id) is left as it is. Early feedback for them is joined.
   *
   * @returns Ids of those that were there already.
   */
  add(steps: readonly StepRecord[]): Promise<readonly string[]>;
  /** The steps of an episode, in order. */
  ofEpisode(episodeId: string): Promise<readonly StepRecord[]>;
  /** One step. */
  get(id: string): Promise<StepRecord | undefined>;
}

/** Judgements. */
export interface FeedbackStore {
  /**
   * Keeps judgements and derives rewards where a metric says so (aggregation `first`): all in one transaction, so that a
   * reward is written exactly once for each (step, metric) however often its feedback is sent.
   *
   * Outcomes come in the order of the arguments. Feedback on a whole episode rewards its last step.
   */
  add(feedback: readonly Feedback[]): Promise<readonly FeedbackOutcome[]>;
  /**
   * Closes windows that ended before `now`: settles the other aggregations, gives silence its reward, turns early
   * feedback into orphans. @returns How many rewards were written.
   */
  settle(now: number): Promise<number>;
  /** How many there are of each kind since the beginning, of one agent. */
  counts(agent: string): Promise<Readonly<Record<FeedbackStatus | "duplicate" | "conflict", number>>>;
  /** All judgements of one episode, in order of arrival. */
  ofEpisode(episodeId: string): Promise<readonly KeptFeedback[]>;
}

/** The journal of rewards. */
export interface RewardStore {
  /** Judged steps of an agent after a place in the journal, in order; at most `limit`. Gapless up to what it returns. */
  after(agent: string, sequence: number, limit: number): Promise<readonly JudgedStep[]>;
  /** Judged steps with places in [from, to], in order. */
  range(agent: string, from: number, to: number): Promise<readonly JudgedStep[]>;
  /** The last place; 0 when there is none. */
  last(agent: string): Promise<number>;
  /** Calls `listener` after each commit that wrote rewards through this store. @returns What ends that. */
  onWritten(listener: (agents: ReadonlySet<string>) => void): () => void;
  /** Mean reward and number of judged steps in `buckets` equal parts of [from, to] of the journal. */
  curve(agent: string, from: number, to: number, buckets: number): Promise<readonly RewardBucket[]>;
}

/** One part of a learning curve. */
export interface RewardBucket {
  /** First place in the journal. */
  readonly from: number;
  /** Judged steps. */
  readonly steps: number;
  /** Their mean reward. */
  readonly mean: number;
}

/** Attempts. */
export interface EpisodeStore {
  /** Marks the end. Repeats are ignored. */
  end(episode: EndedEpisode): Promise<void>;
  /** Episodes of an agent, newest first, each with its steps, feedback and rewards. */
  recent(agent: string, limit: number): Promise<readonly KeptEpisode[]>;
  /** One episode. */
  get(id: string): Promise<KeptEpisode | undefined>;
  /** Every episode of all agents, oldest first, for an export; `since` is a time. */
  all(since?: number): AsyncIterable<KeptEpisode>;
  /** Puts back what `all` gave; what is already there is left as it is. @returns How many episodes were new. */
  restore(episodes: AsyncIterable<KeptEpisode>): Promise<number>;
}

/** How an episode ended. */
export interface EndedEpisode {
  /** Its id. */
  readonly id: string;
  /** The agent. */
  readonly agent: string;
  /** Milliseconds since 1970. */
  readonly endedAt: number;
  /** Nothing could follow (true) or it was cut off (false). */
  readonly terminated: boolean;
}

/** An episode with everything that is known of it. */
export interface KeptEpisode {
  /** Its id. */
  readonly id: string;
  /** The agent. */
  readonly agent: string;
  /** Time of its first step. */
  readonly startedAt: number;
  /** How it ended, once it has. */
  readonly end?: EndedEpisode;
  /** In order. */
  readonly steps: readonly StepRecord[];
  /** In order of arrival. */
  readonly feedback: readonly KeptFeedback[];
  /** In order of the journal; `step` is left out, since it stands in `steps`. */
  readonly rewards: readonly (Omit<JudgedStep, "step"> & { readonly stepId: string })[];
}

/** A judgement as it is kept: what came in, and what became of it. */
export interface KeptFeedback extends Feedback {
  /** Absent in exports of other programs; it is then derived again. */
  readonly status?: FeedbackStatus;
}

/** Versions of policies, and what was served when. */
export interface PolicyStore {
  /** Keeps a version and its snapshot, if it has one of its own. Versions of an agent rise from 0. */
  add(version: PolicyVersion, snapshot?: Uint8Array): Promise<void>;
  /** All versions of an agent, newest first. */
  list(agent: string, limit?: number): Promise<readonly PolicyVersion[]>;
  /** One version. */
  get(agent: string, version: number): Promise<PolicyVersion | undefined>;
  /** The newest version at or before `version` that has a snapshot of its own. */
  nearestSnapshot(agent: string, version: number): Promise<PolicyVersion | undefined>;
  /** Snapshot bytes by their content hash. */
  snapshot(contentHash: string): Promise<Uint8Array | undefined>;
  /** Writes down that something was published, tried, promoted, refused or rolled back. */
  record(event: PublicationEvent): Promise<void>;
  /** Newest first. */
  history(agent: string, limit: number): Promise<readonly PublicationEvent[]>;
  /** Last assignment that was recorded: what to serve after a restart. */
  assignment(agent: string): Promise<Assignment | undefined>;
}

/** One version of an agent's policy. */
export interface PolicyVersion {
  /** The agent. */
  readonly agent: string;
  /** Rises by 1; 0 is the untrained one. */
  readonly version: number;
  /** The version it was learned from. */
  readonly parent?: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Last place of the journal of rewards that it has learned. */
  readonly learnedUpTo: number;
  /** Places of the journal in (parent's, learnedUpTo] that were skipped on purpose: quarantined judgements. */
  readonly skipped?: readonly (readonly [from: number, to: number])[];
  /** SHA-256 of its snapshot's bytes in hex, where it has one of its own; others are rebuilt from the journal. */
  readonly contentHash?: string;
  /** Bytes of the snapshot. */
  readonly bytes?: number;
  /** Numbers that speak for or against it: gate results, metrics of the update. */
  readonly report: Readonly<Record<string, number>>;
}

/** What answers an agent's requests. */
export interface Assignment {
  /** Published version. */
  readonly incumbent: number;
  /** The version on trial and the share of episodes it answers, in (0, 1). */
  readonly canary?: { readonly version: number; readonly share: number };
}

/** One line of an agent's history. */
export interface PublicationEvent {
  /** The agent. */
  readonly agent: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What happened. */
  readonly action: "publish" | "canary" | "promote" | "refuse" | "rollback" | "freeze" | "resume";
  /** The version it happened to. */
  readonly version: number;
  /** What serves from now on. */
  readonly assignment: Assignment;
  /** Why, in plain words with the numbers. */
  readonly reason: string;
  /** `gate`, `guard`, `loop`, or the name of the key that asked for it. */
  readonly by: string;
}

/** What a key may do. */
export type Scope = "decide" | "feedback" | "read" | "manage";

/** One key; the key itself is kept nowhere. */
export interface StoredKey {
  /** UUIDv7. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** SHA-256 of the key, hex. */
  readonly hash: string;
  /** What it may do. */
  readonly scopes: readonly Scope[];
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** When it was withdrawn. */
  readonly revokedAt?: number;
}

/** Keys. */
export interface KeyStore {
  /** Keeps a key's hash. */
  add(key: StoredKey): Promise<void>;
  /** All keys, oldest first, revoked ones included. */
  list(): Promise<readonly StoredKey[]>;
  /** Withdraws a key. @returns Whether there was one. */
  revoke(id: string, at: number): Promise<boolean>;
}

/** How a store is opened. */
export interface StoreOptions {
  /** Metrics of each agent: what windows and rewards are derived with. */
  readonly metrics: Readonly<Record<string, Metrics>>;
  /** Longest time that a write waits for others to share its commit. Default 2, in a thread of its own 1. */
  readonly groupMs?: number;
  /** Rows that may wait to be written; `add` rejects with `overloaded` beyond. Default 20000. */
  readonly maximumWaitingRows?: number;
  /** Longest time that writes wait for a database that is gone before they reject with `store_unavailable`. Default 5000. */
  readonly patienceMs?: number;
}
