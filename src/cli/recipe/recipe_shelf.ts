import { fileURLToPath } from "node:url";
import { EddyError } from "../../errors.ts";
import { nearest } from "../../nearest.ts";
import type { Recipe } from "../../recipe/mod.ts";
import { worldAddress } from "../world_address.ts";

/** Where recipes stand, with what became of them. */
export interface RecipeShelf {
  /** Names of Eddy's own, in order. */
  names(): Promise<readonly string[]>;
  /** Opens one of them, or the module at a path (`./mine.ts`). */
  open(name: string): Promise<OpenRecipe>;
  /** Address of `RESULTS.md`, or of `results.jsonl`, which it is made from. */
  results(file: "RESULTS.md" | "results.jsonl"): string;
}

/** A recipe with the text it was read from. */
export interface OpenRecipe {
  readonly recipe: Recipe;
  readonly text: string;
  /** Whether it is the user's own. */
  readonly own: boolean;
}

/** Eddy's own shelf: every file of `folder` that ends in `.ts` is a recipe; they are programs, opened by name. */
export function recipeShelf(folder: URL, workingDirectory: string): RecipeShelf {
  const names = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (isFile && /^[a-z][a-z0-9_]*\.ts$/.test(name)) found.push(name.slice(0, -3));
    }
    return found.sort();
  };
  return {
    names,
    async open(name): Promise<OpenRecipe> {
      const elsewhere = worldAddress(name, workingDirectory);
      const own = elsewhere !== name || name.includes(":");
      const address = own ? elsewhere : new URL(`${name}.ts`, folder).href;
      const known = own ? [] : await names();
      if (!own && !known.includes(name)) {
        const like = nearest(name, known);
        throw new EddyError(
          "configuration_invalid",
          `Cannot run recipe '${name}': there is none of that name${like ? `; did you mean '${like}'?` : ""} ` +
            "('eddy recipe list' shows all)",
        );
      }
      return { ...await read(name, address), own };
    },
    results: (file) => fileURLToPath(new URL(file, folder)),
  };
}

async function read(name: string, address: string): Promise<{ recipe: Recipe; text: string }> {
  try {
    const { default: recipe } = await import(address) as { readonly default?: Recipe };
    if (recipe?.arms === undefined) {
      throw new TypeError("its default export is no recipe; make one with defineRecipe()");
    }
    return { recipe, text: await Deno.readTextFile(new URL(address)) };
  } catch (cause) {
    const message = `Cannot open recipe '${name}': ${(cause as Error).message}`;
    throw new EddyError("configuration_invalid", message, { cause });
  }
}
