import type { Tool, Turn } from "../episode/mod.ts";

/** Which tasks to draw from. Held-out splits share no company, map or name with `train`. */
export type Split = "train" | "validation" | "test";

/** What an agent is shown at the start. */
export interface Start {
  /** Oldest first. */
  readonly turns: readonly Turn[];
}

/** What one action brought. */
export interface Outcome {
  /** What the agent is shown next. */
  readonly turns: readonly Turn[];
  /** Reward of this step alone: verified sub-goals reached by it, minus penalties. */
  readonly reward: number;
  /** The world ended the episode: nothing follows. */
  readonly terminated: boolean;
  /** The episode was cut off (time limit): more could have followed. */
  readonly truncated: boolean;
  /** Whether the task is solved; meaningful once terminated or truncated. */
  readonly success: boolean;
}

/** A place where an agent acts, one task at a time. */
export interface Environment {
  /** Draws the task of `seed`; equal seeds give equal tasks. */
  reset(seed: number, split: Split): Start;
  /** Applies one action. Malformed actions are answered, never thrown. */
  step(action: string): Outcome;
  /** The admissible actions now, where they can be listed. Without it the agent writes tool calls. */
  actions?(): readonly string[];
  /** The scripted expert's next action: noisy, and possibly wrong. `random` gives uniforms in [0, 1). */
  expert?(random: () => number): string;
  /** The right next action from here, for validation; undefined when the task can no longer be solved. */
  gold?(): string | undefined;
  /**
   * The goal of the task and all goals that are reached now, in the words that a task says them in: what hindsight may
   * take an episode for.
   */
  goals?(): { readonly asked: string; readonly reached: readonly string[] };
  /** Everything `restore` needs to return to this moment; plain JSON. */
  snapshot?(): unknown;
  /** Returns to the moment of a snapshot. */
  restore?(snapshot: unknown): void;
}

/** What an environment module exports as `default`. */
export interface World {
  /** One word. */
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  /** Longest episode, in steps. */
  readonly horizon: number;
  /** What the agent can call, where it writes tool calls. */
  readonly tools?: readonly Tool[];
  /** What an action is a sequence of, where it is one: each is written as a single token, space included. */
  readonly words?: readonly string[];
  /** Makes an independent environment; `options` are the world's own knobs. */
  create(options?: Readonly<Record<string, unknown>>): Environment;
}
