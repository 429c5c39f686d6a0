import { EddyError } from "../../errors.ts";
import type { RecipeOutcome } from "../../recipe/mod.ts";
import type { Host } from "../host.ts";

/** The last verdict on a recipe, as it is kept. */
export interface RecipeResult extends RecipeOutcome {
  /** When, ISO 8601. */
  readonly date: string;
  /** What does it again. */
  readonly command: string;
  /** The processor that it ran on. */
  readonly processor: string;
}

/** Every recipe's last result, from one object a line. @throws {EddyError} `data_invalid` If a line is broken. */
export async function readResults(path: string, host: Host): Promise<RecipeResult[]> {
  const text = await host.readText(path) ?? "";
  return text.split("\n").filter((line) => line !== "").map((line, index) => {
    try {
      return JSON.parse(line) as RecipeResult;
    } catch (cause) {
      throw new EddyError("data_invalid", `Cannot read ${path}: line ${index + 1} is broken`, { cause });
    }
  });
}

/** The results with one more, which takes the place of an earlier one of the same recipe; in the order of their names. */
export function withResult(results: readonly RecipeResult[], result: RecipeResult): RecipeResult[] {
  return [...results.filter(({ name }) => name !== result.name), result]
    .sort((a, b) => a.name < b.name ? -1 : 1);
}
