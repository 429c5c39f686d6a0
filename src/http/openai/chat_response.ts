import { z } from "zod";
import { EddyAnswer } from "./eddy_answer.ts";

const TokenLogProb = z.object({ token: z.string(), bytes: z.array(z.int()).nullable(), logprob: z.number() });

const LogProbs = z.object({
  content: z.array(TokenLogProb.extend({ top_logprobs: z.array(TokenLogProb) })),
  refusal: z.null(),
}).meta({ id: "LogProbs" });

/** What was read and written, in tokens; a candidate is one token. */
export const Usage = z.object({
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  total_tokens: z.int(),
  prompt_tokens_details: z.object({ cached_tokens: z.int() }).optional().describe("Of a language model."),
}).meta({ id: "Usage" });

/** What was read and written, in tokens. */
export type Usage = z.infer<typeof Usage>;

const ToolCall = z.object({
  id: z.string(),
  type: z.literal("function"),
  function: z.object({ name: z.string(), arguments: z.string().describe("JSON.") }),
});

const FinishReason = z.enum(["stop", "length", "tool_calls"]);

const stopReason = z.string().optional().describe("The text of `stop` that ended it, where one did. Eddy's own.");

const ANSWER = {
  id: z.string(),
  created: z.int().describe("Seconds since 1970."),
  model: z.string(),
  system_fingerprint: z.string().describe("Agent and version of its policy: `support@12`."),
};

const ChatChoice = z.object({
  index: z.int(),
  message: z.object({
    role: z.literal("assistant"),
    content: z.string().nullable(),
    refusal: z.null(),
    tool_calls: z.array(ToolCall).optional(),
  }),
  logprobs: LogProbs.nullable(),
  finish_reason: FinishReason,
  stop_reason: stopReason,
  eddy: EddyAnswer,
}).meta({ id: "ChatCompletionChoice" });

/** Answer of `POST /v1/chat/completions`. */
export const ChatCompletion = z.object({
  ...ANSWER,
  object: z.literal("chat.completion"),
  choices: z.array(ChatChoice),
  usage: Usage,
  metadata: z.record(z.string(), z.string()).optional(),
  eddy: EddyAnswer.describe("Of the first choice."),
}).meta({ id: "ChatCompletion" });

/** Answer of `POST /v1/chat/completions`. */
export type ChatCompletion = z.infer<typeof ChatCompletion>;

/** One choice of a {@linkcode ChatCompletion}. */
export type ChatChoice = z.infer<typeof ChatChoice>;

const Delta = z.object({
  role: z.literal("assistant").optional(),
  content: z.string().nullable().optional(),
  refusal: z.null().optional(),
  tool_calls: z.array(z.object({
    index: z.int(),
    id: z.string().optional(),
    type: z.literal("function").optional(),
    function: z.object({ name: z.string().optional(), arguments: z.string() }),
  })).optional(),
});

const ChunkChoice = z.object({
  index: z.int(),
  delta: Delta,
  logprobs: LogProbs.nullable(),
  finish_reason: FinishReason.nullable(),
  stop_reason: stopReason,
  eddy: EddyAnswer.optional().describe("Where it finishes."),
});

/** One event of a stream of `POST /v1/chat/completions`. */
export const ChatCompletionChunk = z.object({
  ...ANSWER,
  object: z.literal("chat.completion.chunk"),
  choices: z.array(ChunkChoice),
  usage: Usage.nullable().optional(),
  eddy: EddyAnswer.optional().describe("Of the first choice, on the last chunk."),
}).meta({ id: "ChatCompletionChunk" });

/** One event of a stream of `POST /v1/chat/completions`. */
export type ChatCompletionChunk = z.infer<typeof ChatCompletionChunk>;

/** One choice of a {@linkcode ChatCompletionChunk}. */
export type ChunkChoice = z.infer<typeof ChunkChoice>;
