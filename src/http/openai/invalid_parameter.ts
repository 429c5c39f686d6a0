import type { z } from "zod";
import { OpenAiError } from "./open_ai_error.ts";

/** A request that says something it may not. @param param Path of the parameter: `tools[0].function.name`. */
export function invalidParameter(param: string, message: string, code = "invalid_value"): OpenAiError {
  return new OpenAiError(message, { status: 400, code, param });
}

/** The first thing that a schema found wrong, as OpenAI's form tells it: a parameter and a sentence. */
export function invalidBody(error: z.ZodError): OpenAiError {
  const { path, message, code } = deepest(error.issues[0], []);
  const param = writePath(path);
  return invalidParameter(
    param,
    param === "" ? `Cannot answer: ${message}` : `Cannot answer: '${param}' is not valid: ${message}`,
    code === "invalid_type" ? "invalid_type" : "invalid_value",
  );
}

interface Found {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly code: string;
}

/** Of a union's branches the one that got furthest: what its author most likely meant. */
function deepest(issue: z.core.$ZodIssue, above: readonly PropertyKey[]): Found {
  const path = [...above, ...issue.path];
  if (issue.code !== "invalid_union" || issue.errors.length === 0) {
    return { path, message: issue.message, code: issue.code };
  }
  const found = issue.errors.filter((errors) => errors.length > 0).map((errors) => deepest(errors[0], path));
  return found.reduce((best, one) => one.path.length > best.path.length ? one : best);
}

function writePath(path: readonly PropertyKey[]): string {
  return path.map((part) => typeof part === "number" ? `[${part}]` : `.${String(part)}`).join("").replace(/^\./, "");
}
