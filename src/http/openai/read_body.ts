import type { Context } from "hono";
import type { z } from "zod";
import { readJson } from "../_read_json.ts";
import { isSchema } from "./closed_values.ts";
import { OpenAiError } from "./open_ai_error.ts";
import { type RefusedParameters, withoutRefused } from "./refused_parameters.ts";

/** How a body is read. */
export interface ReadBodyOptions {
  /** Parameters that are refused by name. */
  readonly refused: RefusedParameters;
  /** Longest body, in bytes. */
  readonly bodyBytes: number;
}

/**
 * The body of a request.
 *
 * @throws {OpenAiError} 400 If it is no object, has refused or unknown parameters, or is not what the schema says.
 * @throws {Refusal} If it is too long, not called JSON, or no JSON.
 */
export async function readBody<Body extends z.ZodObject>(
  c: Context,
  schema: Body,
  { refused, bodyBytes }: ReadBodyOptions,
): Promise<z.infer<Body>> {
  const body = await readJson(c.req.raw, bodyBytes);
  if (!isSchema(body)) {
    throw new OpenAiError("Cannot answer: the body is not a JSON object", { status: 400, code: "request_invalid" });
  }
  return schema.parse(withoutRefused(body, refused, Object.keys(schema.shape)));
}
