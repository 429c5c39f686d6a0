import type { Turn } from "./turn.ts";

/** An episode as it was said, of whoever acted: what any policy can be shown. */
export interface Transcript {
  /** Names the task. */
  readonly task: number;
  /** Whether it was solved. */
  readonly success: boolean;
  /** Sum of its rewards. */
  readonly total: number;
  /** In order. */
  readonly steps: readonly TranscriptStep[];
}

/** A step as it was said. */
export interface TranscriptStep {
  /** What was shown since the step before. */
  readonly turns: readonly Turn[];
  /** What could be done, where that can be listed. */
  readonly candidates?: readonly string[];
  /** What was done. */
  readonly action: string;
  /** Read, and not learned from: what was done here should not be done again. Default false. */
  readonly masked?: boolean;
}
