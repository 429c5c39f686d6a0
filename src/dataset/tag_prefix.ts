import type { Role, Transcript } from "../episode/mod.ts";

/**
 * Says something of each episode before it begins, such as how well it goes: what is learned then depends on what is said.
 *
 * @param textOf What is said of an episode; nothing where it is undefined.
 * @param role Who says it.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { tagPrefix, type Transcript } from "@eddy/eddy";
 * const episode: Transcript = { task: 1, success: true, total: 1, steps: [{ turns: [], action: "go" }] };
 * const [tagged] = tagPrefix([episode], ({ success }) => success ? "solve it." : "fail.");
 * equal(tagged.steps[0].turns[0].text, "solve it.");
 * ```
 */
export function tagPrefix<Episode extends Transcript>(
  transcripts: readonly Episode[],
  textOf: (transcript: Episode) => string | undefined,
  role: Role = "user",
): Episode[] {
  return transcripts.map((transcript) => {
    const text = textOf(transcript);
    if (text === undefined || transcript.steps.length === 0) return transcript;
    const [first, ...others] = transcript.steps;
    return { ...transcript, steps: [{ ...first, turns: [{ role, text }, ...first.turns] }, ...others] };
  });
}
