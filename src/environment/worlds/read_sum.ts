import { SUM_FAMILIES } from "./_sums_families.ts";

/** A word problem of `sums` as somebody reads it who knows how they are told. */
export interface ReadSum {
  /** Which kind it is. */
  readonly family: string;
  /** Its numbers by name. */
  readonly numbers: Readonly<Record<string, number>>;
  /** What is asked for, over their names: `count * price + extra`. */
  readonly expression: string;
}

const PATTERNS = SUM_FAMILIES.flatMap(({ name, phrasings, expression }) =>
  phrasings.map((phrasing) => ({ family: name, expression, pattern: patternOf(phrasing) }))
);

/**
 * Finds a word problem of `sums` in a text, as scripted readers do. It reads what is asked for, not what it comes to.
 *
 * @returns Undefined where there is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readSum } from "@eddy/eddy";
 * const text = "Mira rides 3 hours at 40 km an hour, then walks 2 km. How many km is that?";
 * const { family, numbers, expression } = readSum(text)!;
 * assert.deepEqual([family, numbers, expression], ["travel", { hours: 3, speed: 40, extra: 2 }, "speed * hours + extra"]);
 * assert.equal(readSum("Good morning."), undefined);
 * ```
 */
export function readSum(text: string): ReadSum | undefined {
  for (const { family, expression, pattern } of PATTERNS) {
    const { who: _, ...found } = pattern.exec(text)?.groups ?? {};
    const numbers = Object.fromEntries(Object.entries(found).map(([name, value]) => [name, Number(value)]));
    if (Object.keys(numbers).length > 0) return { family, numbers, expression };
  }
  return undefined;
}

function patternOf(phrasing: string): RegExp {
  const seen = new Set<string>();
  const source = phrasing.replace(/[.?]/g, "\\$&").replace(/\{(\w+)\}/g, (_, name: string) => {
    if (seen.has(name)) return `\\k<${name}>`;
    seen.add(name);
    return name === "who" ? "(?<who>[A-Z][a-z]+)" : `(?<${name}>\\d+)`;
  });
  return new RegExp(source);
}
