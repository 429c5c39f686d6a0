import type { AttackOptions } from "./attack.ts";

/** Says how an attack goes and what it came to, in the form that was asked for. */
export interface AttackReport {
  /** A line that is written over by the next, where somebody looks. */
  progress(text: string): void;
  /** The result: an object for programs, lines for people. */
  result(object: Readonly<Record<string, unknown>>, lines: readonly string[]): void;
}

/** @param target Stands in front of what is said. @param meaning The same, for people. */
export function attackReport(target: string, meaning: string, { host, json }: AttackOptions): AttackReport {
  const live = host.stdout.isTerminal && !json;
  return {
    progress: (text) => live && host.stdout.write(`\r\x1b[K${meaning}: ${text}`),
    result(object, [first, ...more]): void {
      if (live) host.stdout.write("\r\x1b[K");
      host.stdout.write(
        json
          ? `${JSON.stringify({ target, ...object })}\n`
          : [`${`${meaning}:`.padEnd(38)} ${first}`, ...more.map((line) => `  ${line}`), ""].join("\n"),
      );
    },
  };
}
