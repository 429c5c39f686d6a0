import { z } from "zod";
import { EddyError } from "../../errors.ts";
import { Refusal } from "../refusal.ts";
import { type HttpErrorCode, STATUSES } from "../statuses.ts";
import { invalidBody } from "./invalid_parameter.ts";
import { OpenAiError } from "./open_ai_error.ts";

/** Words of OpenAI's for conditions that clients compare. */
const WORDS: { readonly [Code in HttpErrorCode]?: string } = {
  key_invalid: "invalid_api_key",
  key_missing: "invalid_api_key",
  rate_limited: "rate_limit_exceeded",
};

/** Seconds after which a busy or restarting server may answer. */
const RETRY_AFTER = 1;

/** Any error as OpenAI's form tells it. What only the server may know stays in `cause`. */
export function openAiErrorOf(error: unknown): OpenAiError {
  if (error instanceof OpenAiError) return error;
  if (error instanceof z.ZodError) return invalidBody(error);
  const known = error instanceof Refusal || error instanceof EddyError ? error : undefined;
  const status = known ? STATUSES[known.code] : 500;
  if (!known || status === 500) {
    return new OpenAiError("Cannot answer: an internal error", { status: 500, code: "internal_error", cause: error });
  }
  const told = known instanceof Refusal ? Number(known.headers["retry-after"] ?? NaN) : NaN;
  const retryAfter = Number.isFinite(told) ? told : status === 503 ? RETRY_AFTER : undefined;
  return new OpenAiError(known.message, { status, code: WORDS[known.code] ?? known.code, retryAfter, cause: error });
}
