import type { Context } from "hono";
import { EddyError } from "../errors.ts";
import type { AppEnvironment } from "./app_environment.ts";
import type { ProblemReport } from "./app_dependencies.ts";
import { Refusal } from "./refusal.ts";
import { type HttpErrorCode, STATUSES } from "./statuses.ts";

/** The body of every answer that is an error. */
export interface ErrorBody {
  /** What went wrong. */
  readonly error: {
    /** For programs. */
    readonly code: HttpErrorCode;
    /** For people: what cannot be done, why, what to do next. */
    readonly message: string;
    /** Names the request; also in the header `x-request-id`. */
    readonly requestId: string;
  };
}

/** An error as the client sees it: what it can act on is told, all else is an internal error and reported to the operator. */
export function errorAnswer(error: Error, c: Context<AppEnvironment>, report?: ProblemReport): Response {
  const known = error instanceof Refusal || error instanceof EddyError ? error : undefined;
  const code: HttpErrorCode = known?.code ?? "internal";
  const status = STATUSES[code];
  const requestId = c.get("requestId");
  if (status >= 500) report?.({ requestId, method: c.req.method, path: c.req.path, code, error });
  const message = status === 500 || !known ? "Cannot answer: an internal error" : known.message;
  const headers = {
    ...(status === 503 ? { "retry-after": "1" } : {}),
    ...(status === 401 ? { "www-authenticate": "Bearer" } : {}),
    ...(known instanceof Refusal ? known.headers : {}),
  };
  return Response.json({ error: { code, message, requestId } } satisfies ErrorBody, { status, headers });
}
