import type { Cell, Measures, Recipe, RecipeArm } from "../../src/recipe/mod.ts";

/** What the arms of a fake recipe were asked to run. */
export type Ran = Pick<Cell, "seed" | "settings">[];

/** A recipe whose arms measure what a function says, and note that they ran. */
export function fakeRecipe(
  scores: Readonly<Record<"old" | "new" | "half", (cell: Cell) => number>>,
  change: Partial<Recipe> = {},
  ran: Ran = [],
): Recipe {
  const arm = (role: RecipeArm["role"], score: (cell: Cell) => number): RecipeArm => ({
    role,
    meaning: `the ${role}`,
    async run(cell): Promise<Measures> {
      ran.push({ seed: cell.seed, settings: cell.settings });
      while (cell.budget.left > 0) {
        cell.budget.spend(5);
        await cell.report({ score: score(cell) * cell.budget.spent / cell.budget.amount });
      }
      return { score: score(cell), other: -score(cell) };
    },
  });
  return {
    name: "fake",
    title: "Fake & co",
    source: "Nobody (2026), <Nothing>",
    setting: "Nothing is learned.",
    unit: "updates",
    metric: "score",
    arms: { old: arm("baseline", scores.old), new: arm("method", scores.new), half: arm("ablation", scores.half) },
    claims: [{ sentence: "new beats old by 0.2", method: "new", against: "old", atLeast: 0.2 }],
    profiles: {
      smoke: { seeds: 2, budget: 10, tasks: 1 },
      claim: { seeds: 6, budget: 20, tasks: 2 },
      full: { seeds: 9, budget: 20, tasks: 2 },
    },
    tuning: { seeds: [101, 102], settings: [{}] },
    ...change,
  };
}

/** Small differences between seeds, known by heart. */
export const wobble = (seed: number): number => ((seed * 7) % 5 - 2) / 100;
