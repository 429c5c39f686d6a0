import type { Kernels } from "../kernels/mod.ts";
import { ABSENT, checkLengths } from "./_columns.ts";

/** Columns of {@link groupAdvantages}. */
export interface GroupColumns {
  /** `[rows]`, reward of each row (sequence, episode or step). */
  readonly rewards: Float32Array;
  /** `[rows]`: rows with one number are compared with each other; any numbers. */
  readonly groups: Uint32Array;
  /** `[rows]`, tokens; only for the baseline `length-weighted`. Default all 1. */
  readonly lengths?: Float32Array;
}

/** Settings of {@link groupAdvantages}. */
export interface GroupAdvantageOptions {
  /** A group with one member has no baseline: `zero` ignores it, `raw` keeps its reward. There is no default. */
  readonly singleton: "zero" | "raw";
  /** `mean` of the group (default), of the `others` in it (leave-one-out), or `length-weighted` mean. */
  readonly baseline?: "mean" | "others" | "length-weighted";
  /** Division by the sample deviation of the `group` or of the `batch`, by the share of rewards that are not 0, or `none` (default). */
  readonly scale?: "none" | "group" | "batch" | "non-zero-share";
  /** Added to the deviation; default 1e-6. */
  readonly epsilon?: number;
}

const BASELINES = { "mean": 0, "others": 1, "length-weighted": 2 };
const SCALES = { "none": 0, "group": 1, "batch": 2, "non-zero-share": 3 };

/**
 * Advantage of each row against the rows of its own group: no critic is needed.
 *
 * ```text
 * A_b = (R_b − baseline) / (deviation + ε)
 * GRPO: mean, group · Dr.GRPO: mean, none · RLOO: others, none · OPO: length-weighted, none
 * ```
 *
 * The deviation is over n − 1. A group whose rewards are all equal gets zeros.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `rewards` R | `[rows]` | reward | one a row |
 * | `groups` | `[rows]` | id | need not be sorted or contiguous |
 *
 * @returns `[rows]`; `rowsToTokens` gives each token its row's.
 * @throws {ShapeError} If lengths differ.
 * @see Shao et al., arXiv 2402.03300, §4.1; Liu et al., arXiv 2503.20783; Ahmadian et al., arXiv 2402.14740, equation 8.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { groupAdvantages, loadKernels } from "@eddy/eddy";
 * const columns = { rewards: Float32Array.of(1, 0, 0, 4), groups: Uint32Array.of(7, 7, 7, 2) };
 * const options = { baseline: "others", singleton: "zero" } as const;
 * deepEqual([...groupAdvantages(await loadKernels(), columns, options)], [1, -0.5, -0.5, 0]);
 * ```
 */
export function groupAdvantages(
  kernels: Kernels,
  columns: GroupColumns,
  options: GroupAdvantageOptions,
): Float32Array {
  const { rewards, groups, lengths } = columns;
  checkLengths(rewards.length, { groups, lengths });
  return kernels.groupAdvantages(
    rewards,
    groups,
    lengths ?? ABSENT,
    BASELINES[options.baseline ?? "mean"],
    SCALES[options.scale ?? "none"],
    options.epsilon ?? 1e-6,
    options.singleton === "raw",
  );
}
