import { sandboxHost } from "../sandbox_host.ts";
import type { Recipe, RecipeOutcome, RunRecipeOptions } from "../../recipe/mod.ts";

/** Runs a recipe with the kernels of this machine. */
export type RecipeRunner = (recipe: Recipe, options: Omit<RunRecipeOptions, "kernels">) => Promise<RecipeOutcome>;

/** Loads the kernels when they are needed: help and wrong flags answer at once. */
export async function loadRecipeRunner(): Promise<RecipeRunner> {
  const { loadKernels } = await import("../../kernels/mod.ts");
  const { runRecipe } = await import("../../recipe/mod.ts");
  const { openSandbox } = await import("../../agent/mod.ts");
  const kernels = await loadKernels();
  return (recipe, options) =>
    runRecipe(recipe, {
      ...options,
      kernels,
      openSandbox: () => openSandbox({ host: sandboxHost(), now: options.now }),
    });
}
