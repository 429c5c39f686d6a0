/** A signal that an application declares: what it means, how long it may take, and what its absence means. */
export interface Metric {
  /** `boolean` is right or wrong; `number` is any finite number inside `range`. */
  readonly type: "boolean" | "number";
  /** What is judged: one decision, or the whole attempt. */
  readonly level: "step" | "episode";
  /** Whether more is better. */
  readonly direction: "maximize" | "minimize";
  /** Lowest and highest number, mapped linearly onto rewards 0 to 1. Only for `number`. */
  readonly range?: readonly [lowest: number, highest: number];
  /** Seconds after the step in which a judgement counts; later ones are kept and counted as late. */
  readonly windowSeconds: number;
  /**
   * What silence means when the window closes: a reward, `mean` (of the agent's judged steps so far), or `ignore`.
   */
  readonly missing: number | "mean" | "ignore";
  /** Several judgements of one step: `first` counts at once; all others are settled when the window closes. */
  readonly aggregation: "first" | "last" | "mean" | "minimum" | "maximum";
}

/** Metrics of an agent by name. `comment` and `correction` are always accepted and need no declaration. */
export type Metrics = Readonly<Record<string, Metric>>;

/** Names that every agent accepts as feedback: free text, and the action that should have been taken. */
export const RESERVED_METRICS = ["comment", "correction"] as const;
