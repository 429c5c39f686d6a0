/** Looks for texts that end an answer while it is written. */
export interface StopTexts {
  /** Adds to the answer. @returns What certainly comes before any of the texts, and the one that was found. */
  push(text: string): { readonly text: string; readonly stop?: string };
  /** What was held back, once nothing more comes. */
  finish(): string;
}

/** @param stops The texts; none of them is empty. */
export function stopTexts(stops: readonly string[]): StopTexts {
  let held = "";
  return {
    push: (text) => {
      held += text;
      const found = stops.map((stop) => ({ stop, at: held.indexOf(stop) })).filter(({ at }) => at >= 0);
      if (found.length > 0) {
        const { stop, at } = found.reduce((first, one) => one.at < first.at ? one : first);
        const before = held.slice(0, at);
        held = "";
        return { text: before, stop };
      }
      const keep = Math.max(0, ...stops.map((stop) => overlap(held, stop)));
      const sure = held.slice(0, held.length - keep);
      held = held.slice(held.length - keep);
      return { text: sure };
    },
    finish: () => {
      const rest = held;
      held = "";
      return rest;
    },
  };
}

/** Length of the longest end of `text` that `stop` begins with. */
function overlap(text: string, stop: string): number {
  for (let length = Math.min(text.length, stop.length - 1); length > 0; length--) {
    if (text.endsWith(stop.slice(0, length))) return length;
  }
  return 0;
}
