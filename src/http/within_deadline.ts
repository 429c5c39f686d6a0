import type { MiddlewareHandler } from "hono";
import { Refusal } from "./refusal.ts";

/** Answers 504 where the answer takes longer than `deadlineMs`. What was begun goes on: a repeat with the same key is safe. */
export function withinDeadline(deadlineMs: number): MiddlewareHandler {
  return async (_, next) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(
          new Refusal(
            "timed_out",
            `Cannot answer: it took more than ${deadlineMs} ms; it may have been done, ask again`,
          ),
        );
      }, deadlineMs);
    });
    try {
      await Promise.race([next(), late]);
    } finally {
      clearTimeout(timer);
    }
  };
}
