import { EddyError } from "../../../errors.ts";

/** A try that failed. */
export interface FailedTry {
  /** What the caller is told where no try succeeds. */
  readonly error: EddyError;
  /** Whether another try can help. */
  readonly again: boolean;
  /** How long the endpoint asks to wait. Milliseconds. */
  readonly waitMs?: number;
}

/** Statuses that a later try may not meet. */
const PASSING: ReadonlySet<number> = new Set([408, 409, 425, 429, 500, 502, 503, 504, 529]);
/** Longest part of an endpoint's own words that an error repeats. */
const LONGEST = 300;

/**
 * What an answer with an error status means. The endpoint's own message is repeated, without the key.
 *
 * @param hide Replaces what must not be told.
 */
export async function refusedAnswer(response: Response, hide: (text: string) => string): Promise<FailedTry> {
  const { status, headers } = response;
  const said = messageOf(await response.text().catch(() => ""));
  const message = `Cannot ask the model: it answered with status ${status}${said ? `: ${hide(said)}` : ""}`;
  const loaded = status === 429 || status === 503 || status === 529;
  const code = loaded ? "overloaded" : status < 500 ? "remote_refused" : "remote_unavailable";
  // A spent quota has the status of a limit and does not pass.
  const quota = /insufficient_quota/.test(said);
  return { error: new EddyError(code, message), again: PASSING.has(status) && !quota, waitMs: retryAfter(headers) };
}

function messageOf(body: string): string {
  try {
    const { error } = JSON.parse(body) as { error?: { message?: unknown; code?: unknown } | string };
    const text = typeof error === "string" ? error : `${error?.message ?? ""}`;
    const code = typeof error === "object" && typeof error?.code === "string" ? ` (${error.code})` : "";
    return `${text.slice(0, LONGEST)}${code}`.trim();
  } catch {
    return "";
  }
}

/**
 * How long an endpoint asks to wait: `retry-after-ms`, or `retry-after` in seconds or as a date, which counts from the
 * answer's own `date`. Milliseconds.
 *
 * @see RFC 9110, section 10.2.3
 */
export function retryAfter(headers: Headers): number | undefined {
  const milliseconds = Number(headers.get("retry-after-ms") ?? NaN);
  if (milliseconds >= 0) return milliseconds;
  const written = headers.get("retry-after");
  if (written === null || written.trim() === "") return undefined;
  const seconds = Number(written);
  if (seconds >= 0) return seconds * 1000;
  const until = Date.parse(written) - Date.parse(headers.get("date") ?? "");
  return Number.isFinite(until) ? Math.max(0, until) : undefined;
}
