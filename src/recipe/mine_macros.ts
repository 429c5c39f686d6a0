import type { Macro } from "./macro.ts";

/** An episode to mine: what was done, and what was shown after each action. */
export interface MinedEpisode {
  /** [steps] actions or names of macros. */
  readonly actions: readonly string[];
  /** [steps] what was shown after each. */
  readonly shown: readonly string[];
}

/** How to mine. */
export interface MineOptions {
  /** Most macros. */
  readonly most: number;
  /** Most actions of one. Default 4. */
  readonly longest?: number;
  /** What names of macros among the actions stand for. */
  readonly known?: ReadonlyMap<string, Macro>;
}

/** Times that an action is repeated at most. */
const MOST_REPEATS = 5;

/**
 * Macros from what was done again and again.
 *
 * ```text
 * worth(a_1 … a_n) = occurrences in all episodes · (n − 1)        decisions that it would have saved
 * ```
 *
 * An action that was often done again with another result counts once and becomes a repetition, for as long as what was
 * shown begins as it mostly did before. Sequences inside of a better one are left out unless they are half as common again.
 *
 * @returns By name, the most worth first.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mineMacros } from "@eddy/eddy";
 * const shown = ["nothing. dark", "found. light", "made. warm"];
 * const [[name, macro]] = mineMacros([{ actions: ["dig", "dig", "melt"], shown }], { most: 1 });
 * assert.equal(name, "macro dig, melt");
 * assert.deepEqual(macro, { sequence: [{ repeat: "dig", while: "nothing.", most: 5 }, "melt"] });
 * ```
 */
export function mineMacros(episodes: readonly MinedEpisode[], options: MineOptions): Map<string, Macro> {
  const { most, longest = 4, known = new Map() } = options;
  const repeats = repeatedActions(episodes);
  const counts = new Map<string, { readonly parts: readonly string[]; count: number }>();
  for (const { actions } of episodes) {
    const once = actions.filter((action, step) => !(repeats.has(action) && actions[step - 1] === action));
    for (let start = 0; start < once.length; start++) {
      for (let length = 2; length <= longest && start + length <= once.length; length++) {
        const parts = once.slice(start, start + length);
        const found = counts.get(parts.join(", ")) ?? { parts, count: 0 };
        found.count++;
        counts.set(parts.join(", "), found);
      }
    }
  }
  const worth = ([, { parts, count }]: [string, { parts: readonly string[]; count: number }]): number =>
    count * (parts.length - 1);
  const taken: [string, { parts: readonly string[]; count: number }][] = [];
  for (const candidate of [...counts].sort((a, b) => worth(b) - worth(a))) {
    if (taken.length === most) break;
    const [name, { count }] = candidate;
    if (!taken.some(([other, { count: more }]) => other.includes(name) && count < 1.5 * more)) taken.push(candidate);
  }
  const macroOf = (part: string): Macro => {
    const action = known.get(part) ?? part;
    const between = repeats.get(part);
    return between === undefined ? action : { repeat: action, while: between, most: MOST_REPEATS };
  };
  return new Map(taken.map(([name, { parts }]) => [`macro ${name}`, { sequence: parts.map(macroOf) }]));
}

/** Actions done again with another result at least one time in ten, with how what was shown before mostly began. */
function repeatedActions(episodes: readonly MinedEpisode[]): Map<string, string> {
  const all = new Map<string, { times: number; readonly between: string[] }>();
  for (const { actions, shown } of episodes) {
    actions.forEach((action, step) => {
      const seen = all.get(action) ?? { times: 0, between: [] };
      seen.times++;
      const [first, second] = [shown[step], shown[step + 1] ?? ""].map((text) => /^[^.!?]*[.!?]?/.exec(text)![0]);
      if (actions[step + 1] === action && first !== second) seen.between.push(first);
      all.set(action, seen);
    });
  }
  return new Map(
    [...all].flatMap(([action, { times, between }]) =>
      between.length * 10 < times || between.length === 0 ? [] : [[action, mostCommon(between)] as const]
    ),
  );
}

function mostCommon(texts: readonly string[]): string {
  const count = (text: string): number => texts.filter((other) => other === text).length;
  return [...new Set(texts)].reduce((best, next) => count(next) > count(best) ? next : best);
}
