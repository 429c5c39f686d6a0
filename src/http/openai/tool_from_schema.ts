import type { Tool, ToolParameter } from "../../episode/mod.ts";
import { isSchema } from "./closed_values.ts";
import { invalidParameter } from "./invalid_parameter.ts";

/** A literal prefix and a count of digits: all that a pattern may be. */
const PATTERN = /^\^[^\\^$.*+?()[\]{}|]*\[0-9\]\{[0-9]+\}\$$/;

/**
 * A function as an agent that writes tool calls can call it.
 *
 * @param schema JSON schema of the arguments. @param param Where it stands in the request.
 * @throws {OpenAiError} 400 If an argument is neither a closed list, nor an id of a known pattern, nor a bounded integer.
 */
export function toolFromSchema(name: string, description: string, schema: unknown, param: string): Tool {
  const properties = isSchema(schema) && isSchema(schema.properties) ? schema.properties : {};
  const parameters = Object.entries(properties).map(([argument, property]) => {
    const parameter = parameterOf(property);
    if (parameter) return [argument, parameter] as const;
    throw invalidParameter(
      `${param}.properties.${argument}`,
      `Cannot call '${name}': the argument '${argument}' must be a string with \`enum\`, a string with a pattern like ` +
        "`^O[0-9]{4}$`, or an integer with `minimum` and `maximum`",
      "invalid_function_parameters",
    );
  });
  return {
    name,
    description,
    parameters: {
      type: "object",
      properties: Object.fromEntries(parameters),
      required: parameters.map(([key]) => key),
    },
  };
}

function parameterOf(schema: unknown): ToolParameter | undefined {
  if (!isSchema(schema)) return undefined;
  const description = typeof schema.description === "string" ? { description: schema.description } : {};
  const values = "const" in schema ? [schema.const] : schema.enum;
  if (Array.isArray(values)) {
    const texts = values.length > 0 && values.every((value) => typeof value === "string");
    return texts ? { type: "string", enum: values, ...description } : undefined;
  }
  if (schema.type === "string" && typeof schema.pattern === "string" && PATTERN.test(schema.pattern)) {
    return { type: "string", pattern: schema.pattern, ...description };
  }
  const { type, minimum, maximum } = schema;
  if (type === "integer" && typeof minimum === "number" && typeof maximum === "number") {
    return { type, minimum, maximum, ...description };
  }
  return undefined;
}
