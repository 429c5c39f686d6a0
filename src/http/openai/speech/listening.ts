import { Refusal } from "../../refusal.ts";

/** Whether anybody waits for what is written. Dispose it when nobody does any more: what is still being written ends. */
export interface Listening extends Disposable {
  /** Aborted once nobody waits. */
  readonly signal: AbortSignal;
}

/**
 * Waits for as long as the client does, and, for an answer that is told as a whole, no longer than until its deadline.
 *
 * @param client Aborted when the client goes away. @param deadlineMs Longest wait for all; none where it is left out.
 */
export function listening(client: AbortSignal, deadlineMs?: number): Listening {
  const ended = new AbortController();
  const timer = deadlineMs === undefined ? undefined : setTimeout(() => {
    const state = `it took more than ${deadlineMs} ms, and was given up; ask for fewer tokens, or for a stream`;
    ended.abort(new Refusal("timed_out", `Cannot answer: ${state}`));
  }, deadlineMs);
  const leave = (): void => ended.abort(client.reason);
  if (client.aborted) leave();
  else client.addEventListener("abort", leave);
  return {
    signal: ended.signal,
    [Symbol.dispose](): void {
      clearTimeout(timer);
      client.removeEventListener("abort", leave);
      ended.abort();
    },
  };
}
