import type { Turn } from "../episode/mod.ts";
import type { Environment } from "../environment/mod.ts";
import { wrapped } from "./_wrapped.ts";

/** An environment that says something before its first turn. */
export function prefaced(environment: Environment, before: readonly Turn[]): Environment {
  return wrapped(environment, {
    reset: (seed: number, split: Parameters<Environment["reset"]>[1]) => ({
      turns: [...before, ...environment.reset(seed, split).turns],
    }),
  });
}
