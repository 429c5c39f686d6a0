import type { Environment, World } from "../environment/mod.ts";

/** `count` independent environments of a world. */
export function environmentsOf(
  world: World,
  count: number,
  options: Readonly<Record<string, unknown>> = {},
): Environment[] {
  return Array.from({ length: count }, () => world.create(options));
}
