import type { MiddlewareHandler } from "hono";
import { Refusal } from "./refusal.ts";

/** Requests that are worked on. */
export interface LoadShedder {
  /** How many there are now; never more than the limit. */
  readonly inFlight: number;
  /** Takes a request or refuses it at once: 503. */
  readonly middleware: MiddlewareHandler;
}

/** Works on at most `concurrent` requests at once: a client hears at once that it is too much, and nobody waits in line. */
export function shedLoad(concurrent: number, onShed: () => void): LoadShedder {
  let inFlight = 0;
  return {
    get inFlight(): number {
      return inFlight;
    },
    middleware: async (_, next) => {
      if (inFlight >= concurrent) {
        onShed();
        throw new Refusal("overloaded", `Cannot answer: ${concurrent} requests are worked on already; ask again soon`, {
          "retry-after": "1",
        });
      }
      inFlight++;
      try {
        await next();
      } finally {
        inFlight--;
      }
    },
  };
}
