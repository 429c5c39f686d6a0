import type { Budget, BudgetUnit } from "./recipe.ts";

/** Spending may differ by this share: whole batches seldom fit exactly. */
export const BUDGET_TOLERANCE = 0.05;

/**
 * A purse of so many units. What is spent beyond it (by more than {@linkcode BUDGET_TOLERANCE}) is refused, so that no arm
 * gets more than another.
 */
export function openBudget(amount: number, unit: BudgetUnit): Budget {
  let spent = 0;
  return {
    amount,
    get spent(): number {
      return spent;
    },
    get left(): number {
      return Math.max(0, amount - spent);
    },
    spend(units): void {
      if (!(units >= 0)) throw new RangeError(`Cannot spend ${units} ${unit}: expected a number of at least 0`);
      spent += units;
      if (spent > amount * (1 + BUDGET_TOLERANCE)) {
        throw new RangeError(`Cannot spend ${units} ${unit}: that makes ${spent} of ${amount}`);
      }
    },
  };
}
