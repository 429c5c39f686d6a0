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

/**
 * Holds an answer to one call of the given tools; undefined where a call may be made and need not.
 *
 * @throws {OpenAiError} 400 If the model writes calls in another form than Eddy can hold it to, or a tool's schema cannot be
 * kept for certain.
 */
export async function callConstraint(
  model: LanguageModel,
  { tool_choice: choice }: Pick<SpeechRequest, "tool_choice">,
  tools: readonly RequestTool[],
): Promise<HeldConstraint | undefined> {
  const mustCall = choice === "required" ||
    typeof choice === "object" && (choice.type === "function" || choice.allowed_tools.mode === "required");
  if (!mustCall) return undefined;
  const known = tools.map(({ function: { name, parameters = { type: "object" } } }) => ({ name, parameters }));
  switch (model.calls) {
    case "hermes":
      return await held(model, { toolCalls: known }, "tools");
    case "llama3":
      return await held(model, { jsonSchema: { anyOf: known.map(bareCall) } }, "tools");
    default:
      throw invalidParameter(
        "tool_choice",
        "Cannot call: a call can be offered to this model and not forced; use `auto` or `none`",
        "unsupported_value",
      );
  }
}

/** A call as the Llama 3 family writes it. */
function bareCall({ name, parameters }: { readonly name: string; readonly parameters: unknown }): unknown {
  return {
    type: "object",
    properties: { name: { const: name }, parameters },
    required: ["name", "parameters"],
    additionalProperties: false,
  };
}

async function held(model: LanguageModel, spec: ConstraintSpec, param: string): Promise<HeldConstraint> {
  try {
    return await compileConstraint(spec, model.tokenizer, { endToken: model.ends[0] });
  } catch (cause) {
    if (!(cause instanceof EddyError) || cause.code !== "constraint_invalid") throw cause;
    throw invalidParameter(param, cause.message, "unsupported_value");
  }
}
