import type { PolicySnapshot } from "../policy.ts";

/**
 * Estimates what each candidate action is worth, and learns from one judgement at a time. Exploration turns the estimates
 * into probabilities (`explorationProbabilities`); together they are a contextual bandit policy.
 *
 * The weights are a function of the judgements learned, in order: two models that learned the same are equal, bit for bit.
 */
export interface RewardModel extends Disposable {
  /** Which implementation it is. */
  readonly kind: "logistic" | "belief";
  /** Judgements learned so far. */
  readonly learned: number;
  /**
   * [candidates] what each candidate is worth, higher is better.
   *
   * @param purpose `explore` while judgements are expected: adds what an untried action may be worth, where the model knows
   * such a thing; `exploit` is the best estimate alone.
   */
  scores(text: string, candidates: readonly string[], purpose: "explore" | "exploit"): Float32Array;
  /** [candidates] estimated reward in [0, 1]: a probability that can be compared with what judges say. */
  estimates(text: string, candidates: readonly string[]): Float32Array;
  /**
   * [count × candidates] scores drawn from the posterior of the weights, where the model has one: what Thompson sampling
   * explores with. A pure function of the weights and the arguments.
   */
  draws?(text: string, candidates: readonly string[], options: DrawOptions): Float32Array;
  /** Learns one judgement. @throws {RangeError} If `choice` is no candidate or `reward` is outside [0, 1]. */
  learn(judgement: RewardJudgement): void;
  /** An equal model of its own. */
  fork(): RewardModel;
  /** Everything that a restore needs to go on learning, bit for bit. */
  snapshot(): PolicySnapshot;
}

/** See {@linkcode RewardModel.draws}. */
export interface DrawOptions {
  /** Rows. */
  readonly count: number;
  /** Unsigned 32-bit. */
  readonly seed: number;
  /** Unsigned 32-bit; names the draws of one decision. Default 0. */
  readonly stream?: number;
  /** Factor on the standard deviations. Default 1. */
  readonly scale?: number;
}

/** What was judged. */
export interface RewardJudgement {
  /** What the agent was shown. */
  readonly text: string;
  /** What it could do. */
  readonly candidates: readonly string[];
  /** What it did: an index. */
  readonly choice: number;
  /** What that was worth, in [0, 1]. */
  readonly reward: number;
  /** Factor on the step. Default 1. */
  readonly weight?: number;
}

/** Which reward model, and its knobs. */
export type RewardModelOptions = LogisticOptions | BeliefOptions;

/**
 * Logistic regression on hashed features of (context, candidate), AdaGrad. Candidates may differ from request to request.
 */
export interface LogisticOptions {
  /** Tells the models apart. */
  readonly model: "logistic";
  /** Size of the weight table is 2 to this power. Default 18. */
  readonly hashBits?: number;
  /** Default 0.1. */
  readonly learningRate?: number;
  /** Pull of the weights towards 0. Default 1e-6. */
  readonly l2?: number;
}

/**
 * One fixed list of actions, for many actions and right-or-wrong judgements. It compares a text with what was judged: a
 * confirmed text speaks for its action when alike and against it when not, a failed one against it, and actions that were
 * never right get a bonus while judgements are expected. A softmax model is fitted to every judgement, and to three earlier
 * ones again; the scores mix both. Where actions are `ids`, and at most 512, texts are also clustered, and what failed on a
 * cluster is tried less on all of it.
 *
 * At most 65,536 different (text, action) pairs are remembered, the oldest is forgotten first; the same pair judged again is
 * one memory with the mean reward. Fitted weights are bounded by 2^24.
 */
export interface BeliefOptions {
  /** Tells the models apart. */
  readonly model: "belief";
  /** All actions there are; a request may list some of them. */
  readonly actions: readonly string[];
  /** Whether the words of an action say what it does (`names`) or mean nothing (`ids`). Default `names`. */
  readonly candidates?: "names" | "ids";
}
