/** Work between two pauses, milliseconds. */
const BREATH_MS = 5;

/** Long work that lets others work in between. */
export interface Breath {
  /** Work begins: the first pause comes a breath later. */
  begin(): void;
  /** Pauses once enough was done since the last time. */
  breathe(): Promise<void>;
}

/** @param now Milliseconds of a clock. */
export function createBreath(now: () => number): Breath {
  let last = now();
  const begin = (): void => {
    last = now();
  };
  return {
    begin,
    breathe: async () => {
      if (now() - last < BREATH_MS) return;
      await new Promise((resolve) => setTimeout(resolve, 0));
      begin();
    },
  };
}
