import type { FailedFunctions, FunctionQuestion, ProposeFunction, TriedTask } from "./function_proposal.ts";
import type { FunctionCheckpoint, FunctionStore } from "./function_store.ts";
import type { FunctionAction } from "./function_action.ts";

/** How functions are improved. */
export interface FunctionOptimizerOptions {
  /** The functions. */
  readonly store: FunctionStore;
  /** Says how they should change. */
  readonly propose: ProposeFunction;
  /** Changes in one round. Default 3. */
  readonly actions?: number;
  /** Answers to one question until one can be applied. Default 3. */
  readonly tries?: number;
  /** Whether functions that do worse than the best are taken back. Default true. */
  readonly rollBack?: boolean;
}

/** What one round did. */
export interface FunctionRound {
  /** Share of tasks solved with the functions that the round found. */
  readonly performance: number;
  /** The best of all rounds so far. */
  readonly best: number;
  /** Whether they were taken back. */
  readonly rolledBack: boolean;
  /** What was applied, in order. */
  readonly applied: readonly FunctionAction[];
  /** Why answers could not be applied. */
  readonly refused: readonly string[];
}

/** Improves an agent's functions, round by round. */
export interface FunctionOptimizer {
  /**
   * Judges the functions by tasks that were tried with them, takes them back if they are worse than the best, and changes
   * them.
   *
   * @throws {RangeError} If no task was tried.
   */
  round(tasks: readonly TriedTask[]): Promise<FunctionRound>;
  /** The functions that did best. */
  best(): FunctionCheckpoint;
}

/**
 * Functions as what is trained of an agent whose weights are frozen: AgentOptimizer.
 *
 * ```text
 * performance = mean(success)
 * performance < best:  failures ← sort(failures ∪ {functions, performance}), functions ← best, keep its tasks
 * otherwise:           failures ← ∅, best ← (functions, tasks, performance)          equal ones are accepted
 * for each action:     ask(best, functions, tasks, usage, failures) until one is valid, at most `tries` times; apply
 * ```
 *
 * When to stop is the caller's: several rounds without a new best are a good moment.
 *
 * @see Zhang et al. (2024), Offline Training of Language Model Agents with Functions as Learnable Weights, ICML.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createFunctionOptimizer, createFunctionStore, openSandbox, sandboxHost } from "@eddy/eddy";
 * const sandbox = await openSandbox({ host: sandboxHost(), now: () => performance.now(), size: 1 });
 * const store = createFunctionStore({ sandbox });
 * const draft = { name: "double", description: "Twice.", arguments: '{"n": {"type": "number"}}', code: "({ n }) => 2 * n" };
 * const optimizer = createFunctionOptimizer({
 *   store,
 *   actions: 2,
 *   propose: ({ applied }) => Promise.resolve(applied.length === 0 ? { action: "add_function", ...draft } : { action: "TERMINATE" }),
 * });
 * const round = await optimizer.round([{ conversation: "2 · 4? 6", success: false }]);
 * assert.deepEqual([round.applied.length, round.performance, store.functions[0].name], [1, 0, "double"]);
 * await sandbox.close();
 * ```
 */
export function createFunctionOptimizer(options: FunctionOptimizerOptions): FunctionOptimizer {
  const { store, propose, actions = 3, tries = 3, rollBack = true } = options;
  let best = { functions: store.checkpoint(), tasks: [] as readonly TriedTask[], performance: -Infinity };
  let failures: readonly FailedFunctions[] = [];

  const change = async (question: Omit<FunctionQuestion, "complaints">, refused: string[]): Promise<FunctionAction> => {
    const complaints: string[] = [];
    while (complaints.length < tries) {
      try {
        const action = await propose({ ...question, complaints: [...complaints] });
        const validity = await store.apply(action);
        if (validity.valid) return action;
        complaints.push(validity.reason);
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        complaints.push(error.message);
      }
      refused.push(complaints[complaints.length - 1]);
    }
    return { action: "TERMINATE" };
  };

  return {
    async round(tasks): Promise<FunctionRound> {
      if (tasks.length === 0) throw new RangeError("Cannot judge functions: no task was tried with them");
      const performance = tasks.filter(({ success }) => success).length / tasks.length;
      const rolledBack = rollBack && performance < best.performance;
      if (rolledBack) {
        const failed = { functions: store.functions, performance };
        failures = [...failures, failed].sort((left, right) => left.performance - right.performance);
        store.rollBack(best.functions);
      } else {
        failures = [];
        best = { functions: store.checkpoint(), tasks, performance };
      }
      const [applied, refused]: [FunctionAction[], string[]] = [[], []];
      while (applied.length < actions) {
        const question = {
          best: best.functions.functions,
          current: store.functions,
          tasks: best.tasks,
          usage: store.usage(),
          failures,
          applied: [...applied],
        };
        const done = await change(question, refused);
        if (done.action === "TERMINATE") break;
        applied.push(done);
      }
      return { performance, best: best.performance, rolledBack, applied, refused };
    },
    best: () => best.functions,
  };
}
