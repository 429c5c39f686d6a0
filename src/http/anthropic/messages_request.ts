import { z } from "zod";

const cache = z.unknown().optional().describe("Accepted and ignored.");
const TextBlock = z.strictObject({ type: z.literal("text"), text: z.string(), cache_control: cache, citations: cache });
const ToolUseBlock = z.strictObject({
  type: z.literal("tool_use"),
  id: z.string().min(1),
  name: z.string().min(1),
  input: z.record(z.string(), z.unknown()),
  caller: cache,
  cache_control: cache,
});
const ToolResultBlock = z.strictObject({
  type: z.literal("tool_result"),
  tool_use_id: z.string().min(1),
  content: z.union([z.string(), z.array(TextBlock)]).optional(),
  is_error: z.boolean().optional(),
  cache_control: cache,
});

const Message = z.strictObject({
  role: z.enum(["user", "assistant", "system"]),
  content: z.union([
    z.string(),
    z.array(z.discriminatedUnion("type", [TextBlock, ToolUseBlock, ToolResultBlock])).min(1),
  ]),
});

const Tool = z.strictObject({
  type: z.literal("custom").optional(),
  name: z.string().min(1).max(128),
  description: z.string().optional(),
  input_schema: z.record(z.string(), z.unknown()),
  strict: z.boolean().optional().describe("As at `/v1/chat/completions`."),
  cache_control: cache,
});

const parallel = { disable_parallel_tool_use: z.boolean().optional() };

/** Body of `POST /v1/messages`. */
export const MessagesRequest = z.strictObject({
  model: z.string().min(1).describe("Name of an agent."),
  max_tokens: z.int().min(1),
  messages: z.array(Message).min(1),
  system: z.union([z.string(), z.array(TextBlock)]).optional(),
  stop_sequences: z.array(z.string().min(1)).max(4).optional(),
  stream: z.boolean().default(false),
  temperature: z.number().min(0).max(1).optional(),
  top_p: z.number().min(0).max(1).optional(),
  top_k: z.int().min(0).optional(),
  tools: z.array(Tool).min(1).max(128).optional(),
  tool_choice: z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("auto"), ...parallel }),
    z.strictObject({ type: z.literal("any"), ...parallel }),
    z.strictObject({ type: z.literal("tool"), name: z.string(), ...parallel }),
    z.strictObject({ type: z.literal("none") }),
  ]).optional(),
  output_config: z.strictObject({
    format: z.strictObject({ type: z.literal("json_schema"), schema: z.record(z.string(), z.unknown()) }).nullish(),
  }).optional().describe("The form of the answer, as `response_format` at `/v1/chat/completions`."),
  cache_control: cache,
  thinking: z.strictObject({ type: z.literal("disabled") }).optional().describe("Agents do not tell what they think."),
  metadata: z.strictObject({ user_id: z.string().nullish() }).optional().describe("Accepted and ignored."),
  service_tier: z.unknown().optional().describe("Accepted and ignored."),
  eddy: z.record(z.string(), z.unknown()).optional().describe("As at `/v1/chat/completions`: Eddy's own."),
}).meta({
  id: "MessagesRequest",
  examples: [{ model: "support", max_tokens: 256, messages: [{ role: "user", content: "Where is my parcel?" }] }],
});

/** Body of `POST /v1/messages`. */
export type MessagesRequest = z.infer<typeof MessagesRequest>;

/** Body of `POST /v1/messages/count_tokens`. */
export const CountTokensRequest = MessagesRequest.omit({ max_tokens: true, stream: true }).meta({
  id: "CountTokensRequest",
  examples: [{ model: "support", messages: [{ role: "user", content: "Where is my parcel?" }] }],
});

/** One message of the conversation. */
export type AskedMessage = MessagesRequest["messages"][number];
