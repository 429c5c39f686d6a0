import { z } from "zod";
import { ModelName, SAMPLING_PARAMETERS } from "./chat_request.ts";

/** Body of `POST /v1/completions`, after `withoutRefused`. */
export const CompletionRequest = z.strictObject({
  model: ModelName,
  prompt: z.union([z.string(), z.array(z.string()).min(1).max(16)]).describe("Each is one turn of a user."),
  ...SAMPLING_PARAMETERS,
  logprobs: z.int().min(0).max(5).optional(),
  max_tokens: z.int().min(1).optional(),
}).meta({
  id: "CompletionRequest",
  examples: [{ model: "support", prompt: "Where is my parcel?", eddy: { candidates: ["track", "refund"] } }],
});

/** Body of `POST /v1/completions`. */
export type CompletionRequest = z.infer<typeof CompletionRequest>;
