import { z } from "zod";
import { ChatRequest } from "../chat_request.ts";
import { CompletionRequest } from "../completion_request.ts";
import type { RefusedParameters } from "../refused_parameters.ts";
import { SAMPLER_PARAMETERS } from "./sampler_parameters.ts";

/** What a language model can be told of how to write, beside what every agent can. */
const WRITING_PARAMETERS = {
  stop: z.union([z.array(z.string().min(1)).max(4), z.string().min(1)]).optional().describe(
    "Texts that end the answer; they are not part of it.",
  ),
  ...SAMPLER_PARAMETERS,
  logit_bias: z.record(
    z.string().regex(/^[0-9]+$/, "names of token ids are whole numbers"),
    z.number().min(-100).max(100),
  )
    .optional().describe("Added to the logits of tokens, by id."),
};

/** Body of `POST /v1/chat/completions` where the agent is a language model. */
export const SpeechRequest = z.strictObject({
  ...ChatRequest.shape,
  ...WRITING_PARAMETERS,
  chat_template_kwargs: z.record(z.string(), z.unknown()).optional().describe(
    "Names for the chat template. Eddy's own.",
  ),
  parallel_tool_calls: z.boolean().optional().describe("False ends the answer after its first call."),
}).meta({ id: "SpeechRequest" });

/** Body of `POST /v1/chat/completions` where the agent is a language model. */
export type SpeechRequest = z.infer<typeof SpeechRequest>;

/** Body of `POST /v1/completions` where the agent is a language model: the prompt is what it goes on from. */
export const TextRequest = z.strictObject({ ...CompletionRequest.shape, ...WRITING_PARAMETERS }).meta({
  id: "TextRequest",
});

/** Body of `POST /v1/completions` where the agent is a language model. */
export type TextRequest = z.infer<typeof TextRequest>;

/** What even a language model is not asked at `/v1/completions`, unless it asks for nothing. */
export const REFUSED_IN_TEXT: RefusedParameters = {
  best_of: { neutral: [1], because: "every answer is a step of its own; use `n`" },
  echo: { neutral: [false], because: "the prompt is not part of an answer" },
  suffix: { neutral: [""], because: "models write what comes after" },
};

/** What even a language model is not asked, unless it asks for nothing. */
export const REFUSED_IN_SPEECH: RefusedParameters = {
  audio: { neutral: [], because: "agents read and write text" },
  function_call: { neutral: [], because: "it is deprecated; use `tool_choice`" },
  functions: { neutral: [], because: "it is deprecated; use `tools`" },
  modalities: { neutral: [["text"]], because: "agents read and write text" },
  moderation: { neutral: [], because: "answers are not moderated" },
  web_search_options: { neutral: [], because: "agents do not search the web" },
};
