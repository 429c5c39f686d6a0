import type { MiddlewareHandler } from "hono";
import { Refusal } from "./refusal.ts";

/** Deadlines are looked at this often, as a part of themselves: one timer for all requests costs nothing a request. */
const LOOKS = 16;

/** Answers 504 where the answer takes longer than `deadlineMs`. What was begun goes on: a repeat with the same key is safe. */
export function withinDeadline(deadlineMs: number, monotonic: () => number): MiddlewareHandler {
  /** Requests under way in the order of their deadlines. */
  const waiting = new Map<symbol, { readonly until: number; readonly refuse: (late: Refusal) => void }>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function look(): void {
    timer = undefined;
    const now = monotonic();
    for (const [request, { until, refuse }] of waiting) {
      if (until > now) break;
      waiting.delete(request);
      refuse(
        new Refusal(
          "timed_out",
          `Cannot answer: it took more than ${deadlineMs} ms; it may have been done, ask again`,
        ),
      );
    }
    if (waiting.size > 0) timer = setTimeout(look, Math.max(1, deadlineMs / LOOKS));
  }

  return async (_, next) => {
    const request = Symbol();
    const late = new Promise<never>((_, refuse) => waiting.set(request, { until: monotonic() + deadlineMs, refuse }));
    timer ??= setTimeout(look, Math.max(1, deadlineMs / LOOKS));
    try {
      await Promise.race([next(), late]);
    } finally {
      waiting.delete(request);
      if (waiting.size === 0 && timer !== undefined) {
        clearTimeout(timer);
        timer = undefined;
      }
    }
  };
}
