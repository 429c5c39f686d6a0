import type { ServiceMachine } from "../../src/service/mod.ts";

/** A machine for tests: the real clock, and chance that repeats. @param seed Names the chance. */
export function testMachine(seed = 1): ServiceMachine {
  let state = seed;
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    fillRandom(into): Uint8Array {
      for (let i = 0; i < into.length; i++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        into[i] = state >>> 24;
      }
      return into;
    },
    every(milliseconds, call): () => void {
      const timer = setInterval(call, milliseconds);
      return () => clearInterval(timer);
    },
    receiptSecrets: [new Uint8Array(32).fill(7)],
    version: "test",
  };
}
