import type { Turn } from "../episode/mod.ts";
import type { Constraint } from "../language/mod.ts";

/**
 * What chooses. A policy knows nothing of objectives: it gives log-probabilities and takes their gradients back.
 *
 * ```text
 * act:    context.append(turns) ─▶ decide(requests) ─▶ decisions with behaviour log-probabilities
 * learn:  evaluate(trajectories) ─▶ { logProbs, entropies, values } ─▶ objective ─▶ backward(gradients) ─▶ update()
 * ```
 */
export interface Policy extends Disposable {
  /** Which implementation it is. */
  readonly kind: "linear" | "transformer" | "remote";
  /** Number of updates behind the current weights. */
  readonly version: number;
  /** Opens the memory of one episode. Dispose it when the episode ends. */
  open(): Context;
  /**
   * Chooses one action for each request, as one batch. A decision depends only on its own context and stream, never on
   * what else is in the batch, bit for bit.
   */
  decide(requests: readonly DecisionRequest[], options?: SamplingOptions): Decision[];
  /**
   * The most likely actions of each request, best first, by beam search with as many beams as actions are asked for: exact
   * where actions are one choice. Nothing is added to the contexts. Policies that cannot do not have it.
   */
  rank?(requests: readonly DecisionRequest[], count: number): RankedAction[][];
  /**
   * The decision that would have been recorded had the policy taken `action`: for learning from demonstrations. Its
   * log-probabilities and value are 0, since nobody sampled it.
   *
   * @throws {RangeError} If the action is not admissible.
   */
  demonstrate(request: DecisionRequest, action: string): Decision;
  /**
   * The decision that was made earlier, from what was kept of it: `evaluate` sees it as it saw the original, bit for bit.
   * `rawLogProbs` are 0, since nothing is read.
   *
   * @throws {RangeError} If the request does not allow the kept action: other candidates or another constraint.
   */
  recall(request: DecisionRequest, kept: KeptDecision): Decision;
  /** What the current weights say about actions already taken; keeps what {@linkcode backward} needs. */
  evaluate(trajectories: readonly Trajectory[], options?: EvaluateOptions): Evaluation;
  /** Adds the gradient of the last evaluation to the accumulated one. */
  backward(gradients: EvaluationGradients): void;
  /** Applies the accumulated gradient and clears it; `version` rises by one. */
  update(options: UpdateOptions): UpdateReport;
  /** Number of trainable parameters. */
  readonly parameterCount: number;
  /** The accumulated gradient, flat, [parameterCount]; and its replacement (data-parallel learners sum outside). */
  readGradients(into: Float32Array): void;
  /** Replaces the accumulated gradient, [parameterCount]. */
  writeGradients(from: Float32Array): void;
  /** The weights as named tensors, with or without what a resume needs (optimiser moments, version). */
  snapshot(options?: { readonly resume?: boolean }): PolicySnapshot;
}

/** The memory of one episode: what was said so far, and whatever the policy keeps to act fast. */
export interface Context extends Disposable {
  /** Adds what the agent is shown next. Its own actions are added by `decide`. */
  append(turns: readonly Turn[]): void;
  /**
   * Begins again with a whole conversation, the agent's own actions (`assistant`) included. What the old and the new one
   * begin with is not read again; the next decision is that of a new context, bit for bit.
   */
  restart(turns: readonly Turn[]): void;
}

/** What must be kept of a decision, beside its request, to see it again: plain numbers. */
export interface KeptDecision extends Pick<Decision, "tokens" | "behaviorLogProbs" | "value" | "policyVersion"> {
  /** It was sampled at; 0 took the most likely. */
  readonly temperature: number;
}

/** One question to a policy. */
export interface DecisionRequest {
  /** The episode so far; one context stands in a batch once. */
  readonly context: Context;
  /** The admissible actions, where the world lists them. */
  readonly candidates?: readonly string[];
  /** What may be written, where it does not. */
  readonly constraint?: Constraint;
  /** Names the random stream: equal seed, stream and context give the same action. */
  readonly seed: number;
  /** Unsigned 32-bit. */
  readonly stream: number;
}

/** An action and how likely it is. */
export interface RankedAction {
  /** The action as the world reads it. */
  readonly text: string;
  /** Of the whole action, under the constraint, at temperature 1. Nats. */
  readonly logProb: number;
}

/** How to choose. The defaults sample from the policy's own distribution under the constraint. */
export interface SamplingOptions {
  /** Divides the logits; 0 takes the most likely. Default 1. */
  readonly temperature?: number;
  /** Keeps that many of the most likely; 0 keeps all. */
  readonly topK?: number;
  /** Keeps the fewest whose probabilities add up to this. */
  readonly topP?: number;
  /** Keeps those at least this share as likely as the most likely. */
  readonly minP?: number;
  /**
   * Whether `rawLogProbs` are wanted. Without them a transformer computes the logits of allowed tokens alone where these
   * are few, and gives NaN; nothing else changes, not a bit. Default true.
   */
  readonly raw?: boolean;
}

/** The half of a policy that learns from decisions, whoever takes them. */
export type LearningPolicy =
  & Pick<
    Policy,
    "version" | "parameterCount" | "evaluate" | "backward" | "update" | "readGradients" | "writeGradients" | "snapshot"
  >
  & Disposable;

/** One chosen action with everything that learning and replay need. */
export interface Decision {
  /** The action as the world reads it. */
  readonly text: string;
  /** Tokens fed since the previous action (transformer), or empty (linear). */
  readonly promptTokens: Uint32Array;
  /** The action: token ids, or the index of the chosen candidate. */
  readonly tokens: Uint32Array;
  /** [tokens] log-probability each was really sampled with: after mask, temperature and truncation. Nats. */
  readonly behaviorLogProbs: Float32Array;
  /** [tokens] log-probability under the unmasked distribution at temperature 1. Nats. */
  readonly rawLogProbs: Float32Array;
  /** [tokens] 1 where more than one token was allowed: a choice that learning can change. */
  readonly chosen: Uint8Array;
  /** Estimated return before acting. */
  readonly value: number;
  /** Version of the weights that chose. */
  readonly policyVersion: number;
  /** True where the action reached the longest length and was closed there: it need not satisfy its constraint. */
  readonly truncated?: boolean;
  /** What `evaluate` needs to see the same choice again; opaque outside the policy, structured-cloneable. */
  readonly replay: unknown;
}

/** The decisions of one episode, in order. */
export interface Trajectory {
  /** From the first of the episode on, none left out. */
  readonly decisions: readonly Decision[];
}

/** What to evaluate beside the actions. */
export interface EvaluateOptions {
  /**
   * Also scores what the agent was shown, as a language model would: the columns then hold each decision's
   * `promptTokens` before its `tokens`, under no constraint. Policies that read no tokens have none. Default false.
   */
  readonly prompts?: boolean;
}

/** Columns over all tokens (and steps) of all trajectories, in order. */
export interface Evaluation {
  /** [tokens] log π(token) under the constraint and the temperature it was sampled with. Nats. */
  readonly logProbs: Float32Array;
  /** [tokens] entropy of that distribution. Nats. */
  readonly entropies: Float32Array;
  /** [steps] estimated return before each action. */
  readonly values: Float32Array;
}

/** Derivatives of a loss by each column of an {@linkcode Evaluation}; same shapes. */
export interface EvaluationGradients {
  /** [tokens] */
  readonly dLogProbs: Float32Array;
  /** [tokens] */
  readonly dEntropies: Float32Array;
  /** [steps] */
  readonly dValues: Float32Array;
}

/** How far to move the weights. */
export interface UpdateOptions {
  /** Size of a step. */
  readonly learningRate: number;
  /** Largest global l2 norm of the gradient; larger ones are scaled down. */
  readonly maxGradientNorm?: number;
  /** Decoupled decay of the weights. Default 0. */
  readonly weightDecay?: number;
}

/** What an update did. */
export interface UpdateReport {
  /** Global l2 norm before clipping. */
  readonly gradientNorm: number;
  /** False when the gradient was not finite: the weights are unchanged. */
  readonly applied: boolean;
  /** Updates behind the weights. */
  readonly version: number;
}

/** Named tensors plus the text files that make them a model folder. */
export interface PolicySnapshot {
  /** Which implementation it restores. */
  readonly kind: "linear" | "transformer" | "reward-model" | "remote";
  /** Updates behind the weights. */
  readonly version: number;
  /** The parameters, in the order of the flat gradient, then what a resume needs. */
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: Float32Array }>;
  /** File name to content: config.json, tokenizer.json, eddy.json. */
  readonly files: ReadonlyMap<string, string>;
}
