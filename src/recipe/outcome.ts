import type { ArmRole, BudgetUnit, Measures, ProfileName, Settings } from "./recipe.ts";

/** `holds` or `fails` where the interval is clear of the threshold, else `open`. */
export type Verdict = "holds" | "fails" | "open";

/** One finished arm on one seed: what is kept when a run is interrupted. */
export interface CellRecord {
  /** Whether settings were tried or the claim was measured. */
  readonly phase: "tuning" | "evaluation";
  /** Name of the arm. */
  readonly arm: string;
  /** Names everything random. */
  readonly seed: number;
  /** What it was run with. */
  readonly settings: Settings;
  /** What came out. */
  readonly measures: Measures;
  /** What was measured on the way, each at what was spent by then. */
  readonly curve: readonly CurvePoint[];
  /** In the recipe's unit. */
  readonly spent: number;
  /** That it took. */
  readonly seconds: number;
}

/** A point of a curve. */
export interface CurvePoint {
  /** In the recipe's unit. */
  readonly spent: number;
  /** What was measured there. */
  readonly measures: Measures;
}

/** What became of a claim. */
export interface ClaimOutcome {
  /** In a sentence, with its figure. */
  readonly sentence: string;
  /** Said to be better. */
  readonly method: string;
  /** Compared with. */
  readonly against: string;
  /** What was compared. */
  readonly measure: string;
  /** The threshold. */
  readonly atLeast: number;
  /** Mean over seeds of the paired differences. */
  readonly figure: number;
  /** The 95 % interval of that mean; null with fewer than two seeds. */
  readonly interval: readonly [lower: number, upper: number] | null;
  /** [seeds] the paired differences, in the order of the seeds. */
  readonly differences: readonly number[];
  /** Its verdict. */
  readonly verdict: Verdict;
}

/** What became of an arm. */
export interface ArmOutcome {
  /** Its name. */
  readonly name: string;
  /** What it is there for. */
  readonly role: ArmRole;
  /** What it does. */
  readonly meaning: string;
  /** What tuning chose. */
  readonly settings: Settings;
  /** Mean over seeds of every measure. */
  readonly means: Measures;
  /** [seeds] the recipe's metric. */
  readonly values: readonly number[];
  /** Spent on each seed, in the mean. */
  readonly spent: number;
}

/** What became of a recipe. */
export interface RecipeOutcome {
  /** Its name. */
  readonly name: string;
  /** What people call it. */
  readonly title: string;
  /** The paper. */
  readonly source: string;
  /** How much of it was run. */
  readonly profile: ProfileName;
  /** The seeds that it was measured on. */
  readonly seeds: readonly number[];
  /** What the arms spent alike. */
  readonly budget: { readonly amount: number; readonly unit: BudgetUnit };
  /** The measure that tuning went by. */
  readonly metric: string;
  /** In the order of the recipe. */
  readonly arms: readonly ArmOutcome[];
  /** In the order of the recipe. */
  readonly claims: readonly ClaimOutcome[];
  /** The worst of the claims: one that fails, else one that is open, else all hold. */
  readonly verdict: Verdict;
  /** The claim that decided: the first with that verdict. Its figure … */
  readonly figure: number;
  /** … and its interval. */
  readonly interval: readonly [lower: number, upper: number] | null;
  /** Of all cells together. */
  readonly seconds: number;
}
