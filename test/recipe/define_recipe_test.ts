import { describe, it } from "@std/testing/bdd";
import { equal, throws } from "node:assert/strict";
import { defineRecipe, openBudget, type Recipe } from "../../src/recipe/mod.ts";
import { fakeRecipe } from "./fake_recipe.ts";

const recipe = fakeRecipe({ old: () => 0, new: () => 1, half: () => 0 });
const refused = (change: Partial<Recipe>, message: RegExp): void =>
  throws(() => defineRecipe({ ...recipe, ...change }), message);

describe("defineRecipe()", () => {
  it("gives a whole declaration back", () => equal(defineRecipe(recipe), recipe));

  it("refuses one without baseline, method or ablation", () => {
    const { old, new: method, half } = recipe.arms;
    refused({ arms: { new: method, half } }, /no arm that is a baseline/);
    refused({ arms: { old, half } }, /no arm that is a method/);
    refused({ arms: { old, new: method } }, /no arm that is a ablation/);
  });

  it("refuses claims without a figure, of unknown arms, or none", () => {
    const claim = recipe.claims[0];
    refused({ claims: [] }, /claims nothing/);
    refused({ claims: [{ ...claim, sentence: "new is better" }] }, /no figure that can fail/);
    refused({ claims: [{ ...claim, atLeast: NaN }] }, /no figure that can fail/);
    refused({ claims: [{ ...claim, against: "odl" }] }, /'odl', which is no arm/);
  });

  it("refuses seeds that are for tuning and for its claims, and counts of nothing", () => {
    refused({ tuning: { seeds: [9], settings: [{}] } }, /seed 9 is for tuning and for its claims/);
    refused({ tuning: { seeds: [101], settings: [] } }, /no settings/);
    refused({ profiles: { ...recipe.profiles, full: { seeds: 5, budget: 0, tasks: 1 } } }, /'full' has 0 budget/);
    refused({ name: "Two Words" }, /not one lower-case word/);
  });
});

describe("openBudget()", () => {
  it("counts, and refuses what is over by more than the tolerance", () => {
    const budget = openBudget(100, "episodes");
    budget.spend(98);
    equal(budget.left, 2);
    budget.spend(7);
    equal(budget.left, 0);
    throws(() => budget.spend(1), /Cannot spend 1 episodes: that makes 106 of 100/);
    throws(() => budget.spend(-1), /at least 0/);
  });
});
