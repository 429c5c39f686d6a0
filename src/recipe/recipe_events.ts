import type { BudgetUnit, Measures, ProfileName, Settings } from "./recipe.ts";
import type { CellRecord, RecipeOutcome } from "./outcome.ts";

/** What a recipe tells while it runs; the last one is `done`. */
export type RecipeEvent =
  | RecipeStartEvent
  | RecipePointEvent
  | RecipeCellEvent
  | RecipeTunedEvent
  | RecipeDoneEvent;

/** The recipe begins, or goes on. */
export interface RecipeStartEvent {
  /** Which event this is. */
  readonly event: "start";
  /** Name of the recipe. */
  readonly recipe: string;
  /** How much of it is run. */
  readonly profile: ProfileName;
  /** Names of the arms. */
  readonly arms: readonly string[];
  /** That the claims are measured on. */
  readonly seeds: readonly number[];
  /** What every arm spends on every seed. */
  readonly budget: { readonly amount: number; readonly unit: BudgetUnit };
  /** Arms × seeds to run, with those of tuning. */
  readonly cells: number;
  /** Those of them that an earlier run has finished. */
  readonly kept: number;
}

/** A point of a curve. */
export interface RecipePointEvent {
  /** Which event this is. */
  readonly event: "point";
  /** Which part of the run. */
  readonly phase: CellRecord["phase"];
  /** Name of the arm. */
  readonly arm: string;
  /** Names everything random. */
  readonly seed: number;
  /** So far, in the recipe's unit. */
  readonly spent: number;
  /** What was measured there. */
  readonly measures: Measures;
}

/** An arm is through with a seed. */
export interface RecipeCellEvent {
  /** Which event this is. */
  readonly event: "cell";
  /** What is kept of it. */
  readonly cell: CellRecord;
  /** Finished so far. */
  readonly finished: number;
  /** Of so many. */
  readonly cells: number;
}

/** An arm's settings are chosen. */
export interface RecipeTunedEvent {
  /** Which event this is. */
  readonly event: "tuned";
  /** Name of the arm. */
  readonly arm: string;
  /** The best of what was tried. */
  readonly settings: Settings;
}

/** The recipe has ended. */
export interface RecipeDoneEvent {
  /** Which event this is. */
  readonly event: "done";
  /** What became of it. */
  readonly outcome: RecipeOutcome;
}
