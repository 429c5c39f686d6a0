import type { MiddlewareHandler } from "hono";
import { Refusal } from "./refusal.ts";

/** A deadline is this many looks away: one timer for all requests costs next to nothing for each. */
const LOOKS = 16;

/** Answers 504 where the answer takes longer than `deadlineMs`. What was begun goes on: a repeat with the same key is safe. */
export function withinDeadline(deadlineMs: number): MiddlewareHandler {
  /** Requests under way, by the look that ends their time. Insertion order is the order of their ends. */
  const waiting = new Map<symbol, { readonly last: number; readonly refuse: (late: Refusal) => void }>();
  let looks = 0;
  let timer: ReturnType<typeof setInterval> | undefined;

  function look(): void {
    looks++;
    for (const [request, { last, refuse }] of waiting) {
      if (last > looks) break;
      waiting.delete(request);
      const message = `Cannot answer: it took more than ${deadlineMs} ms; it may have been done, ask again`;
      refuse(new Refusal("timed_out", message));
    }
    if (waiting.size === 0) stop();
  }

  function stop(): void {
    clearInterval(timer);
    timer = undefined;
  }

  return (_, next) => {
    const request = Symbol();
    const end = (): void => {
      waiting.delete(request);
      if (waiting.size === 0) stop();
    };
    timer ??= setInterval(look, Math.max(1, deadlineMs / LOOKS));
    return new Promise<void>((answer, refuse) => {
      // The look under way may come at once, so one more.
      waiting.set(request, { last: looks + LOOKS + 1, refuse });
      next().then(() => {
        end();
        answer();
      }, (error) => {
        end();
        refuse(error);
      });
    });
  };
}
