import { agentNamed, otherNames } from "../_agent_named.ts";
import type { AppDependencies } from "../app_dependencies.ts";
import type { NamedAgent } from "./answer_form.ts";
import { OpenAiError } from "./open_ai_error.ts";

/** The agent that `model` names. @throws {OpenAiError} 404 `model_not_found`, with the nearest name. */
export function findAgent(deps: AppDependencies, model: string): NamedAgent {
  const agent = agentNamed(deps, model);
  if (agent) return agent;
  throw new OpenAiError(`Cannot answer: there is no agent '${model}'; ${otherNames(deps, model)}`, {
    status: 404,
    code: "model_not_found",
    param: "model",
  });
}
