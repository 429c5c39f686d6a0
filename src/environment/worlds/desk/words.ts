/** How the desk's records put numbers: in words of fixed meaning, so that a rule reads a word and not a sum. */

/** Age of an order. Rules ask whether it is 30 days or more: `old` or `ancient`. */
export function ageWord(days: number): string {
  return days < 20 ? "new" : days < 30 ? "recent" : days < 45 ? "old" : "ancient";
}

/** Price of an order. Rules ask whether it is 50 coins or more: `large` or `huge`. */
export function sizeWord(coins: number): string {
  return coins < 30 ? "small" : coins < 50 ? "medium" : coins < 70 ? "large" : "huge";
}

/** Pieces of a product that are left. */
export function stockWord(left: number): (typeof stockWords)[number] {
  return left === 0 ? "none" : left < 7 ? "few" : "many";
}

/** What {@linkcode stockWord} says. */
export const stockWords = ["none", "few", "many"] as const;
