import type { Context } from "hono";
import { z } from "zod";
import type { ProblemReport } from "../app_dependencies.ts";
import type { AppEnvironment } from "../app_environment.ts";
import { openAiErrorAnswer, openAiErrorOf } from "../openai/mod.ts";

/** The body of an error answer in Anthropic's form. */
export const AnthropicErrorBody = z.object({
  type: z.literal("error"),
  error: z.object({ type: z.string().describe("Kind of error, by status."), message: z.string() }),
}).meta({ id: "AnthropicError" });

/** The body of an error answer in Anthropic's form. */
export type AnthropicErrorBody = z.infer<typeof AnthropicErrorBody>;

const TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  503: "overloaded_error",
  504: "timeout_error",
};

/** An error's body. @param status HTTP status. */
export function anthropicErrorBody(status: number, message: string): AnthropicErrorBody {
  const type = TYPES[status] ?? (status < 500 ? "invalid_request_error" : "api_error");
  return { type: "error", error: { type, message } };
}

/** An error as official clients read it; what is the server's fault is reported to its operator as well. */
export function anthropicErrorAnswer(error: Error, c: Context<AppEnvironment>, report?: ProblemReport): Response {
  const { status, headers } = openAiErrorAnswer(error, c, report);
  const told = new Headers(headers);
  told.delete("content-length");
  return Response.json(anthropicErrorBody(status, openAiErrorOf(error).message), { status, headers: told });
}

/** Whether a path is one that official Anthropic clients ask. */
export function isAnthropicPath(path: string): boolean {
  return /^\/v1\/messages(\/|$)/.test(path);
}
