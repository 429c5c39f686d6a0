import type { Kysely, Transaction } from "kysely";

/**
 * Every table, equal in all dialects: times and places are 64-bit integers, truths are 0 or 1, structured values are
 * JSON text, ids are text.
 */
export interface Schema {
  /** One row for each agent: what serializes its writers, and its totals. */
  journals: JournalRow;
  episodes: EpisodeRow;
  /** Lists of candidates by hash: long, and the same for most steps. */
  candidate_lists: CandidateListRow;
  steps: StepRow;
  feedback: FeedbackRow;
  rewards: RewardRow;
  policy_versions: PolicyVersionRow;
  snapshots: SnapshotRow;
  publications: PublicationRow;
  keys: KeyRow;
}

/** A connection that may do anything outside a transaction. */
export type Connection = Kysely<Schema>;
/** A connection inside one. */
export type Unit = Transaction<Schema>;

/** See {@linkcode Schema.journals}. */
export interface JournalRow {
  agent: string;
  /** Last place given out. */
  last_sequence: number;
  /** Rises whenever something is forgotten: what was remembered of the agent's rows may be gone. */
  forgets: number;
  joined: number;
  /** Waiting now. */
  early: number;
  orphaned: number;
  late: number;
  superseded: number;
  duplicate: number;
  conflict: number;
  /** JSON: number and sum of the judged rewards of each metric. */
  judged: string;
}

/** One attempt. */
export interface EpisodeRow {
  id: string;
  agent: string;
  started_at: number;
  ended_at: number | null;
  terminated: number | null;
}

/** See {@linkcode Schema.candidate_lists}. */
export interface CandidateListRow {
  hash: string;
  candidates: string;
}

/** One decision. */
export interface StepRow {
  id: string;
  episode_id: string;
  agent: string;
  policy_version: number;
  arm: string;
  created_at: number;
  turns: string;
  candidates_hash: string | null;
  action: string;
  choice: number | null;
  propensity: number;
  probabilities: string | null;
  seed: number;
  value: number | null;
  replay: string | null;
  shadow_action: string | null;
  /** When the next of its windows closes that something must be done about. */
  settle_at: number | null;
}

/** One judgement. */
export interface FeedbackRow {
  id: string;
  agent: string;
  key: string;
  metric: string;
  episode_id: string;
  step_id: string | null;
  value: string;
  author: string;
  received_at: number;
  status: string;
  /** When it becomes an orphan; only while it is early. */
  due_at: number | null;
}

/** One entry of a journal. */
export interface RewardRow {
  agent: string;
  sequence: number;
  step_id: string;
  /** What was judged: the step, or the episode for metrics of episodes. Unique with metric and agent. */
  subject: string;
  metric: string;
  reward: number;
  source: string;
  correction: string | null;
  settled_at: number;
}

/** One version. */
export interface PolicyVersionRow {
  agent: string;
  version: number;
  parent: number | null;
  created_at: number;
  learned_up_to: number;
  skipped: string | null;
  content_hash: string | null;
  bytes: number | null;
  report: string;
}

/** Bytes by their hash. */
export interface SnapshotRow {
  content_hash: string;
  snapshot: Uint8Array;
}

/** One line of an agent's history. */
export interface PublicationRow {
  agent: string;
  position: number;
  at: number;
  action: string;
  version: number;
  assignment: string;
  reason: string;
  by: string;
}

/** One key. */
export interface KeyRow {
  id: string;
  name: string;
  hash: string;
  scopes: string;
  created_at: number;
  revoked_at: number | null;
}
