import type { FunctionUsage } from "./function_store.ts";

/**
 * The share of episodes that succeeded among those that called a function.
 *
 * ```text
 * credit = successes / episodes          none where episodes = 0
 * ```
 *
 * @returns Undefined for a function that no ended episode called: it has earned nothing, neither good nor bad.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { functionCredit } from "@eddy/eddy";
 * const usage = { revision: 0, name: "area", calls: 9, failures: 1, episodes: 4, successes: 3 };
 * assert.equal(functionCredit(usage), 0.75);
 * assert.equal(functionCredit({ ...usage, calls: 0, episodes: 0, successes: 0 }), undefined);
 * ```
 */
export function functionCredit({ episodes, successes }: FunctionUsage): number | undefined {
  return episodes === 0 ? undefined : successes / episodes;
}
