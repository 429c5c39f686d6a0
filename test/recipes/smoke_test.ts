import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { openSandbox } from "../../src/agent/mod.ts";
import { sandboxHost } from "../../src/cli/sandbox_host.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { defineRecipe, type Recipe, runRecipe } from "../../src/recipe/mod.ts";

const kernels = await loadKernels();
const folder = new URL("../../src/recipes/", import.meta.url);
const names = [...Deno.readDirSync(folder)].flatMap(({ name }) => name.endsWith(".ts") ? [name.slice(0, -3)] : [])
  .sort();

/** Lines of a recipe; more means that a primitive is missing below it. */
const LONGEST = 125;

describe("recipes", () => {
  it("are there", () => ok(names.length >= 5, `${names}`));

  for (const name of names) {
    it(`${name} is declared whole, short, and runs`, async () => {
      const { default: recipe } = await import(new URL(`${name}.ts`, folder).href) as { default: Recipe };
      equal(recipe.name, name);
      equal(defineRecipe(recipe), recipe);
      match(recipe.source, /\(20\d\d\).*(arXiv \d{4}\.\d{5}|ICLR|NeurIPS|ICML|ACL)/);
      const lines = Deno.readTextFileSync(new URL(`${name}.ts`, folder)).split("\n").length;
      ok(lines <= LONGEST, `${lines} lines`);
      const outcome = await runRecipe(recipe, {
        kernels,
        profile: "smoke",
        now: () => 0,
        openSandbox: () => openSandbox({ host: sandboxHost(), now: () => 0 }),
      });
      deepEqual(outcome.arms.map((arm) => arm.name), Object.keys(recipe.arms));
      for (const { values, means } of outcome.arms) {
        equal(values.length, recipe.profiles.smoke.seeds);
        for (const mean of Object.values(means)) ok(Number.isFinite(mean));
      }
      equal(outcome.verdict, "open");
    });
  }
});
