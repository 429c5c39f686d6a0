import { type Constraint, toolCallConstraint } from "../../../language/mod.ts";
import { candidateTrie, type LanguageModel } from "../../../policy/mod.ts";
import { closedValues } from "../closed_values.ts";
import { invalidParameter } from "../invalid_parameter.ts";
import { toolFromSchema } from "../tool_from_schema.ts";
import type { SpeechRequest } from "./speech_request.ts";

/**
 * What an answer is held to by `response_format`, token by token; undefined where anything may be written.
 *
 * @throws {OpenAiError} 400 If the format cannot be kept for certain: it is refused, never left to chance.
 */
export function formatConstraint(
  model: LanguageModel,
  format: SpeechRequest["response_format"],
): Constraint | undefined {
  if (format === undefined || format.type === "text") return undefined;
  const values = format.type === "json_schema" ? closedValues(format.json_schema.schema) : undefined;
  if (values) return candidateTrie(model.tokenizer, values.map(({ value }) => JSON.stringify(value)), model.ends[0]);
  throw invalidParameter(
    "response_format",
    "Cannot answer: `response_format` must be a JSON schema that is a closed choice (`enum`, `const`, booleans, " +
      "alternatives, or an object of those with all properties required)",
    "unsupported_value",
  );
}

/**
 * Holds an answer to one call of the given tools; undefined where a call may be made and need not.
 *
 * @throws {OpenAiError} 400 If the model writes calls in another form than Eddy can hold it to, or a tool takes arguments that
 * are not closed.
 */
export function callConstraint(
  model: LanguageModel,
  { tool_choice: choice }: Pick<SpeechRequest, "tool_choice">,
  tools: readonly NonNullable<SpeechRequest["tools"]>[number][],
): Constraint | undefined {
  const mustCall = choice === "required" ||
    typeof choice === "object" && (choice.type === "function" || choice.allowed_tools.mode === "required");
  if (!mustCall) return undefined;
  if (model.calls !== "hermes") {
    throw invalidParameter(
      "tool_choice",
      "Cannot call: a call can be offered to this model and not forced; use `auto` or `none`",
      "unsupported_value",
    );
  }
  const known = tools.map(({ function: { name, description = "", parameters } }) =>
    toolFromSchema(name, description, parameters, `tools.${name}.parameters`)
  );
  return toolCallConstraint(model.tokenizer, known);
}
