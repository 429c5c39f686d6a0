import type { Kernels } from "../kernels/mod.ts";
import { judgeClaim } from "./judge_claim.ts";
import type { ArmOutcome, CellRecord, ClaimOutcome, RecipeOutcome, Verdict } from "./outcome.ts";
import type { Claim, Measures, ProfileName, Recipe, Settings } from "./recipe.ts";

/** What was run of a recipe. */
export interface RecipeRun {
  readonly profile: ProfileName;
  readonly seeds: readonly number[];
  /** One for every arm and seed. */
  readonly records: readonly CellRecord[];
  /** What was tried before. */
  readonly tuning: readonly CellRecord[];
}

/** Worst first: the worst claim decides. */
const WORST_FIRST: readonly Verdict[] = ["fails", "open", "holds"];

/** Judges every claim of a recipe on its paired differences. The `smoke` profile decides nothing. */
export function judgeRecipe(kernels: Kernels, recipe: Recipe, run: RecipeRun): RecipeOutcome {
  const { profile, seeds, records, tuning } = run;
  const { name, title, source, metric, unit } = recipe;
  const of = (arm: string): CellRecord[] => seeds.map((seed) => cellOf(records, arm, seed));
  const claims = recipe.claims.map((claim) => claimOutcome(kernels, recipe, claim, of, profile));
  const verdict = WORST_FIRST.find((worst) => claims.some((claim) => claim.verdict === worst))!;
  const decisive = claims.find((claim) => claim.verdict === verdict)!;
  return {
    name,
    title,
    source,
    profile,
    seeds,
    budget: { amount: recipe.profiles[profile].budget, unit },
    metric,
    arms: Object.entries(recipe.arms).map(([name, { role, meaning }]): ArmOutcome => {
      const cells = of(name);
      return {
        name,
        role,
        meaning,
        settings: settingsOf(cells),
        means: means(cells.map(({ measures }) => measures)),
        values: cells.map(({ measures }) => measures[metric]),
        spent: mean(cells.map(({ spent }) => spent)),
      };
    }),
    claims,
    verdict,
    figure: decisive.figure,
    interval: decisive.interval,
    seconds: [...records, ...tuning].reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

function claimOutcome(
  kernels: Kernels,
  recipe: Recipe,
  claim: Claim,
  of: (arm: string) => CellRecord[],
  profile: ProfileName,
): ClaimOutcome {
  const { sentence, method, against, atLeast, measure = recipe.metric } = claim;
  const others = of(against);
  const differences = of(method).map(({ measures }, index) => measures[measure] - others[index].measures[measure]);
  const { figure, interval, verdict } = judgeClaim(kernels, differences, atLeast);
  const decided = profile === "smoke" ? "open" : verdict;
  return { sentence, method, against, measure, atLeast, figure, interval, differences, verdict: decided };
}

function cellOf(records: readonly CellRecord[], arm: string, seed: number): CellRecord {
  const found = records.find((record) => record.arm === arm && record.seed === seed);
  if (!found) throw new RangeError(`Cannot judge: arm '${arm}' has no record of seed ${seed}`);
  return found;
}

function settingsOf([first]: readonly CellRecord[]): Settings {
  return first.settings;
}

function means(all: readonly Measures[]): Measures {
  return Object.fromEntries(Object.keys(all[0]).map((name) => [name, mean(all.map((measures) => measures[name]))]));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
