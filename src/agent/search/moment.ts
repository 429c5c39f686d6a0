import type { Split } from "../../environment/mod.ts";
import type { TranscriptStep, Turn } from "../../episode/mod.ts";

/** A point of an episode that a world can be put back to; nothing changes it. */
export interface Moment {
  /** Names the task. */
  readonly seed: number;
  /** Of the task. */
  readonly split: Split;
  /** What led here from the start. */
  readonly steps: readonly TranscriptStep[];
  /** [steps] */
  readonly rewards: readonly number[];
  /** What is shown now. */
  readonly shown: readonly Turn[];
  /** What can be done now, where the world lists it. */
  readonly candidates?: readonly string[];
  /** The world ended it, or cut it off: there is nothing to do. */
  readonly ended: boolean;
  /** Whether the task is solved. */
  readonly success: boolean;
  /** What the world needs to come back; undefined where it must play the steps again. */
  readonly snapshot?: unknown;
}
