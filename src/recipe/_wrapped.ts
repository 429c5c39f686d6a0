import type { Environment } from "../environment/mod.ts";

/** An environment with something of its own in front of another's; what it lacks is the other's. */
export function wrapped<Own extends Partial<Environment>>(environment: Environment, own: Own): Environment & Own {
  const { actions, expert, gold, goals, snapshot, restore } = environment;
  const others: Environment = {
    reset: environment.reset.bind(environment),
    step: environment.step.bind(environment),
    actions: actions?.bind(environment),
    expert: expert?.bind(environment),
    gold: gold?.bind(environment),
    goals: goals?.bind(environment),
    snapshot: snapshot?.bind(environment),
    restore: restore?.bind(environment),
  };
  // Descriptors, not values: getters stay getters.
  return Object.defineProperties(others, Object.getOwnPropertyDescriptors(own)) as Environment & Own;
}
