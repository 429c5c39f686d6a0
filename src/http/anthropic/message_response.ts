import { z } from "zod";

/** A piece of an answer. */
export const ContentBlock = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), text: z.string() }),
  z.object({ type: z.literal("tool_use"), id: z.string(), name: z.string(), input: z.record(z.string(), z.unknown()) }),
]);

/** Why an answer ended. */
export const StopReason = z.enum(["end_turn", "max_tokens", "stop_sequence", "tool_use"]);

/** Answer of `POST /v1/messages`. */
export const MessageAnswer = z.object({
  id: z.string(),
  type: z.literal("message"),
  role: z.literal("assistant"),
  model: z.string(),
  content: z.array(ContentBlock),
  stop_reason: StopReason.nullable(),
  stop_sequence: z.string().nullable(),
  usage: z.object({
    input_tokens: z.int(),
    output_tokens: z.int(),
    cache_read_input_tokens: z.int().optional(),
  }),
  eddy: z.record(z.string(), z.unknown()).optional().describe("As at `/v1/chat/completions`."),
}).meta({ id: "MessageAnswer" });

/** Answer of `POST /v1/messages`. */
export type MessageAnswer = z.infer<typeof MessageAnswer>;
