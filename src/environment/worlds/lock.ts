import type { Environment, World } from "../environment.ts";
import { LockEnvironment, type LockOptions } from "./_lock_environment.ts";
import { lockOptions } from "./_lock_options.ts";

const DEFAULTS: LockOptions = {
  world: 0,
  sigils: 16,
  keys: 5,
  length: 6,
  slip: 0,
  luck: 0,
  traps: 4,
  noise: 0.1,
  horizon: 9,
  panelReward: 1 / 6,
  phrasings: 100,
};

/**
 * `lock`: each panel shows a made-up sigil, and one of the keys is right for it; a wrong key ends the episode.
 *
 * The map from sigils to keys belongs to the option `world`, so an agent learns one map; seeds draw sequences. Held-out
 * splits have sequences and phrasings that training never shows. Guessing succeeds with probability keys^−length.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { lock } from "@eddy/eddy";
 * const environment = lock.create({ world: 3, sigils: 12 });
 * environment.reset(1, "train");
 * const outcome = environment.step(environment.gold!()!);
 * assert.ok(Math.abs(outcome.reward - 1 / 6) < 1e-12);
 * ```
 */
export const lock: World = {
  name: "lock",
  description: "Open a row of panels: which key fits which sigil must be learned; one wrong key ends it.",
  horizon: DEFAULTS.horizon,
  create(options = {}): Environment {
    const length = typeof options.length === "number" ? options.length : DEFAULTS.length;
    const scaled = { ...DEFAULTS, horizon: length + Math.ceil(length / 2), panelReward: 1 / length };
    return new LockEnvironment(lockOptions(scaled, options), false);
  },
};
export default lock;
