import type { Feedback, FeedbackOutcome, StepRecord } from "../episode/mod.ts";
import type { RewardJudgement } from "../policy/mod.ts";
import type { Assignment, EndedEpisode, PolicyVersion } from "../store/mod.ts";

/** What an edge ships to the centre, `POST /v1/edge/ingest`: everything it told its clients is kept. */
export interface IngestBatch {
  /** Decisions. One that is already there (same id) is left as it is. */
  readonly steps: readonly StepRecord[];
  /** Judgements. One that is already there (same key) is counted once. */
  readonly feedback: readonly Feedback[];
  /** Ends of episodes. Repeats are ignored. */
  readonly ends: readonly EndedEpisode[];
}

/** The answer to a batch, once all of it is durable. */
export interface IngestAnswer {
  /** What became of each judgement, in their order. */
  readonly outcomes: readonly FeedbackOutcome[];
}

/** What serves an agent: the answer of `GET /v1/edge/agents/:agent`, and each event of `GET /v1/edge/follow`. */
export interface AssignmentMessage {
  /** The agent. */
  readonly agent: string;
  /** What serves. */
  readonly assignment: Assignment;
  /** How to get to versions that are assigned, in the order in which they are installed. May be empty in an event. */
  readonly versions: readonly VersionMessage[];
}

/** How an edge gets to one version: from one it has, or from the bytes of a snapshot. */
export type VersionMessage =
  | {
    readonly kind: "judgements";
    readonly version: PolicyVersion;
    /** The version that the judgements start from. */
    readonly base: number;
    /** In order. */
    readonly judgements: readonly RewardJudgement[];
  }
  | {
    readonly kind: "snapshot";
    readonly version: PolicyVersion;
    /** SHA-256 of the bytes, hex; `GET /v1/edge/snapshots/:hash` answers them. */
    readonly hash: string;
    /** How many. */
    readonly bytes: number;
  };

/** Name of the events of `GET /v1/edge/follow`; their text is an {@linkcode AssignmentMessage} in JSON. */
export const ASSIGNMENT_EVENT = "assignment";
