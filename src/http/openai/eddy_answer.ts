import { z } from "zod";
import type { Choice } from "./decide_choices.ts";

/** What Eddy adds to each choice, to each answer, and to the last chunk of a stream. */
export const EddyAnswer = z.object({
  step: z.string().describe("Id of the step."),
  episode: z.string().describe("The attempt that it belongs to; send it with the next request of the same attempt."),
  receipt: z.string().describe("Judges this step: `POST /v1/feedback` with it."),
  probability: z.number().describe("With which the action was chosen."),
  policyVersion: z.int().describe("Version whose weights chose."),
  arm: z.enum(["incumbent", "canary", "shadow"]).describe("Which copy answered."),
  seed: z.int().describe("Names the draw: equal seed, context and weights give the same choice."),
}).meta({ id: "EddyAnswer" });

/** What Eddy adds to each choice, to each answer, and to the last chunk of a stream. */
export type EddyAnswer = z.infer<typeof EddyAnswer>;

/** What Eddy tells of a choice. */
export function eddyAnswer({ decided: { record }, receipt }: Choice): EddyAnswer {
  return {
    step: record.id,
    episode: record.episodeId,
    receipt,
    probability: record.propensity,
    policyVersion: record.policyVersion,
    arm: record.arm,
    seed: record.seed,
  };
}

/** The same as headers, of an answer's first choice. */
export function eddyHeaders(answer: EddyAnswer): Record<string, string> {
  return {
    "x-eddy-step": answer.step,
    "x-eddy-episode": answer.episode,
    "x-eddy-receipt": answer.receipt,
    "x-eddy-probability": String(answer.probability),
    "x-eddy-policy-version": String(answer.policyVersion),
    "x-eddy-arm": answer.arm,
  };
}
