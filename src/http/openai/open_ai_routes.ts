import { Hono } from "hono";
import { createReceiptBook } from "../../episode/mod.ts";
import { namesOf } from "../_agent_named.ts";
import { signStep } from "../_sign_step.ts";
import type { AppDependencies } from "../app_dependencies.ts";
import type { AppEnvironment } from "../app_environment.ts";
import { requireScope } from "../require_scope.ts";
import { answerChat } from "./answer_chat.ts";
import { answerCompletion } from "./answer_completion.ts";
import { findAgent } from "./find_agent.ts";
import { modelCard } from "./model_card.ts";
import { OpenAiError } from "./open_ai_error.ts";
import { openAiErrorAnswer } from "./open_ai_error_answer.ts";
import type { SignReceipt } from "./sign_receipt.ts";

/**
 * The routes with which official OpenAI clients work unchanged: `/v1/chat/completions`, `/v1/completions`, `/v1/models`,
 * and `/v1/embeddings`, which no agent has. `model` is the name of an agent; each choice is one step, durable before the
 * first byte that shows it, and judged with the receipt in its `eddy` object.
 *
 * ```text
 * Parameter of chat            What Eddy makes of it
 * ---------------------------  -----------------------------------------------------------------------------------------
 * model                        an agent, an adapter beside one (`agent:adapter`), or one version of that
 *                              (`agent:adapter@version`); an unknown one is 404 with the nearest name
 * messages                     one turn each; only text; `developer` is `system`; `name` and `tool_call_id` are not read
 * tools, tool_choice           an agent that writes calls: closed lists, ids of a pattern, bounded integers as arguments;
 *                              an agent that chooses: one candidate for each tool, or for each call its schema allows
 * response_format              `text`; `json_schema` that is a closed choice or, for an agent that writes calls, an
 *                              object { name, arguments }; anything else is 400
 * n                            1 to 16, each a step of its own; all belong to one episode
 * seed                         modulo 2³², choice i uses seed + i; equal seed, context and weights, equal answer
 * temperature                  0 takes the best action; otherwise divides the logits of an agent that writes, while an
 *                              agent that chooses explores as its configuration says
 * logprobs                     of the action's tokens; a candidate is one token
 * top_logprobs                 0 to 20 candidates by probability; 400 for an agent that writes
 * max_tokens,                  an answer that is longer is cut, with `finish_reason: "length"`; the step stays whole
 * max_completion_tokens
 * stream, stream_options       the same answer as events; `include_usage` as OpenAI has it; nothing is obfuscated
 * metadata                     `eddy_episode` names the episode; given back
 * eddy                         { episode, candidates, explore, taken }: Eddy's own; header `x-eddy-episode` as well
 * ---------------------------  -----------------------------------------------------------------------------------------
 * accepted and ignored         user, store (every step is kept), parallel_tool_calls (there is one call), prediction,
 *                              prompt_cache_*, reasoning_effort, safety_identifier, service_tier, verbosity,
 *                              tools[].function.strict and json_schema.strict (always strict)
 * refused unless neutral       audio, frequency_penalty, function_call, functions, logit_bias, modalities, moderation,
 *                              presence_penalty, stop, top_p, web_search_options; and every unknown name
 * ```
 *
 * `/v1/completions` takes `prompt` (texts, not tokens), `n`, `seed`, `temperature`, `max_tokens`, `logprobs` (0 to 5),
 * `stream`, `stream_options`, `user`, `eddy`, and refuses the rest the same way.
 *
 * An agent that is a language model from elsewhere writes in its own words, through its own chat template, and can be told
 * more; what it is not able to keep for certain is refused as well:
 *
 * ```text
 * tools, tool_choice           any schema, as its template writes calls (Hermes, Llama 3, Mistral, plain JSON); several
 *                              calls; with `auto` a schema that cannot be kept is refused only where it is `strict`
 * response_format              any JSON schema that can be kept token by token
 * stop, logit_bias, top_p, frequency_penalty, presence_penalty, parallel_tool_calls, top_logprobs   as OpenAI has them
 * top_k, min_p, typical_p, min_keep, repetition_penalty, chat_template_kwargs                          Eddy's own
 * repeat_penalty, repeat_last_n, top_n_sigma, dynatemp_*, xtc_*, dry_*, mirostat*, samplers            as llama.cpp's server
 *                              has them: with one that is on, all steps are taken in its order, penalties over a window
 * stream                       tokens as they are written; the step is durable before its receipt, on the last chunk
 * messages                     that are longer than the model reads: 400 `context_length_exceeded`
 * ```
 *
 * @param sign Makes receipts; with the application's secrets unless given.
 */
export function openAiRoutes(
  deps: AppDependencies,
  sign: SignReceipt = signStep(deps, createReceiptBook(deps.receiptSecrets)),
): Hono<AppEnvironment> {
  const app = new Hono<AppEnvironment>();
  const startedAt = deps.now();
  const mayDecide = requireScope("decide");

  app.post("/v1/chat/completions", mayDecide, (c) => answerChat(c, deps, sign));
  app.post("/v1/completions", mayDecide, (c) => answerCompletion(c, deps, sign));
  app.get("/v1/models", mayDecide, (c) =>
    c.json({
      object: "list",
      data: [...deps.agents].flatMap(([name, agent]) => namesOf(name, agent))
        .map((name) => modelCard(name, findAgent(deps, name), startedAt)),
    }));
  app.get("/v1/models/:model", mayDecide, (c) => {
    const name = c.req.param("model");
    return c.json(modelCard(name, findAgent(deps, name), startedAt));
  });
  app.post("/v1/embeddings", mayDecide, () => {
    throw new OpenAiError("Cannot embed: no agent has embeddings; agents act, `/v1/models` lists them", {
      status: 404,
      code: "model_not_found",
      param: "model",
    });
  });
  app.onError((error, c) => openAiErrorAnswer(error, c, deps.report));
  return app;
}
