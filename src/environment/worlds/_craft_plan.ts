/** What must be done to have a thing. Private to `worlds/`. @module */
import type { CraftThing } from "./craft_config.ts";

type Things = Readonly<Record<string, CraftThing>>;
type Held = Readonly<Record<string, number>>;

/**
 * Names of things, each after all that it is made of and with.
 *
 * @param onCycle Makes the error to throw where a thing is made of itself.
 */
export function craftOrder(things: Things, onCycle = (state: string): Error => new RangeError(state)): string[] {
  const order: string[] = [];
  const visit = (name: string, path: readonly string[]): void => {
    if (order.includes(name)) return;
    if (path.includes(name)) throw onCycle(`'${name}' is made of itself: ${[...path, name].join(" < ")}`);
    const { from = {}, tools = [] } = things[name];
    for (const part of [...Object.keys(from), ...tools]) visit(part, [...path, name]);
    order.push(name);
  };
  for (const name of Object.keys(things)) visit(name, []);
  return order;
}

/** How many of each thing must still be gathered or made before one of `goal` is held; nothing that is not needed. */
export function craftNeeds(things: Things, order: readonly string[], held: Held, goal: string): Map<string, number> {
  const wanted = new Map([[goal, 1]]);
  const needs = new Map<string, number>();
  for (const name of [...order].reverse()) {
    const missing = Math.max(0, (wanted.get(name) ?? 0) - (held[name] ?? 0));
    if (missing === 0) continue;
    needs.set(name, missing);
    const { from = {}, tools = [] } = things[name];
    for (const [part, count] of Object.entries(from)) wanted.set(part, (wanted.get(part) ?? 0) + missing * count);
    for (const tool of tools) wanted.set(tool, Math.max(1, wanted.get(tool) ?? 0));
  }
  return needs;
}

/** The thing to gather or make next for `goal`: no sooner than it is used. */
export function craftNext(things: Things, held: Held, goal: string): string {
  const { from = {}, tools = [] } = things[goal];
  const missing = [...Object.entries(from), ...tools.map((tool) => [tool, 1] as const)]
    .find(([part, count]) => (held[part] ?? 0) < count);
  return missing ? craftNext(things, held, missing[0]) : goal;
}
