/** The parts of a training run. */
export type PhaseName = "warm start" | "reinforcement";

/** What a training run tells while it runs; the last one is `done`. */
export type TrainingEvent =
  | StartEvent
  | UpdateEvent
  | EvaluationEvent
  | CheckpointEvent
  | EpisodeEvent
  | DoneEvent;

export interface StartEvent {
  readonly event: "start";
  readonly preset: string;
  readonly environment: string;
  readonly seed: number;
  readonly parameters: number;
  readonly workers: number;
  readonly instructionSet: string;
  readonly phases: readonly { readonly name: PhaseName; readonly updates: number }[];
}

export interface UpdateEvent {
  readonly event: "update";
  readonly phase: PhaseName;
  /** From 1, within the phase. */
  readonly update: number;
  readonly updates: number;
  readonly seconds: number;
  /** loss, klK3, entropy, clipFraction, importanceRatioMax, gradientNorm, staleness, tokensPerSecond, success, meanReturn … */
  readonly metrics: Readonly<Record<string, number>>;
}

export interface EvaluationEvent {
  readonly event: "evaluation";
  readonly phase: "untrained" | PhaseName;
  /** Updates of both phases so far. */
  readonly update: number;
  readonly seconds: number;
  /** Share of held-out episodes solved. */
  readonly success: number;
  readonly episodes: number;
  readonly meanReturn: number;
}

export interface CheckpointEvent {
  readonly event: "checkpoint";
  readonly folder: string;
  readonly version: number;
  readonly seconds: number;
}

/** One held-out episode, to read: the same seeds before reinforcement and after. */
export interface EpisodeEvent {
  readonly event: "episode";
  readonly when: "before" | "after";
  readonly seed: number;
  readonly success: boolean;
  readonly steps: readonly {
    readonly observation: string;
    readonly action: string;
    readonly reward: number;
    readonly value: number;
    readonly advantage: number;
  }[];
}

export interface DoneEvent {
  readonly event: "done";
  /** Held-out success at the end, after the warm start, and before any training. */
  readonly success: number;
  readonly warmStart: number;
  readonly untrained: number;
  readonly seconds: number;
  readonly seed: number;
  readonly updates: number;
  readonly tokens: number;
  readonly checkpoint: string;
  readonly report?: string;
}
