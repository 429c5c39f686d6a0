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

/** The run begins, or goes on. */
export interface StartEvent {
  /** Which event this is. */
  readonly event: "start";
  /** What the configuration began from. */
  readonly preset: string;
  /** The world. */
  readonly environment: string;
  /** Names every random draw of the run. */
  readonly seed: number;
  /** Trainable numbers; 0 where what is learned grows with what is told. */
  readonly parameters: number;
  /** Replicas at once. */
  readonly workers: number;
  /** The build of the kernels: `relaxed` or `simd128`. */
  readonly instructionSet: string;
  /** What will happen, in order. */
  readonly phases: readonly { readonly name: PhaseName; readonly updates: number }[];
}

/** The policy has changed. */
export interface UpdateEvent {
  /** Which event this is. */
  readonly event: "update";
  /** Which part of the run. */
  readonly phase: PhaseName;
  /** From 1, within the phase. */
  readonly update: number;
  /** All of the phase. */
  readonly updates: number;
  /** Since the run began. */
  readonly seconds: number;
  /** loss, klK3, entropy, clipFraction, importanceRatioMax, gradientNorm, staleness, tokensPerSecond, success, meanReturn … */
  readonly metrics: Readonly<Record<string, number>>;
}

/** A point of the curve. */
export interface EvaluationEvent {
  /** Which event this is. */
  readonly event: "evaluation";
  /** Which part of the run. */
  readonly phase: "untrained" | PhaseName;
  /** Updates of both phases so far. */
  readonly update: number;
  /** Since the run began. */
  readonly seconds: number;
  /** Share of held-out episodes solved. */
  readonly success: number;
  /** How many were played. */
  readonly episodes: number;
  /** Mean sum of rewards. */
  readonly meanReturn: number;
}

/** A checkpoint is on disk. */
export interface CheckpointEvent {
  /** Which event this is. */
  readonly event: "checkpoint";
  /** Where. */
  readonly folder: string;
  /** Optimizer steps behind its weights. */
  readonly version: number;
  /** Since the run began. */
  readonly seconds: number;
}

/** One held-out episode, to read: the same seeds before reinforcement and after. */
export interface EpisodeEvent {
  /** Which event this is. */
  readonly event: "episode";
  /** Before reinforcement or after. */
  readonly when: "before" | "after";
  /** Names the task. */
  readonly seed: number;
  /** Whether the task was solved. */
  readonly success: boolean;
  /** What happened, in order. */
  readonly steps: readonly {
    /** What the agent was shown. */
    readonly observation: string;
    /** What it did. */
    readonly action: string;
    /** What that step brought. */
    readonly reward: number;
    /** The return that the policy expected. */
    readonly value: number;
    /** How much better than expected it was, whitened. */
    readonly advantage: number;
  }[];
}

/** The run has ended; the last event. */
export interface DoneEvent {
  /** Which event this is. */
  readonly event: "done";
  /** Held-out success at the end, after the warm start, and before any training. */
  readonly success: number;
  /** Held-out success after the warm start. */
  readonly warmStart: number;
  /** Held-out success before any training. */
  readonly untrained: number;
  /** Since the run began. */
  readonly seconds: number;
  /** Names every random draw of the run. */
  readonly seed: number;
  /** Of both phases. */
  readonly updates: number;
  /** Shown and written while learning. */
  readonly tokens: number;
  /** Folder of the last checkpoint; empty where nothing is kept. */
  readonly checkpoint: string;
  /** The report, where one was written. */
  readonly report?: string;
}
