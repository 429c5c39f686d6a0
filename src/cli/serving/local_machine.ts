import type { ServiceMachine } from "../../service/mod.ts";

/**
 * The machine that this program runs on, for a service that is opened from a program.
 *
 * @param receiptSecrets 32 bytes each, newest first, kept where nobody else reads them: who has one can forge judgements.
 * @param version Told by `/health`.
 */
export function localMachine(receiptSecrets: readonly Uint8Array[], version = "embedded"): ServiceMachine {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    fillRandom: (into) => crypto.getRandomValues(into as Uint8Array<ArrayBuffer>),
    every(milliseconds, call): () => void {
      const timer = setInterval(call, milliseconds);
      return () => clearInterval(timer);
    },
    receiptSecrets,
    version,
  };
}
