import type { RemoteChoice, RemoteCompletion, RemoteMessage, RemoteTool } from "../../policy/mod.ts";
import { functionCredit } from "./function_credit.ts";
import type { FunctionQuestion, ProposeFunction } from "./function_proposal.ts";
import { FUNCTION_ACTION_TOOLS } from "./function_tools.ts";
import type { LearnedFunction } from "./learned_function.ts";
import { readFunctionAction } from "./read_function_action.ts";

/** What a model is asked. */
export interface FunctionPrompt {
  /** The question. */
  readonly messages: readonly RemoteMessage[];
  /** The actions. */
  readonly tools: readonly RemoteTool[];
}

const INSTRUCTIONS =
  "You improve an agent by changing the functions that it can call. You see the functions that did " +
  "best so far (list A), how tasks went with them, how they were used, and the functions as they are now (list B). " +
  "Functions should help with many tasks, above all with those that failed. Make one call that changes list B, or " +
  "answer TERMINATE if nothing is to be changed.";

/** Units of one conversation that are shown, and conversations: whole histories are longer than any context. */
const [SHOWN_UNITS, SHOWN_TASKS] = [600, 40];

/**
 * Asks a language model how functions should change.
 *
 * @param ask Gives the model's answer, from an endpoint or in process.
 */
export function askForFunction(
  ask: (prompt: FunctionPrompt) => RemoteCompletion | Promise<RemoteCompletion>,
): ProposeFunction {
  return async (question) => {
    const { choices } = await ask({
      messages: [{ role: "system", content: INSTRUCTIONS }, { role: "user", content: promptOf(question) }],
      tools: FUNCTION_ACTION_TOOLS,
    });
    const [choice] = choices as readonly (RemoteChoice | undefined)[];
    if (!choice) throw new TypeError("the answer is empty");
    return readFunctionAction(choice.message);
  };
}

function promptOf({ best, current, tasks, usage, failures, applied, complaints }: FunctionQuestion): string {
  const solved = tasks.filter(({ success }) => success).length;
  // What failed teaches most, so it is what is left where not all can be shown.
  const shown = [...tasks].sort((left, right) => Number(left.success) - Number(right.success)).slice(0, SHOWN_TASKS);
  return [
    `## List A, ${solved} of ${tasks.length} tasks solved`,
    listOf(best),
    "## Tasks with list A",
    ...shown.map(({ conversation, success }) => `${success ? "solved" : "failed"}: ${cut(conversation)}`),
    "## Use of the functions",
    ...usage.map((each) => {
      const credit = functionCredit(each);
      const earned = credit === undefined
        ? "no task ended with it"
        : `${Math.round(credit * 100)} % of its tasks solved`;
      return `${each.name}: ${each.calls} calls, ${each.failures} failed, ${earned}`;
    }),
    "## Functions that did worse",
    ...failures.map(({ functions, performance }) => `${Math.round(performance * 100)} % solved: ${listOf(functions)}`),
    "## List B",
    listOf(current),
    "## Changes from A to B",
    ...applied.map((change) => change.action === "TERMINATE" ? "none" : `${change.action} ${change.name}`),
    ...complaints.map((complaint) => `Your last answer cannot be used: ${complaint}`),
  ].join("\n");
}

function listOf(functions: readonly LearnedFunction[]): string {
  return JSON.stringify(functions.map(({ revision: _, ...told }) => told));
}

function cut(text: string): string {
  return text.length <= SHOWN_UNITS ? text : `${text.slice(0, SHOWN_UNITS / 2)} … ${text.slice(-SHOWN_UNITS / 2)}`;
}
