import type { Context } from "hono";
import type { z } from "zod";
import { readJson } from "../_read_json.ts";
import { isSchema, type JsonSchema } from "./closed_values.ts";
import { OpenAiError } from "./open_ai_error.ts";
import { type RefusedParameters, withoutRefused } from "./refused_parameters.ts";

/**
 * The body of a request as a JSON object, not yet looked at.
 *
 * @param bodyBytes Longest body, in bytes.
 * @throws {OpenAiError} 400 If it is no object.
 * @throws {Refusal} If it is too long, not called JSON, or no JSON.
 */
export async function readObject(c: Context, bodyBytes: number): Promise<JsonSchema> {
  const body = await readJson(c.req.raw, bodyBytes);
  if (isSchema(body)) return body;
  throw new OpenAiError("Cannot answer: the body is not a JSON object", { status: 400, code: "request_invalid" });
}

/**
 * A body as a schema has it.
 *
 * @throws {OpenAiError} 400 If it has refused or unknown parameters.
 * @throws {ZodError} If it is not what the schema says.
 */
export function parseBody<Body extends z.ZodObject>(
  body: JsonSchema,
  schema: Body,
  refused: RefusedParameters,
): z.infer<Body> {
  return schema.parse(withoutRefused(body, refused, Object.keys(schema.shape)));
}
