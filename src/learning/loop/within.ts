import { EddyError } from "../../errors.ts";

/**
 * Waits for a promise, but not longer than a deadline.
 *
 * @param what "read the journal": stands in the message.
 * @throws {EddyError} `timed_out` If it takes longer. What was started is not stopped by that.
 */
export async function within<T>(
  every: (milliseconds: number, call: () => void) => () => void,
  milliseconds: number,
  what: string,
  promise: Promise<T>,
): Promise<T> {
  let stop = (): void => {};
  const late = new Promise<never>((_, reject) => {
    stop = every(
      milliseconds,
      () => reject(new EddyError("timed_out", `Cannot ${what}: no answer in ${milliseconds} ms`)),
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    stop();
  }
}
