import type { AgentConfiguration } from "../agent/mod.ts";
import type { ServiceConfiguration } from "./service_configuration.ts";

/** All that can be asked, by name: each agent, and behind it the adapters beside it as `agent:adapter`. */
export function servedNames({ agents }: Pick<ServiceConfiguration, "agents">): ReadonlyMap<string, AgentConfiguration> {
  return new Map(
    Object.entries(agents).flatMap(([name, agent]) => {
      const adapters = Object.keys(agent.policy.kind === "checkpoint" ? agent.policy.adapters ?? {} : {});
      return [name, ...adapters.map((adapter) => `${name}:${adapter}`)].map((each) => [each, agent] as const);
    }),
  );
}
