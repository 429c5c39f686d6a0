import type { Environment, Outcome } from "../environment/mod.ts";
import { wrapped } from "./_wrapped.ts";
import { actionsOf, type Macro } from "./macro.ts";

/** An environment with actions that are made of its own. */
export interface MacroEnvironment extends Environment {
  /** Actions of the environment itself that were taken so far, over all episodes. */
  readonly primitiveSteps: number;
  /** What was shown last. */
  readonly shown: string;
}

/**
 * Lists macros beside an environment's own actions. One decision then is as many steps as its macro takes, until the
 * episode ends; rewards add up. A macro that has nothing to do is said to the environment as it is, which costs a step.
 *
 * @param macros By name.
 * @param most Decisions of an episode, which is cut then.
 */
export function withMacros(
  environment: Environment,
  macros: ReadonlyMap<string, Macro>,
  most = Infinity,
): MacroEnvironment {
  let shown = "";
  let decisions = 0;
  let primitiveSteps = 0;
  let listed: { readonly own: readonly string[]; readonly all: readonly string[] } | undefined;
  const take = (action: string): Outcome => {
    primitiveSteps++;
    const outcome = environment.step(action);
    shown = outcome.turns.map(({ text }) => text).join("\n");
    return outcome;
  };
  return wrapped(environment, {
    get primitiveSteps(): number {
      return primitiveSteps;
    },
    get shown(): string {
      return shown;
    },
    reset(seed, split): ReturnType<Environment["reset"]> {
      const start = environment.reset(seed, split);
      decisions = 0;
      shown = start.turns.map(({ text }) => text).join("\n");
      return start;
    },
    step(action): Outcome {
      let last: Outcome | undefined;
      let reward = 0;
      for (const primitive of actionsOf(macros.get(action) ?? action, () => shown)) {
        last = take(primitive);
        reward += last.reward;
        if (last.terminated || last.truncated) break;
      }
      last = last ? { ...last, reward } : take(action);
      return ++decisions < most || last.terminated ? last : { ...last, truncated: true };
    },
    actions(): readonly string[] {
      const own = environment.actions?.() ?? [];
      // One frozen list for equal actions: policies keep what they read of it.
      if (listed?.own !== own) listed = { own, all: Object.freeze([...own, ...macros.keys()]) };
      return listed.all;
    },
  });
}
