import type { Environment } from "../environment/mod.ts";
import { wrapped } from "./_wrapped.ts";

/** An environment that remembers in which state each step was taken. */
export interface KeyedEnvironment extends Environment {
  /** [steps of the running episode] a name of the state before each step. */
  readonly keys: readonly string[];
}

/**
 * Remembers a name of the state before every step: what states are recognized by, across episodes.
 *
 * @param keyOf From the environment and the text that was shown last.
 */
export function keyedEnvironment(
  environment: Environment,
  keyOf: (environment: Environment, shown: string) => string,
): KeyedEnvironment {
  let keys: string[] = [];
  let shown = "";
  return wrapped(environment, {
    get keys(): readonly string[] {
      return keys;
    },
    reset(seed, split): ReturnType<Environment["reset"]> {
      const start = environment.reset(seed, split);
      keys = [];
      shown = start.turns.map(({ text }) => text).join("\n");
      return start;
    },
    step(action): ReturnType<Environment["step"]> {
      keys.push(keyOf(environment, shown));
      const outcome = environment.step(action);
      shown = outcome.turns.map(({ text }) => text).join("\n");
      return outcome;
    },
  });
}
