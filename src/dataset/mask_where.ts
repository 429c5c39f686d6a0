import type { Transcript, TranscriptStep } from "../episode/mod.ts";

/**
 * Masks steps: they stay in what is read and are not learned from. Steps that were masked stay so.
 *
 * @param where Whether to mask a step.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { maskWhere, type Transcript } from "@eddy/eddy";
 * const episode: Transcript = { task: 1, success: true, total: 1, steps: ["slip", "go"].map((action) => ({ turns: [], action })) };
 * const [masked] = maskWhere([episode], ({ action }) => action === "slip");
 * deepEqual(masked.steps.map(({ masked }) => masked ?? false), [true, false]);
 * ```
 */
export function maskWhere<Episode extends Transcript>(
  transcripts: readonly Episode[],
  where: (step: TranscriptStep, index: number, transcript: Episode) => boolean,
): Episode[] {
  return transcripts.map((transcript) => ({
    ...transcript,
    steps: transcript.steps.map((step, index) => where(step, index, transcript) ? { ...step, masked: true } : step),
  }));
}
