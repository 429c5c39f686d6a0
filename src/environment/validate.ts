import type { Split, World } from "./environment.ts";

/** What {@linkcode validate} found. */
export interface Validation {
  /** Tasks that were played. */
  readonly episodes: number;
  /** Episodes that end in success when the gold actions are played. */
  readonly solved: number;
  /** The others: their seeds and what was missing. */
  readonly failures: readonly { readonly seed: number; readonly reason: string }[];
}

/**
 * Plays the gold actions of many tasks: a world is sound when all of them succeed.
 *
 * @param options.seeds How many tasks, with seeds 0 to `seeds` − 1.
 * @param options.create The world's own knobs.
 * @throws {TypeError} If the world has no gold actions.
 *
 * ```ts
 * import { strict as assert } from "node:assert";
 * import { desk } from "./worlds/desk/mod.ts";
 * const { episodes, solved } = validate(desk, { seeds: 100, split: "validation" });
 * assert.equal(solved, episodes);
 * ```
 */
export function validate(
  world: World,
  options: { readonly seeds: number; readonly split: Split; readonly create?: Readonly<Record<string, unknown>> },
): Validation {
  const environment = world.create(options.create);
  if (!environment.gold) throw new TypeError(`Cannot validate '${world.name}': it has no gold actions`);
  const failures: { seed: number; reason: string }[] = [];
  for (let seed = 0; seed < options.seeds; seed++) {
    environment.reset(seed, options.split);
    let reason: string | undefined = "it does not end";
    // One more than any world allows, so that one that never ends is found out.
    for (let index = 0; index <= world.horizon; index++) {
      const action = environment.gold();
      if (action === undefined) {
        reason = `no gold action at step ${index}`;
        break;
      }
      const { terminated, truncated, success } = environment.step(action);
      if (!terminated && !truncated) continue;
      reason = success ? undefined : `ends without success at step ${index}`;
      break;
    }
    if (reason) failures.push({ seed, reason });
  }
  return { episodes: options.seeds, solved: options.seeds - failures.length, failures };
}
