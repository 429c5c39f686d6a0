import { EddyError } from "../errors.ts";
import type { AgentConfiguration } from "./agent_configuration.ts";

/** The actions of a reward model that has one fixed list of them, as a set; kept, since it is asked for at each step. */
const known = new WeakMap<AgentConfiguration, ReadonlySet<string>>();

/**
 * What a request lets an agent choose from: its own list, else the agent's, else all actions of its model.
 *
 * @throws {EddyError} `request_invalid` If there are none, or one that the model cannot know.
 */
export function candidatesOf(
  configuration: AgentConfiguration,
  request: { readonly candidates?: readonly string[] },
  name: string,
): readonly string[] {
  const options = configuration.policy.kind === "reward-model" ? configuration.policy.options : undefined;
  const actions = options?.model === "belief" ? options.actions : undefined;
  const candidates = request.candidates ?? configuration.candidates ?? actions;
  if (!candidates || candidates.length === 0) {
    throw new EddyError("request_invalid", `Cannot choose: the request lists no candidates and '${name}' has none`);
  }
  if (!actions || candidates === actions) return candidates;
  const all = known.get(configuration) ?? new Set(actions);
  known.set(configuration, all);
  const stranger = candidates.find((candidate) => !all.has(candidate));
  if (stranger === undefined) return candidates;
  throw new EddyError(
    "request_invalid",
    `Cannot choose: '${stranger}' is none of the ${all.size} actions of '${name}'`,
  );
}
