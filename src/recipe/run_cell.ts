import { EddyError } from "../errors.ts";
import type { CellRecord, CurvePoint } from "./outcome.ts";
import { BUDGET_TOLERANCE, openBudget } from "./open_budget.ts";
import type { Budget, Measures, Recipe } from "./recipe.ts";
import type { RunRecipeOptions } from "./run_recipe.ts";

/** Which cell to run. */
export type CellPlan = Pick<CellRecord, "phase" | "arm" | "seed" | "settings">;

/** What a cell is run with. */
export type RunCellOptions = RunRecipeOptions & Required<Pick<RunRecipeOptions, "openSandbox">>;

/** Runs one arm on one seed, and sees that it spent its budget and measured something. */
export async function runCell(recipe: Recipe, plan: CellPlan, options: RunCellOptions): Promise<CellRecord> {
  const { kernels, profile, now, onEvent, signal, data, openSandbox: sandbox } = options;
  const { phase, arm, seed, settings } = plan;
  const { budget: amount, tasks } = recipe.profiles[profile];
  const budget = openBudget(amount, recipe.unit);
  const curve: CurvePoint[] = [];
  const started = now();
  const report = async (measures: Measures): Promise<void> => {
    const { spent } = budget;
    curve.push({ spent, measures });
    onEvent?.({ event: "point", phase, arm, seed, spent, measures });
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (signal?.aborted) throw new EddyError("interrupted", `Cannot finish recipe '${recipe.name}': interrupted`);
  };
  const where = `arm '${arm}' of recipe '${recipe.name}', seed ${seed}`;
  const measures = await attempt(
    where,
    () => recipe.arms[arm].run({ kernels, seed, settings, budget, tasks, data, report, sandbox }),
  );
  checkSpent(where, budget, recipe);
  checkMeasures(where, measures, recipe);
  return { phase, arm, seed, settings, measures, curve, spent: budget.spent, seconds: (now() - started) / 1000 };
}

/** Says which cell it was that failed. */
async function attempt<Result>(where: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof EddyError) throw error;
    throw new Error(`Cannot finish ${where}: ${(error as Error)?.message ?? error}`, { cause: error });
  }
}

function checkSpent(where: string, { spent, amount }: Budget, { unit }: Recipe): void {
  if (spent >= amount * (1 - BUDGET_TOLERANCE)) return;
  throw new RangeError(`Cannot compare ${where}: it spent ${spent} of ${amount} ${unit}; all arms spend the same`);
}

function checkMeasures(where: string, measures: Measures, { metric, claims }: Recipe): void {
  for (const name of [metric, ...claims.flatMap(({ measure }) => measure ?? [])]) {
    if (Number.isFinite(measures[name])) continue;
    throw new RangeError(`Cannot compare ${where}: its '${name}' is ${measures[name]}`);
  }
}
