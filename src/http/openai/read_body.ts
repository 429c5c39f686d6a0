import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { z } from "zod";
import type { AppDependencies } from "../app_dependencies.ts";
import { isSchema } from "./closed_values.ts";
import { OpenAiError } from "./open_ai_error.ts";
import { type RefusedParameters, withoutRefused } from "./refused_parameters.ts";

/** Refuses bodies that are longer than the application takes: 413. */
export function limitBody({ limits }: AppDependencies): MiddlewareHandler {
  const message = `Cannot answer: the body has more than ${limits.bodyBytes} bytes`;
  return bodyLimit({
    maxSize: limits.bodyBytes,
    onError: () => new OpenAiError(message, { status: 413, code: "request_too_large" }).response(),
  });
}

/** The body of a request. @throws {OpenAiError} 400 If it is no JSON, refused, or not what the schema says. */
export async function readBody<Body extends z.ZodObject>(
  c: Context,
  schema: Body,
  refused: RefusedParameters,
): Promise<z.infer<Body>> {
  const body: unknown = await c.req.json().catch(() => undefined);
  if (!isSchema(body)) {
    throw new OpenAiError("Cannot answer: the body is not a JSON object", { status: 400, code: "invalid_json" });
  }
  return schema.parse(withoutRefused(body, refused, Object.keys(schema.shape)));
}
