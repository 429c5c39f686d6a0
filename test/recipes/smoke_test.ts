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

/** Most lines of a recipe's own code, and of half of the recipes; more means that a primitive is missing below them. */
const [LONGEST, MEDIAN] = [110, 80];

/** Neither imports nor comments nor empty lines. */
function ownLines(text: string): number {
  const own = text.replace(/\/\*\*[\s\S]*?\*\//g, "").replace(/^import [^;]*;\n/gm, "");
  return own.split("\n").filter((line) => !/^\s*(\/\/.*)?$/.test(line)).length;
}

const textOf = (name: string): string => Deno.readTextFileSync(new URL(`${name}.ts`, folder));

describe("recipes", () => {
  it("are there", () => ok(names.length >= 17, `${names}`));

  it("are short", () => {
    const lines = names.map((name) => ownLines(textOf(name))).sort((a, b) => a - b);
    const median = (lines[(lines.length - 1) >> 1] + lines[lines.length >> 1]) / 2;
    ok(median <= MEDIAN, `${lines}`);
  });

  for (const name of names) {
    it(`${name} is declared whole, short, and runs`, async () => {
      const { default: recipe } = await import(new URL(`${name}.ts`, folder).href) as { default: Recipe };
      equal(recipe.name, name);
      equal(defineRecipe(recipe), recipe);
      match(recipe.source, /\(20\d\d\).*(arXiv \d{4}\.\d{5}|ICLR|NeurIPS|ICML|ACL)/);
      const lines = ownLines(textOf(name));
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
