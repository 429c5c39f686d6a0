import { nearest } from "../nearest.ts";
import type { AppDependencies } from "./app_dependencies.ts";
import type { HeldAgent } from "./_find_agent.ts";

/** Names that a message lists. */
const LISTED = 20;

/**
 * The agent of a name, or one version of it by `name@version`. Where versions can be asked by themselves, the newest is held
 * as it is now: a request keeps to it.
 */
export function agentNamed({ agents }: Pick<AppDependencies, "agents">, name: string): HeldAgent | undefined {
  const [, of, written] = /^(.*)@(\d{1,15})$/.exec(name) ?? [undefined, name];
  const agent = agents.get(name) ?? agents.get(of);
  if (!agent?.served.at) return of === name || agents.has(name) ? agent : undefined;
  const served = agent.served.at(written === undefined ? agent.served.assignment.incumbent : Number(written));
  return served && { ...agent, served };
}

/** What an agent may be asked by: its name, and each version that can be asked by itself; nothing before the first. */
export function namesOf(name: string, { served }: HeldAgent): readonly string[] {
  if (served.at && served.installed.length === 0) return [];
  return [name, ...(served.at ? served.installed.map((version) => `${name}@${version}`) : [])];
}

/** What to write instead of a name that nobody has. */
export function otherNames({ agents }: Pick<AppDependencies, "agents">, name: string): string {
  const names = [...agents].flatMap(([name, agent]) => namesOf(name, agent));
  const guess = nearest(name, names);
  if (guess === undefined) return "there are none";
  if (names.length === 1) return `did you mean '${guess}'?`;
  const more = names.length > LISTED ? ", …" : "";
  return `did you mean '${guess}'? (${names.slice(0, LISTED).join(", ")}${more})`;
}
