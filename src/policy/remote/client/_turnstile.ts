/** Lets so many through at once; the rest wait in order. */
export interface Turnstile {
  /** Resolves when it is the caller's turn, with what gives it back. @throws What the signal was aborted with. */
  enter(signal: AbortSignal): Promise<() => void>;
}

/** @param most How many at once. */
export function createTurnstile(most: number): Turnstile {
  let inside = 0;
  const waiting: (() => void)[] = [];
  const leave = (): void => {
    const next = waiting.shift();
    if (next) next();
    else inside -= 1;
  };
  const once = (): () => void => {
    let left = false;
    return () => {
      if (!left) leave();
      left = true;
    };
  };
  return {
    enter: (signal) => {
      if (signal.aborted) return Promise.reject(signal.reason);
      if (inside < most) {
        inside += 1;
        return Promise.resolve(once());
      }
      return new Promise((resolve, reject) => {
        const give = (): void => {
          waiting.splice(waiting.indexOf(admit), 1);
          reject(signal.reason);
        };
        const admit = (): void => {
          signal.removeEventListener("abort", give);
          resolve(once());
        };
        waiting.push(admit);
        signal.addEventListener("abort", give, { once: true });
      });
    },
  };
}
