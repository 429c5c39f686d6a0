import { z } from "zod";
import { Usage } from "./chat_response.ts";
import { EddyAnswer } from "./eddy_answer.ts";

const LegacyLogProbs = z.object({
  tokens: z.array(z.string()),
  token_logprobs: z.array(z.number()),
  top_logprobs: z.array(z.record(z.string(), z.number())),
  text_offset: z.array(z.int()).describe("Characters before each token."),
});

const CompletionChoice = z.object({
  index: z.int(),
  text: z.string(),
  logprobs: LegacyLogProbs.nullable(),
  finish_reason: z.enum(["stop", "length"]).nullable().describe("Null on all but the last chunk of a choice."),
  eddy: EddyAnswer.optional(),
});

/** Answer of `POST /v1/completions`, and each event of its stream. */
export const Completion = z.object({
  id: z.string(),
  object: z.literal("text_completion"),
  created: z.int().describe("Seconds since 1970."),
  model: z.string(),
  system_fingerprint: z.string(),
  choices: z.array(CompletionChoice),
  usage: Usage.nullable().optional(),
  eddy: EddyAnswer.optional().describe("Of the first choice; in a stream on the last chunk."),
}).meta({ id: "Completion" });

/** Answer of `POST /v1/completions`, and each event of its stream. */
export type Completion = z.infer<typeof Completion>;

/** One choice of a {@linkcode Completion}. */
export type CompletionChoice = z.infer<typeof CompletionChoice>;
