import type { FunctionAction } from "./function_action.ts";
import type { FunctionUsage } from "./function_store.ts";
import type { LearnedFunction } from "./learned_function.ts";

/** One task as it was tried. */
export interface TriedTask {
  /** What was said, oldest first, as one text. */
  readonly conversation: string;
  /** Whether it was solved. */
  readonly success: boolean;
}

/** Functions that did worse than the best. */
export interface FailedFunctions {
  /** What they were. */
  readonly functions: readonly LearnedFunction[];
  /** Share of tasks that were solved with them. */
  readonly performance: number;
}

/** What somebody knows who is to say how functions should change. */
export interface FunctionQuestion {
  /** The functions that did best: those the tasks were tried with. */
  readonly best: readonly LearnedFunction[];
  /** The functions as they are now, after the actions of this round so far. */
  readonly current: readonly LearnedFunction[];
  /** The tasks as they were tried with the best functions. */
  readonly tasks: readonly TriedTask[];
  /** How the functions were used. */
  readonly usage: readonly FunctionUsage[];
  /** Functions that did worse, the worst first. */
  readonly failures: readonly FailedFunctions[];
  /** What was changed in this round so far. */
  readonly applied: readonly FunctionAction[];
  /** What was wrong with the last answers to this question. */
  readonly complaints: readonly string[];
}

/** Says how functions should change. @throws {TypeError} If its answer cannot be read. */
export type ProposeFunction = (question: FunctionQuestion) => Promise<FunctionAction>;
