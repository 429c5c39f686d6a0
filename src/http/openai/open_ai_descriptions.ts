import { z } from "zod";
import type { RouteDescription } from "../route_description.ts";
import { EpisodeId } from "../request_schemas.ts";
import { ChatRequest } from "./chat_request.ts";
import { ChatCompletion, ChatCompletionChunk } from "./chat_response.ts";
import { CompletionRequest } from "./completion_request.ts";
import { Completion } from "./completion_response.ts";
import { ModelCard, ModelList } from "./model_card.ts";
import { OpenAiErrorBody } from "./open_ai_error.ts";

const tag = "OpenAI";
const scope = "decide";
const decided = { schema: OpenAiErrorBody, statuses: [400, 401, 403, 404, 413, 429, 500, 503] } as const;
const read = { schema: OpenAiErrorBody, statuses: [401, 403, 404, 429] } as const;
const episode = {
  name: "x-eddy-episode",
  in: "header",
  description: "The attempt that the step belongs to; a new one unless given.",
  schema: EpisodeId.optional(),
} as const;
const stream = "text/event-stream";

/** What {@linkcode openAiRoutes} mounts. */
export const OPEN_AI_DESCRIPTIONS: readonly RouteDescription[] = [
  {
    method: "post",
    path: "/v1/chat/completions",
    operationId: "createChatCompletion",
    summary: "Ask an agent",
    description:
      "Official OpenAI clients work unchanged: `model` is the name of an agent. Each choice is one step, durable " +
      "before it is shown, and judged with the receipt in its `eddy` object. An agent that writes tool calls answers with " +
      "`tool_calls`; one that chooses takes `eddy.candidates`, a closed `response_format`, `tools`, or what it is " +
      "configured with. A parameter that would change the answer in a way the agent cannot is refused by name. A language " +
      "model also takes `stop`, `top_p`, `top_k`, `min_p`, `frequency_penalty`, `presence_penalty`, `repetition_penalty`, " +
      "`logit_bias` and `chat_template_kwargs`.",
    tag,
    scope,
    parameters: [episode],
    request: ChatRequest,
    responses: {
      200: {
        description: "The answer, whole or, with `stream`, as events that end with `[DONE]`.",
        schema: ChatCompletion,
        also: { [stream]: ChatCompletionChunk },
      },
    },
    errors: decided,
  },
  {
    method: "post",
    path: "/v1/completions",
    operationId: "createCompletion",
    summary: "Ask an agent with a prompt",
    description: "Each prompt is one turn of a user; the answer is the text of the action.",
    tag,
    scope,
    parameters: [episode],
    request: CompletionRequest,
    responses: {
      200: {
        description: "The answer, whole or, with `stream`, as events that end with `[DONE]`.",
        schema: Completion,
        also: { [stream]: Completion },
      },
    },
    errors: decided,
  },
  {
    method: "get",
    path: "/v1/models",
    operationId: "listModels",
    summary: "List the agents",
    tag,
    scope,
    responses: { 200: { description: "All agents.", schema: ModelList } },
    errors: { schema: OpenAiErrorBody, statuses: [401, 403, 429] },
  },
  {
    method: "get",
    path: "/v1/models/:model",
    operationId: "retrieveModel",
    summary: "Show one agent",
    tag,
    scope,
    parameters: [{ name: "model", in: "path", description: "Name of the agent.", schema: z.string() }],
    responses: { 200: { description: "The agent.", schema: ModelCard } },
    errors: read,
  },
  {
    method: "post",
    path: "/v1/embeddings",
    operationId: "createEmbedding",
    summary: "No agent has embeddings",
    description: "Always 404, in the form that clients understand.",
    tag,
    scope,
    responses: {},
    errors: read,
  },
];
