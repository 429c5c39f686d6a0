import { EddyError } from "../errors.ts";
import { STATUSES } from "./statuses.ts";

/** Body of every error of the native routes. */
export interface ErrorAnswer {
  /** What went wrong. */
  readonly error: {
    /** For programs: an `ErrorCode`, or `not_found`, `too_many_requests`, `body_too_large`, `conflict`, `internal`. */
    readonly code: string;
    /** For people: what to do next, where it is known. */
    readonly message: string;
    /** Names the request in logs. */
    readonly requestId?: string;
  };
}

/** Seconds after which a busy or restarting server may answer. */
const RETRY_AFTER_SECONDS = "1";

/** An error as an answer. What only the server may know is not in it. */
export function errorAnswer(error: unknown, requestId?: string): Response {
  if (error instanceof EddyError && STATUSES[error.code] !== 500) {
    return refusal(STATUSES[error.code], error.code, error.message, requestId);
  }
  return refusal(500, "internal", "Cannot answer: an internal error", requestId);
}

/** A refusal in the one form that errors have. */
export function refusal(status: number, code: string, message: string, requestId?: string): Response {
  const headers: Record<string, string> = { "content-type": "application/json; charset=utf-8" };
  if (status === 503 || status === 429) headers["retry-after"] = RETRY_AFTER_SECONDS;
  if (status === 401) headers["www-authenticate"] = "Bearer";
  const body: ErrorAnswer = { error: { code, message, ...(requestId === undefined ? {} : { requestId }) } };
  return new Response(JSON.stringify(body), { status, headers });
}
