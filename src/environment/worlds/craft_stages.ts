import type { CraftConfig } from "./craft_config.ts";
import { craftNeeds, craftNext, craftOrder } from "./_craft_plan.ts";

/**
 * The same world, begun ever later: before the first step of the shortest way to its last goal, and after each thing that
 * is made on it. The hardest is the first.
 */
export function craftStages(config: CraftConfig): CraftConfig[] {
  const { things, goals } = config;
  const goal = goals[goals.length - 1];
  const order = craftOrder(things);
  const held: Record<string, number> = { ...config.start };
  const stages: CraftConfig[] = [config];
  while (craftNeeds(things, order, held, goal).size > 1) {
    const next = craftNext(things, held, goal);
    for (const [part, count] of Object.entries(things[next].from ?? {})) held[part] -= count;
    held[next] = (held[next] ?? 0) + 1;
    const start = Object.fromEntries(Object.entries(held).filter(([, count]) => count > 0));
    if (things[next].from) stages.push({ ...config, start });
  }
  return stages;
}
