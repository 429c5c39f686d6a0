import { EddyError } from "../errors.ts";
import type { Kernels } from "../kernels/mod.ts";
import { judgeRecipe } from "./judge_recipe.ts";
import type { CellRecord, RecipeOutcome } from "./outcome.ts";
import type { ProfileName, Recipe, Settings } from "./recipe.ts";
import type { RecipeEvent } from "./recipe_events.ts";
import { type CellPlan, runCell } from "./run_cell.ts";

/** What a run of a recipe takes from outside. */
export interface RunRecipeOptions {
  /** The mathematics. */
  readonly kernels: Kernels;
  /** How much of it. */
  readonly profile: ProfileName;
  /** The first of the seeds that claims are measured on. Default 1. */
  readonly firstSeed?: number;
  /** How many of them, in place of the profile's number. */
  readonly seeds?: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Hears what happens. */
  readonly onEvent?: (event: RecipeEvent) => void;
  /** Cells that an earlier run has finished: they are not run again. */
  readonly kept?: readonly CellRecord[];
  /** Stops the run at the next point of a curve. */
  readonly signal?: AbortSignal;
  /** A file of the user's, where the recipe can use one. */
  readonly data?: string;
}

/**
 * Runs a recipe: tunes every arm alike on the tuning seeds, runs every arm on every evaluation seed, and judges the claims.
 *
 * A cell (one arm on one seed) is a function of the recipe, its settings and its seed, so those that were finished earlier
 * are taken as they are. `smoke` does not tune: it takes the first settings.
 *
 * @throws {EddyError} `configuration_invalid` If a seed is for tuning, too. `interrupted` If the signal stopped it.
 * @throws {RangeError} If an arm spends less or more than its budget, or measures something that is not finite.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { type RecipeArm, loadKernels, type Recipe, runRecipe } from "@eddy/eddy";
 * const arm = (role: RecipeArm["role"], score: number): RecipeArm => ({
 *   role,
 *   meaning: `always ${score}`,
 *   run: ({ budget }) => (budget.spend(1), Promise.resolve({ score })),
 * });
 * const profile = { seeds: 5, budget: 1, tasks: 1 };
 * const recipe: Recipe = {
 *   name: "tiny", title: "Tiny", source: "nobody", setting: "nothing", metric: "score", unit: "updates",
 *   arms: { old: arm("baseline", 0), new: arm("method", 1), half: arm("ablation", 0.5) },
 *   claims: [{ sentence: "new beats old by 0.5", method: "new", against: "old", atLeast: 0.5 }],
 *   profiles: { smoke: profile, claim: profile, full: profile },
 *   tuning: { seeds: [101], settings: [{}] },
 * };
 * const kernels = await loadKernels();
 * const { verdict, figure } = await runRecipe(recipe, { kernels, profile: "claim", now: () => 0 });
 * assert.deepEqual([verdict, figure], ["holds", 1]);
 * ```
 */
export async function runRecipe(recipe: Recipe, options: RunRecipeOptions): Promise<RecipeOutcome> {
  const { kernels, profile, firstSeed = 1, onEvent = () => {} } = options;
  const { budget } = recipe.profiles[profile];
  const count = options.seeds ?? recipe.profiles[profile].seeds;
  const seeds = Array.from({ length: count }, (_, index) => firstSeed + index);
  checkSeeds(recipe, seeds);
  const arms = Object.keys(recipe.arms);
  const tried = profile === "smoke" ? recipe.tuning.settings.slice(0, 1) : recipe.tuning.settings;
  const tuning = tried.length > 1 ? tuningPlans(recipe, arms) : [];
  const cells = tuning.length + arms.length * seeds.length;
  const kept = new Map((options.kept ?? []).map((record) => [keyOf(record), record]));
  let finished = 0;

  const finish = async (plan: CellPlan): Promise<CellRecord> => {
    const record = kept.get(keyOf(plan)) ?? await runCell(recipe, plan, options);
    onEvent({ event: "cell", cell: record, finished: ++finished, cells });
    return record;
  };
  const evaluations = (settings: ReadonlyMap<string, Settings>): CellPlan[] =>
    seeds.flatMap((seed) => arms.map((arm) => ({ phase: "evaluation", arm, seed, settings: settings.get(arm)! })));

  const first = new Map(arms.map((arm) => [arm, tried[0]]));
  onEvent({
    event: "start",
    recipe: recipe.name,
    profile,
    arms,
    seeds,
    budget: { amount: budget, unit: recipe.unit },
    cells,
    kept: [...tuning, ...evaluations(first)].filter((plan) => kept.has(keyOf(plan))).length,
  });
  const chosen = new Map(first);
  const trials: CellRecord[] = [];
  for (const plan of tuning) trials.push(await finish(plan));
  for (const arm of arms) {
    if (tuning.length > 0) chosen.set(arm, best(recipe, trials.filter((trial) => trial.arm === arm)));
    onEvent({ event: "tuned", arm, settings: chosen.get(arm)! });
  }
  const records: CellRecord[] = [];
  for (const plan of evaluations(chosen)) records.push(await finish(plan));
  const outcome = judgeRecipe(kernels, recipe, { profile, seeds, records, tuning: trials });
  onEvent({ event: "done", outcome });
  return outcome;
}

/** What a cell is known by. */
function keyOf({ phase, arm, seed, settings }: CellPlan): string {
  return JSON.stringify([phase, arm, seed, settings]);
}

function tuningPlans({ tuning }: Recipe, arms: readonly string[]): CellPlan[] {
  return arms.flatMap((arm) =>
    tuning.settings.flatMap((settings) =>
      tuning.seeds.map((seed): CellPlan => ({ phase: "tuning", arm, seed, settings }))
    )
  );
}

/** The settings with the highest mean of the metric; the earlier ones where two are equal. */
function best({ tuning, metric }: Recipe, trials: readonly CellRecord[]): Settings {
  const meanOf = (settings: Settings): number => {
    const of = trials.filter((trial) => JSON.stringify(trial.settings) === JSON.stringify(settings));
    return of.reduce((sum, { measures }) => sum + measures[metric], 0) / of.length;
  };
  return tuning.settings.reduce((best, next) => meanOf(next) > meanOf(best) ? next : best);
}

function checkSeeds({ name, tuning }: Recipe, seeds: readonly number[]): void {
  const shared = tuning.seeds.find((seed) => seeds.includes(seed));
  if (shared === undefined) return;
  throw new EddyError(
    "configuration_invalid",
    `Cannot run recipe '${name}' from seed ${seeds[0]}: seed ${shared} is one that its settings are tuned on`,
  );
}
