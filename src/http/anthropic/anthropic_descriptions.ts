import { z } from "zod";
import type { RouteDescription } from "../route_description.ts";
import { EpisodeId } from "../request_schemas.ts";
import { AnthropicErrorBody } from "./anthropic_error.ts";
import { MessageAnswer } from "./message_response.ts";
import { CountTokensRequest, MessagesRequest } from "./messages_request.ts";

/** What `anthropicRoutes` mounts. */
export const ANTHROPIC_DESCRIPTIONS: readonly RouteDescription[] = [
  {
    method: "post",
    path: "/v1/messages",
    operationId: "createMessage",
    summary: "Ask an agent in Anthropic's form",
    description:
      "Official Anthropic clients work unchanged: `model` is the name of an agent, the key may be in `x-api-key`. " +
      "It is `/v1/chat/completions` in other words: the same steps, receipts (`eddy`) and refusals.",
    tag: "Anthropic",
    scope: "decide",
    parameters: [{
      name: "x-eddy-episode",
      in: "header",
      description: "The attempt that the step belongs to; a new one unless given.",
      schema: EpisodeId.optional(),
    }],
    request: MessagesRequest,
    responses: {
      200: {
        description: "The answer, whole or, with `stream`, as events that end with `message_stop`.",
        schema: MessageAnswer,
      },
    },
    errors: { schema: AnthropicErrorBody, statuses: [400, 401, 403, 404, 413, 429, 500, 503] },
  },
  {
    method: "post",
    path: "/v1/messages/count_tokens",
    operationId: "countMessageTokens",
    summary: "Count what a language model would read",
    tag: "Anthropic",
    scope: "decide",
    request: CountTokensRequest,
    responses: {
      200: {
        description: "Tokens of the request.",
        schema: z.object({ input_tokens: z.int() }).meta({ id: "TokenCount" }),
      },
    },
    errors: { schema: AnthropicErrorBody, statuses: [400, 401, 403, 404, 413, 429, 500, 503] },
  },
];
