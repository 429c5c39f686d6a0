/** What a training run tells while it runs; the last one is `done`. Seconds count from the start of the run. */
export type TrainingEvent =
  | {
    readonly event: "start";
    readonly preset: string;
    readonly seed: number;
    readonly parameters: number;
    readonly workers: number;
    readonly instructionSet: string;
    readonly phases: readonly { readonly name: "warm start" | "reinforcement"; readonly updates: number }[];
  }
  | {
    readonly event: "update";
    readonly phase: "warm start" | "reinforcement";
    readonly update: number;
    readonly updates: number;
    readonly seconds: number;
    /** loss, kl, entropy, clipFraction, importanceRatioMax, gradientNorm, staleness, tokensPerSecond, trainSuccess … */
    readonly metrics: Readonly<Record<string, number>>;
  }
  | {
    readonly event: "evaluation";
    readonly phase: "untrained" | "warm start" | "reinforcement";
    readonly update: number;
    readonly seconds: number;
    readonly success: number;
    readonly episodes: number;
    readonly meanReturn: number;
  }
  | { readonly event: "checkpoint"; readonly folder: string; readonly version: number; readonly seconds: number }
  | {
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
  | {
    readonly event: "done";
    readonly success: number;
    readonly warmStart: number;
    readonly untrained: number;
    readonly seconds: number;
    readonly seed: number;
    readonly updates: number;
    readonly tokens: number;
    readonly checkpoint: string;
    readonly report?: string;
  };
