import { z } from "zod";
import type { STATUSES } from "../statuses.ts";

/** Statuses of errors, as `STATUSES` has them; official clients turn each into a typed exception. */
export type OpenAiStatus = typeof STATUSES[keyof typeof STATUSES];

/** What an {@linkcode OpenAiError} says beside its message. */
export interface OpenAiErrorOptions extends ErrorOptions {
  /** HTTP status. */
  readonly status: OpenAiStatus;
  /** What went wrong, for programs. */
  readonly code: string;
  /** The parameter that is wrong, as a path: `messages[0].content`. */
  readonly param?: string;
  /** Seconds after which another try may succeed. */
  readonly retryAfter?: number;
}

/** OpenAI's word for `error.type`. */
function typeOf(status: OpenAiStatus): string {
  if (status >= 500) return "server_error";
  switch (status) {
    case 401:
      return "authentication_error";
    case 403:
      return "permission_error";
    case 429:
      return "rate_limit_error";
    default:
      return "invalid_request_error";
  }
}

/** The body of an error answer in OpenAI's form. */
export const OpenAiErrorBody = z.object({
  error: z.object({
    message: z.string().describe("For people: what cannot be done, why, and what to do next."),
    type: z.string().describe("Kind of error, by status."),
    param: z.string().nullable().describe("The parameter that is wrong, as a path."),
    code: z.string().describe("For programs."),
  }),
}).meta({
  id: "OpenAiError",
  examples: [{
    error: {
      message: "Cannot answer: there is no agent 'suport'; did you mean 'support'?",
      type: "invalid_request_error",
      param: "model",
      code: "model_not_found",
    },
  }],
});

/** The body of an error answer in OpenAI's form. */
export type OpenAiErrorBody = z.infer<typeof OpenAiErrorBody>;

/** A request that cannot be answered, with everything that OpenAI's form of an error tells. */
export class OpenAiError extends Error {
  /** The class, for logs. */
  override readonly name = "OpenAiError";
  /** HTTP status. */
  readonly status: OpenAiStatus;
  /** What went wrong, for programs. */
  readonly code: string;
  /** The parameter that is wrong. */
  readonly param?: string;
  /** Seconds after which another try may succeed. */
  readonly retryAfter?: number;

  /** Makes one. @param message "Cannot <do>: <state>", for people. */
  constructor(message: string, options: OpenAiErrorOptions) {
    super(message, options);
    this.status = options.status;
    this.code = options.code;
    this.param = options.param;
    this.retryAfter = options.retryAfter;
  }

  /** The answer's body. */
  body(): OpenAiErrorBody {
    return {
      error: { message: this.message, type: typeOf(this.status), param: this.param ?? null, code: this.code },
    };
  }

  /** The whole answer. */
  response(): Response {
    const headers = this.retryAfter === undefined ? undefined : { "retry-after": String(this.retryAfter) };
    return Response.json(this.body(), { status: this.status, headers });
  }
}
