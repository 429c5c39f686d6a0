import { z } from "zod";
import { SAMPLING_PARAMETERS } from "./chat_request.ts";

/** Body of `POST /v1/completions`, after `withoutRefused`. */
export const CompletionRequest = z.strictObject({
  ...SAMPLING_PARAMETERS,
  prompt: z.union([z.string(), z.array(z.string()).min(1).max(16)]).describe("Each is one turn of a user."),
  logprobs: z.int().min(0).max(5).optional(),
  max_tokens: z.int().min(1).optional(),
}).meta({
  id: "CompletionRequest",
  examples: [{ model: "support", prompt: "Where is my parcel?", eddy: { candidates: ["track", "refund"] } }],
});

/** Body of `POST /v1/completions`. */
export type CompletionRequest = z.infer<typeof CompletionRequest>;
