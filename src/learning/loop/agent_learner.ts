import type { JudgedStep } from "../../episode/mod.ts";
import type { PolicySnapshot } from "../../policy/mod.ts";
import type { VersionPayload } from "../../agent/mod.ts";

/**
 * The learning half of an agent: the central loop feeds it the journal of rewards in order and asks it for versions. One
 * implementation learns each judgement at once (reward models), the other in batches (policy gradients).
 */
export interface AgentLearner extends Disposable {
  /** Last place of the journal that the weights have taken in: what a snapshot has learned. */
  readonly learnedUpTo: number;
  /**
   * Last place that `learn` was given, where steps wait for an update (policy gradients): go on from here. What was given
   * is known; after a restart or `restore` it is given again from `learnedUpTo` on. Default `learnedUpTo`.
   */
  readonly takenUpTo?: number;
  /**
   * Takes judged steps, in order. @returns What was learned: one report for each update made, none while it waits for more.
   * @param options.now Milliseconds since 1970. @param options.flush Makes an update of what is there.
   */
  learn(steps: readonly JudgedStep[], options: LearnOptions): Promise<readonly UpdateMetrics[]>;
  /** Whether something new was learned since the last `snapshot()` or `payload()`: a candidate for publication. */
  readonly hasCandidate: boolean;
  /** The current weights, with what a resume needs. */
  snapshot(): PolicySnapshot;
  /** How edges get from version `base` (learned up to that place) to the current weights; a snapshot where that is shorter. */
  payload(base: number, baseLearnedUpTo: number): VersionPayload;
  /** Goes back to a snapshot that had learned up to a place of the journal; what came after was never learned. */
  restore(snapshot: PolicySnapshot, learnedUpTo: number): void;
  /** What the current weights say about steps that were taken by others: input of off-policy estimates. Learns nothing. */
  assess(steps: readonly JudgedStep[]): Assessment;
  /**
   * An equal learner of its own. Those that have it are released in a rolling way: a copy trails behind and is what is
   * published. Those that have not are released version by version, each after a trial.
   */
  fork?(): AgentLearner;
}

/** See {@linkcode AgentLearner.learn}. */
export interface LearnOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Makes an update of what is there, however little. */
  readonly flush?: boolean;
}

/** Numbers of one update, by name; the names of the early warnings are in `early_warnings.ts`. */
export type UpdateMetrics = Readonly<Record<string, number>>;

/** Columns over logged steps. */
export interface Assessment {
  /** [steps] probability that the assessed policy, acting greedily, takes the logged action. */
  readonly probabilities: Float64Array;
  /** [steps] its own estimate of the reward of the logged action, where it has one. */
  readonly logged?: Float64Array;
  /** [steps] its own estimate of the reward of what it would do, where it has one. */
  readonly own?: Float64Array;
}
