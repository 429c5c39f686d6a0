import { nearest } from "../../nearest.ts";
import type { AppDependencies } from "../app_dependencies.ts";
import type { NamedAgent } from "./answer_form.ts";
import { OpenAiError } from "./open_ai_error.ts";

/** The agent that `model` names. @throws {OpenAiError} 404 `model_not_found`, with the nearest name. */
export function findAgent({ agents }: AppDependencies, model: string): NamedAgent {
  const agent = agents.get(model);
  if (agent) return agent;
  const guess = nearest(model, [...agents.keys()]);
  const hint = guess === undefined ? "there are none" : `did you mean '${guess}'?`;
  throw new OpenAiError(`Cannot answer: there is no agent '${model}'; ${hint}`, {
    status: 404,
    code: "model_not_found",
    param: "model",
  });
}
