import type { Turn } from "../episode/mod.ts";

/**
 * A conversation as one text for a reward model. Where only one thing was said to it, that is the text: instructions that
 * stand before every request would only dilute it. Otherwise all turns are lines with their speakers.
 */
export function textOfTurns(turns: readonly Turn[]): string {
  const said = turns.filter(({ role }) => role !== "system");
  return said.length === 1 ? said[0].text : turns.map(({ role, text }) => `${role}: ${text}`).join("\n");
}
