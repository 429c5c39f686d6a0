import type { Host } from "../host.ts";

/** Tells how far something is: on one line that is written over in a terminal, elsewhere a line every tenth. */
export function shareReporter({ stderr }: Host, what: string): (share: number) => void {
  let told = stderr.isTerminal ? -1 : 0;
  return (share): void => {
    const step = stderr.isTerminal ? 1 : 10;
    const percent = Math.floor(100 * share / step) * step;
    if (percent <= told) return;
    told = percent;
    stderr.write(stderr.isTerminal ? `\r${percent} % ${what}${percent >= 100 ? "\n" : ""}` : `${percent} % ${what}\n`);
  };
}
