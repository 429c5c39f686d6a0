import { z } from "zod";
import type { FunctionParameters } from "./learned_function.ts";

/**
 * Reads a schema of arguments: of the whole object, or of its properties alone. All are required unless it says which.
 *
 * @throws {TypeError} If it is no JSON, or a schema that cannot be checked.
 */
export function readParameters(text: string): FunctionParameters {
  let schema: unknown;
  try {
    schema = JSON.parse(text);
  } catch {
    throw new TypeError("'arguments' is no JSON; write a JSON schema as text");
  }
  if (!isRecord(schema)) throw new TypeError("'arguments' is no JSON object");
  const whole = schema.type === "object" && isRecord(schema.properties);
  const properties = whole ? schema.properties as Record<string, unknown> : schema;
  for (const [name, property] of Object.entries(properties)) {
    if (!isRecord(property)) throw new TypeError(`'arguments' has no schema for '${name}'`);
  }
  const names = Object.keys(properties);
  const required = whole && Array.isArray(schema.required) ? schema.required : names;
  const unknown = required.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new TypeError(`'arguments' requires '${unknown}', which it does not have`);
  const parameters = { type: "object", properties, required, additionalProperties: false } as FunctionParameters;
  argumentsCheck(parameters);
  return parameters;
}

/**
 * What tells whether arguments fit a schema: undefined, or what is wrong with them.
 *
 * @throws {TypeError} If the schema has something that cannot be checked.
 */
export function argumentsCheck(parameters: FunctionParameters): (given: unknown) => string | undefined {
  let schema: z.ZodType;
  try {
    schema = z.fromJSONSchema(parameters as unknown as Parameters<typeof z.fromJSONSchema>[0]);
  } catch (error) {
    throw new TypeError(`'arguments' is no schema that can be checked: ${(error as Error).message}`);
  }
  return (given) => {
    const { error } = schema.safeParse(given);
    return error?.issues.map(({ path, message }) => `${path.join(".") || "arguments"}: ${message}`).join("; ");
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
