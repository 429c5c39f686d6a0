import { z } from "zod";
import { EpisodeId } from "../request_schemas.ts";
import { Message } from "./messages.ts";

/** What a request may say to Eddy, beside what OpenAI's form has. */
export const EddyRequest = z.strictObject({
  episode: EpisodeId.optional().describe("The attempt that the step belongs to; a new one unless given."),
  candidates: z.array(z.string().min(1)).min(1).max(1000).refine(
    (candidates) => new Set(candidates).size === candidates.length,
    "two candidates are equal",
  ).optional().describe("What may be answered."),
  explore: z.boolean().optional().describe("False takes the best action."),
  taken: z.string().optional().describe("What the application did by itself, for agents in mode `shadow`."),
}).meta({ id: "EddyRequest" });

const FunctionTool = z.object({
  type: z.literal("function"),
  function: z.object({
    name: z.string().min(1).max(128),
    description: z.string().optional(),
    parameters: z.record(z.string(), z.unknown()).optional().describe("JSON schema of the arguments."),
    strict: z.boolean().nullish().describe(
      "A language model that may call refuses a schema that it cannot keep only where this is true; one that must call refuses it in any case.",
    ),
  }),
}).meta({ id: "FunctionTool" });

const NamedTool = z.object({ type: z.literal("function"), function: z.object({ name: z.string() }) });

const ToolChoice = z.union([
  z.enum(["none", "auto", "required"]),
  NamedTool,
  z.object({
    type: z.literal("allowed_tools"),
    allowed_tools: z.object({ mode: z.enum(["auto", "required"]), tools: z.array(NamedTool).min(1) }),
  }),
]);

const ResponseFormat = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text") }),
  z.object({ type: z.literal("json_object") }).describe("Refused: an open object is no choice."),
  z.object({
    type: z.literal("json_schema"),
    json_schema: z.object({
      name: z.string(),
      description: z.string().optional(),
      schema: z.record(z.string(), z.unknown()),
      strict: z.boolean().nullish(),
    }),
  }),
]);

const ignored = z.unknown().optional().describe("Accepted and ignored.");

/** The parameter `model`. */
export const ModelName = z.string().min(1).describe("Name of an agent.");

/** What both completion routes take beside `model` and what the agent is shown. */
export const SAMPLING_PARAMETERS = {
  n: z.int().min(1).max(16).default(1).describe("Choices; each is a step of its own with its own receipt."),
  seed: z.int().optional().describe("Names the draw, modulo 2³²; choice i uses `seed + i`."),
  temperature: z.number().min(0).max(2).optional().describe("0 takes the best action."),
  stream: z.boolean().default(false),
  stream_options: z.object({ include_usage: z.boolean().optional(), include_obfuscation: z.unknown().optional() })
    .optional(),
  user: ignored,
  eddy: EddyRequest.default({}),
};

/** Body of `POST /v1/chat/completions`, after `withoutRefused`. */
export const ChatRequest = z.strictObject({
  model: ModelName,
  messages: z.array(Message).min(1),
  ...SAMPLING_PARAMETERS,
  tools: z.array(FunctionTool).min(1).max(128).optional(),
  tool_choice: ToolChoice.optional(),
  response_format: ResponseFormat.optional(),
  logprobs: z.boolean().default(false),
  top_logprobs: z.int().min(0).max(20).optional(),
  max_tokens: z.int().min(1).optional(),
  max_completion_tokens: z.int().min(1).optional(),
  metadata: z.record(z.string().max(64), z.string().max(512)).optional().describe(
    "`eddy_episode` names the attempt; the rest is given back.",
  ),
  store: ignored,
  parallel_tool_calls: ignored,
  prediction: ignored,
  prompt_cache_key: ignored,
  prompt_cache_options: ignored,
  prompt_cache_retention: ignored,
  reasoning_effort: ignored,
  safety_identifier: ignored,
  service_tier: ignored,
  verbosity: ignored,
}).meta({
  id: "ChatCompletionRequest",
  examples: [{
    model: "support",
    messages: [{ role: "user", content: "Where is my parcel?" }],
    eddy: { candidates: ["track", "refund", "escalate"] },
  }],
});

/** Body of `POST /v1/chat/completions`. */
export type ChatRequest = z.infer<typeof ChatRequest>;
