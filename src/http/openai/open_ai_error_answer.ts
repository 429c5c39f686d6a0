import type { Context } from "hono";
import type { ProblemReport } from "../app_dependencies.ts";
import type { AppEnvironment } from "../app_environment.ts";
import { EddyError } from "../../errors.ts";
import { Refusal } from "../refusal.ts";
import { openAiErrorOf } from "./open_ai_error_of.ts";

/** An error as official clients read it; what is the server's fault is reported to its operator as well. */
export function openAiErrorAnswer(error: Error, c: Context<AppEnvironment>, report?: ProblemReport): Response {
  const told = openAiErrorOf(error);
  if (told.status >= 500) {
    const code = error instanceof EddyError || error instanceof Refusal ? error.code : "internal";
    report?.({ requestId: c.get("requestId"), method: c.req.method, path: c.req.path, code, error });
  }
  return told.response();
}
