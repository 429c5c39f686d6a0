import type { Environment } from "../environment/mod.ts";
import { wrapped } from "./_wrapped.ts";

/** An environment that remembers which goals each step had reached. */
export interface GoalEnvironment extends Environment {
  /** The goal of the running episode, as its texts say it. */
  readonly asked: string;
  /** [steps + 1 of the running episode] goals reached before each step and at the end. */
  readonly reached: readonly (readonly string[])[];
}

/**
 * Remembers the goals that were reached on the way, asked for or not.
 *
 * @throws {TypeError} If the environment has no goals.
 */
export function goalEnvironment(environment: Environment): GoalEnvironment {
  const { goals } = environment;
  if (!goals) throw new TypeError("Cannot remember goals: the environment does not tell them");
  let asked = "";
  let reached: (readonly string[])[] = [];
  return wrapped(environment, {
    get asked(): string {
      return asked;
    },
    get reached(): readonly (readonly string[])[] {
      return reached;
    },
    reset(seed, split): ReturnType<Environment["reset"]> {
      const start = environment.reset(seed, split);
      const now = goals.call(environment);
      [asked, reached] = [now.asked, [now.reached]];
      return start;
    },
    step(action): ReturnType<Environment["step"]> {
      const outcome = environment.step(action);
      reached.push(goals.call(environment).reached);
      return outcome;
    },
  });
}
