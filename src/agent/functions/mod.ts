/** Functions that an agent learns. @module */
export type { FunctionAction, FunctionDraft } from "./function_action.ts";
export type { FunctionParameters, LearnedFunction } from "./learned_function.ts";
export type {
  ActionValidity,
  FunctionCheckpoint,
  FunctionEpisode,
  FunctionResult,
  FunctionStore,
  FunctionUsage,
} from "./function_store.ts";
export { createFunctionStore, type FunctionStoreOptions } from "./create_function_store.ts";
export { readFunctionCheckpoint } from "./read_function_checkpoint.ts";
export { functionCredit } from "./function_credit.ts";
export { FUNCTION_ACTION_TOOLS, functionTools } from "./function_tools.ts";
export { readFunctionAction } from "./read_function_action.ts";
export type { FailedFunctions, FunctionQuestion, ProposeFunction, TriedTask } from "./function_proposal.ts";
export { askForFunction, type FunctionPrompt } from "./ask_for_function.ts";
export {
  createFunctionOptimizer,
  type FunctionOptimizer,
  type FunctionOptimizerOptions,
  type FunctionRound,
} from "./create_function_optimizer.ts";
