import { z } from "zod";
import { EddyError, type ErrorCode } from "../../errors.ts";
import { invalidBody } from "./invalid_parameter.ts";
import { OpenAiError, type OpenAiStatus } from "./open_ai_error.ts";

/** Conditions that a client can do something about; all others are the server's. */
const STATUSES: { readonly [Code in ErrorCode]?: OpenAiStatus } = {
  disk_full: 503,
  key_invalid: 401,
  overloaded: 503,
  receipt_expired: 400,
  receipt_invalid: 400,
  request_invalid: 400,
  scope_missing: 403,
  store_unavailable: 503,
  timed_out: 504,
  worker_failed: 503,
};

/** Seconds after which a busy or restarting server may answer. */
const RETRY_AFTER = 1;

/** Any error as OpenAI's form tells it. What only the server may know stays in `cause`. */
export function openAiErrorOf(error: unknown): OpenAiError {
  if (error instanceof OpenAiError) return error;
  if (error instanceof z.ZodError) return invalidBody(error);
  const status = error instanceof EddyError ? STATUSES[error.code] ?? 500 : 500;
  if (!(error instanceof EddyError) || status === 500) {
    return new OpenAiError("Cannot answer: an internal error", { status: 500, code: "internal_error", cause: error });
  }
  const retryAfter = status === 503 ? RETRY_AFTER : undefined;
  return new OpenAiError(error.message, { status, code: error.code, retryAfter, cause: error });
}
