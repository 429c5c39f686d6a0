import type { FunctionAction } from "./function_action.ts";
import type { LearnedFunction } from "./learned_function.ts";

/** Whether an action can be applied. */
export type ActionValidity =
  | { readonly valid: true }
  /** `reason` says what to change, for whoever proposed it. */
  | { readonly valid: false; readonly reason: string };

/** What came of calling a function. */
export type FunctionResult =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "failed"; readonly reason: string };

/** How one revision of a function was used. */
export interface FunctionUsage {
  /** Which. */
  readonly revision: number;
  /** Its name. */
  readonly name: string;
  /** How often it was called. */
  readonly calls: number;
  /** How often that gave no value. */
  readonly failures: number;
  /** Episodes with an end in which it was called. */
  readonly episodes: number;
  /** How many of them succeeded. */
  readonly successes: number;
}

/** All that a store holds at a moment; plain JSON. */
export interface FunctionCheckpoint {
  /** Of this form. */
  readonly version: 1;
  /** In the order they were added. */
  readonly functions: readonly LearnedFunction[];
  /** Of all revisions that were ever called. */
  readonly usage: readonly FunctionUsage[];
  /** The next one to be given. */
  readonly nextRevision: number;
}

/** Calls within one episode: what succeeds or fails with it. */
export interface FunctionEpisode {
  /**
   * Calls a function in the sandbox, and notes that it was.
   *
   * @returns A failure where there is no such function, where arguments do not fit, and where it gives no value.
   */
  call(name: string, given: unknown): Promise<FunctionResult>;
  /** Ends it: each function that was called gets its share of the credit or the blame, once. */
  end(success: boolean): void;
}

/** The functions that an agent learns: what can be trained of one whose weights are frozen. */
export interface FunctionStore {
  /** In the order they were added. */
  readonly functions: readonly LearnedFunction[];
  /** Says whether an action can be applied: names, schema, syntax, and a trial call in the sandbox. */
  validate(action: FunctionAction): Promise<ActionValidity>;
  /** Applies an action if it is valid. */
  apply(action: FunctionAction): Promise<ActionValidity>;
  /** Begins an episode. */
  openEpisode(): FunctionEpisode;
  /** How the functions there are now were used, in their order; zeros where one never was. */
  usage(): readonly FunctionUsage[];
  /** What `rollBack` needs to come back. */
  checkpoint(): FunctionCheckpoint;
  /** Comes back to the functions of a checkpoint; what was logged since then stays logged. */
  rollBack(checkpoint: FunctionCheckpoint): void;
}
