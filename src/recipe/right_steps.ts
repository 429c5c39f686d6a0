import type { Environment } from "../environment/mod.ts";
import { actionsOf, type Macro } from "./macro.ts";

/**
 * How many steps a macro would take from here, if every one of them is the world's own next right step; 0 if one is not.
 *
 * It is tried and taken back: the environment stands where it stood.
 *
 * @param shown What was shown last.
 * @throws {TypeError} If the environment has no gold actions or cannot be restored.
 */
export function rightSteps(environment: Environment, macro: Macro, shown: string): number {
  if (!environment.gold || !environment.snapshot || !environment.restore) {
    throw new TypeError("Cannot tell right steps: the environment lacks gold actions or snapshots");
  }
  const before = environment.snapshot();
  let [seen, steps, right] = [shown, 0, true];
  for (const action of actionsOf(macro, () => seen)) {
    right = action === environment.gold();
    if (!right) break;
    seen = environment.step(action).turns.map(({ text }) => text).join("\n");
    steps++;
  }
  environment.restore(before);
  return right ? steps : 0;
}
