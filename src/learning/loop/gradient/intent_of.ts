import type { StepRecord } from "../../../episode/mod.ts";

/** Words of the request that name an intent. */
const WORDS = 3;

/**
 * The cluster that a step's outcome is compared in: how the request begins, and how many actions came before.
 *
 * Words with digits and names in the middle (`O1234`, `Uma`) are all the same word, so that requests of one kind meet.
 */
export function intentOf({ turns }: StepRecord): string {
  const request = turns.find(({ role }) => role === "user")?.text ?? "";
  const words = request.split(/[^\p{L}\p{N}']+/u).filter((word) => word !== "").slice(0, WORDS);
  const named = words.map((word, i) =>
    /\p{N}/u.test(word) || (i > 0 && /^\p{Lu}/u.test(word)) ? "*" : word.toLowerCase()
  );
  return `${named.join(" ")} ${positionOf(turns)}`;
}

/** Actions before a step. */
export function positionOf(turns: StepRecord["turns"]): number {
  return turns.reduce((count, { role }) => role === "assistant" ? count + 1 : count, 0);
}
