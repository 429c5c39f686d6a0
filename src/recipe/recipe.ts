import type { Sandbox } from "../agent/mod.ts";
import type { Kernels } from "../kernels/mod.ts";

/** How much of a recipe is run: `smoke` sees that it runs, `claim` decides, `full` decides with more seeds. */
export type ProfileName = "smoke" | "claim" | "full";

/** What a budget counts. */
export type BudgetUnit = "updates" | "episodes" | "environment steps" | "decisions" | "tokens";

/** What an arm is there for. */
export type ArmRole = "baseline" | "method" | "ablation";

/** What was measured, by name. */
export type Measures = Readonly<Record<string, number>>;

/** Numbers that are tuned, by name. */
export type Settings = Readonly<Record<string, number>>;

/** A published system, made as small as it can be and still be wrong. */
export interface Recipe {
  /** One word; that of its file. */
  readonly name: string;
  /** What people call it. */
  readonly title: string;
  /** The paper: authors, year, title, where. */
  readonly source: string;
  /** What is tried, and on what, in a sentence or two. */
  readonly setting: string;
  /** What is compared, by name. */
  readonly arms: Readonly<Record<string, RecipeArm>>;
  /** The measure that settings are tuned by and that claims are about unless they name another. */
  readonly metric: string;
  /** What is said to be so; each can turn out false. */
  readonly claims: readonly Claim[];
  /** What every arm spends alike. */
  readonly unit: BudgetUnit;
  /** How much of it, on how many seeds, measured on how many tasks. */
  readonly profiles: Readonly<Record<ProfileName, Profile>>;
  /** How settings are found: every arm tries all of them on these seeds, which no claim is measured on. */
  readonly tuning: { readonly seeds: readonly number[]; readonly settings: readonly Settings[] };
}

/** One way of doing it. */
export interface RecipeArm {
  /** What it is there for. */
  readonly role: ArmRole;
  /** What it does, in a sentence. */
  readonly meaning: string;
  /** Does it once. @returns What was measured at the end; it has the recipe's metric. */
  run(cell: Cell): Promise<Measures>;
}

/** `measure(method) − measure(against) ≥ atLeast`, over seeds. */
export interface Claim {
  /** In a sentence, with its figure. */
  readonly sentence: string;
  /** Name of the arm that is said to be better. */
  readonly method: string;
  /** Name of the arm that it is compared with. */
  readonly against: string;
  /** By how much; negative where it may lose a little. */
  readonly atLeast: number;
  /** Which measure; the recipe's metric unless named. */
  readonly measure?: string;
}

/** How much of a recipe is run. */
export interface Profile {
  /** How many. */
  readonly seeds: number;
  /** Of each arm on each seed, in the recipe's unit. */
  readonly budget: number;
  /** Held-out tasks that the end is measured on. */
  readonly tasks: number;
}

/** One arm on one seed: all that it may use. */
export interface Cell {
  /** The mathematics. */
  readonly kernels: Kernels;
  /** Names everything random: world, weights, draws. All arms of a seed share it. */
  readonly seed: number;
  /** The settings to use. */
  readonly settings: Settings;
  /** What it may spend; it must spend all of it. */
  readonly budget: Budget;
  /** Held-out tasks to measure on. */
  readonly tasks: number;
  /** A file of the user's, where one was given. */
  readonly data?: string;
  /** Where learned code runs: opened when first asked for, shared by all cells. @throws {EddyError} `sandbox_unavailable`. */
  sandbox(): Promise<Sandbox>;
  /** Tells a point of the curve, at what is spent so far. Lets the terminal, and Ctrl-C, in. */
  report(measures: Measures): Promise<void>;
}

/** What a cell may spend. */
export interface Budget {
  /** All of it. */
  readonly amount: number;
  /** So far. */
  readonly spent: number;
  /** The rest; 0 when all is spent. */
  readonly left: number;
  /** Counts. @throws {RangeError} If it is over. */
  spend(units: number): void;
}
