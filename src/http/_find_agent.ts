import { agentNamed, otherNames } from "./_agent_named.ts";
import type { AppDependencies } from "./app_dependencies.ts";
import { Refusal } from "./refusal.ts";

/** One agent as the application holds it. */
export type HeldAgent = AppDependencies["agents"] extends ReadonlyMap<string, infer Agent> ? Agent : never;

/** The agent of that name, or the first. @throws {Refusal} `not_found` With the nearest name. */
export function findAgent(deps: Pick<AppDependencies, "agents">, name?: string): HeldAgent {
  const agent = name === undefined ? deps.agents.values().next().value : agentNamed(deps, name);
  if (agent) return agent;
  if (name === undefined) throw new Refusal("not_found", "Cannot answer: there are no agents");
  const written = name.slice(0, 80);
  throw new Refusal("not_found", `Cannot answer: there is no agent '${written}'; ${otherNames(deps, written)}`);
}
