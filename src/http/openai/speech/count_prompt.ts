import type { AppDependencies } from "../../app_dependencies.ts";
import type { JsonSchema } from "../closed_values.ts";
import { findAgent } from "../find_agent.ts";
import { invalidParameter } from "../invalid_parameter.ts";
import { parseBody } from "../read_body.ts";
import { disposeConstraint, speechPlan } from "./speech_plan.ts";
import { REFUSED_IN_SPEECH, SpeechRequest } from "./speech_request.ts";

/**
 * How many tokens a language model would read to answer a body of `POST /v1/chat/completions`.
 *
 * @throws {OpenAiError} 404 If there is no such agent; 400 If it reads no tokens, or the request asks for what it cannot give.
 */
export async function countPrompt(deps: AppDependencies, body: JsonSchema): Promise<number> {
  const request = parseBody(body, SpeechRequest, REFUSED_IN_SPEECH);
  const { served } = findAgent(deps, request.model);
  if (!served.language) {
    throw invalidParameter("model", `Cannot count: '${served.name}' is no language model, it reads no tokens`);
  }
  const { prompt, speak } = await speechPlan(served.language().model, request, { seed: 0, now: deps.now() });
  disposeConstraint(speak.constraint);
  return prompt.length;
}
