import type { Turn } from "../../episode/mod.ts";
import type { Moment } from "./moment.ts";

/** The whole conversation up to a moment, the agent's own actions as `assistant`. */
export function turnsOf({ steps, shown }: Moment): Turn[] {
  return [...steps.flatMap(({ turns, action }) => [...turns, { role: "assistant" as const, text: action }]), ...shown];
}
