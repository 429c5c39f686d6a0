import { EddyError } from "../../../errors.ts";
import { compileConstraint, type Constraint, type ConstraintSpec } from "../../../language/mod.ts";
import type { LanguageModel } from "../../../policy/mod.ts";
import { invalidParameter } from "../invalid_parameter.ts";
import type { SpeechRequest } from "./speech_request.ts";

/** What an answer is held to; it owns memory. */
export type HeldConstraint = Constraint & Disposable;

type RequestTool = NonNullable<SpeechRequest["tools"]>[number];

/**
 * What an answer is held to by `response_format`, token by token; undefined where anything may be written.
 *
 * @throws {OpenAiError} 400 If the schema cannot be kept for certain: it is refused, never left to chance.
 */
export async function formatConstraint(
  model: LanguageModel,
  format: SpeechRequest["response_format"],
): Promise<HeldConstraint | undefined> {
  if (format === undefined || format.type === "text") return undefined;
  const jsonSchema = format.type === "json_schema" ? format.json_schema.schema : { type: "object" };
  return await held(model, { jsonSchema }, "response_format");
}

/** Whether a request asks for a call, and not only allows it. */
export function mustCall({ tool_choice: choice }: Pick<SpeechRequest, "tool_choice">): boolean {
  if (typeof choice !== "object") return choice === "required";
  return choice.type === "function" || choice.allowed_tools.mode === "required";
}

/**
 * Holds an answer to calls of the given tools, in the form of the model's chat template: to nothing else where one must be
 * made; where one may be made to calls that satisfy their schemas, whatever stands before them.
 *
 * @throws {OpenAiError} 400 If a tool's schema cannot be kept for certain, and a call must be made or the tool is strict.
 */
export async function callConstraint(
  model: LanguageModel,
  { tool_choice: choice, parallel_tool_calls: parallel }: Pick<SpeechRequest, "tool_choice" | "parallel_tool_calls">,
  tools: readonly RequestTool[],
): Promise<HeldConstraint | undefined> {
  if (tools.length === 0 || !model.calls) return undefined;
  const must = mustCall({ tool_choice: choice });
  const isNamed = typeof choice === "object" && choice.type === "function";
  const spec = {
    form: model.callForm ?? model.calls,
    choice: must ? "required" : "auto",
    several: parallel !== false && !isNamed,
  } as const;
  const toolCalls = tools.map(({ function: { name, parameters } }) => ({ name, parameters }));
  if (must || tools.some((tool) => tool.function.strict)) return await held(model, { ...spec, toolCalls }, "tools");
  return await heldIfPossible(model, { ...spec, toolCalls }) ??
    await heldIfPossible(model, { ...spec, toolCalls: tools.map(({ function: { name } }) => ({ name })) });
}

/** Nobody asked for it: without a grammar that can be kept, or the module for grammars, anything may be written. */
async function heldIfPossible(model: LanguageModel, spec: ConstraintSpec): Promise<HeldConstraint | undefined> {
  try {
    return await compiled(model, spec);
  } catch (cause) {
    if (!(cause instanceof EddyError) || !FORGIVEN.includes(cause.code)) throw cause;
    return undefined;
  }
}

const FORGIVEN: readonly string[] = ["constraint_invalid", "kernels_unavailable"];

async function held(model: LanguageModel, spec: ConstraintSpec, param: string): Promise<HeldConstraint> {
  try {
    return await compiled(model, spec);
  } catch (cause) {
    if (!(cause instanceof EddyError) || cause.code !== "constraint_invalid") throw cause;
    throw invalidParameter(param, cause.message, "unsupported_value");
  }
}

function compiled({ tokenizer, ends }: LanguageModel, spec: ConstraintSpec): Promise<HeldConstraint> {
  return compileConstraint(spec, tokenizer, { endToken: ends[0], endTokens: ends.slice(1) });
}
