import type { AppDependencies } from "../../app_dependencies.ts";

/** How long a model may write before other requests have their turn. Milliseconds. */
const TURN_MS = 8;

/** Gives other requests their turn now and then, and ends the writing once nobody listens. */
export function turnGiver({ monotonic }: Pick<AppDependencies, "monotonic">, signal: AbortSignal): () => Promise<void> {
  let since = monotonic();
  return async () => {
    if (monotonic() - since < TURN_MS) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    since = monotonic();
    signal.throwIfAborted();
  };
}
