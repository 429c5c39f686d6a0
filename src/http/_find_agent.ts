import { nearest } from "../nearest.ts";
import type { AppDependencies } from "./app_dependencies.ts";
import { Refusal } from "./refusal.ts";

/** One agent as the application holds it. */
export type HeldAgent = AppDependencies["agents"] extends ReadonlyMap<string, infer Agent> ? Agent : never;

/** The agent of that name, or the first. @throws {Refusal} `not_found` With the nearest name. */
export function findAgent({ agents }: Pick<AppDependencies, "agents">, name?: string): HeldAgent {
  const agent = name === undefined ? agents.values().next().value : agents.get(name);
  if (agent) return agent;
  if (name === undefined) throw new Refusal("not_found", "Cannot answer: there are no agents");
  const guess = nearest(name.slice(0, 80), [...agents.keys()]);
  throw new Refusal(
    "not_found",
    `Cannot answer: there is no agent '${name.slice(0, 80)}'${guess === undefined ? "" : `; did you mean '${guess}'?`}`,
  );
}
