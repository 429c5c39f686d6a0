import type { Profile, ProfileName, Recipe } from "./recipe.ts";

/** In the order of their size. */
export const PROFILE_NAMES: readonly ProfileName[] = ["smoke", "claim", "full"];

/**
 * Checks a recipe's declaration and gives it back: what it lacks would make its figures mean less than they say.
 *
 * @throws {TypeError} If it has no baseline, no method or no ablation; if a claim names an arm that does not exist or has
 * no figure in its sentence; if a profile's counts are not positive; or if a seed is for tuning and for a claim.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { defineRecipe, type Recipe } from "@eddy/eddy";
 * assert.throws(() => defineRecipe({ name: "nothing", arms: {}, claims: [] } as unknown as Recipe), /baseline/);
 * ```
 */
export function defineRecipe(recipe: Recipe): Recipe {
  const refuse = (state: string): never => {
    throw new TypeError(`Cannot define recipe '${recipe.name}': ${state}`);
  };
  if (!/^[a-z][a-z0-9_]*$/.test(recipe.name)) refuse("its name is not one lower-case word");
  const roles = Object.values(recipe.arms).map(({ role }) => role);
  for (const role of ["baseline", "method", "ablation"] as const) {
    if (!roles.includes(role)) refuse(`it has no arm that is a ${role}`);
  }
  if (recipe.claims.length === 0) refuse("it claims nothing");
  for (const { sentence, method, against, atLeast } of recipe.claims) {
    for (const arm of [method, against]) {
      if (!Object.hasOwn(recipe.arms, arm)) refuse(`it claims something of '${arm}', which is no arm`);
    }
    if (!/\d/.test(sentence) || !Number.isFinite(atLeast)) {
      refuse(`the claim '${sentence}' has no figure that can fail`);
    }
  }
  for (const name of PROFILE_NAMES) checkProfile(recipe.profiles?.[name], name, refuse);
  if (recipe.tuning.settings.length === 0) refuse("it has no settings; [{}] where nothing is tuned");
  const most = Math.max(...PROFILE_NAMES.map((name) => recipe.profiles[name].seeds));
  const shared = recipe.tuning.seeds.find((seed) => seed >= 1 && seed <= most);
  if (shared !== undefined) refuse(`seed ${shared} is for tuning and for its claims`);
  return recipe;
}

function checkProfile(profile: Profile | undefined, name: ProfileName, refuse: (state: string) => never): void {
  if (!profile) return refuse(`it has no profile '${name}'`);
  for (const [what, count] of Object.entries(profile)) {
    if (!(count > 0)) refuse(`profile '${name}' has ${count} ${what}`);
  }
}
