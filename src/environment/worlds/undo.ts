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
  horizon: 10,
  panelReward: 1 / 6,
  phrasings: 100,
};

/**
 * `undo`: as `lock`, but a wrong key raises an error light, nothing moves while it is on, and only `undo` clears it.
 *
 * Errors cost two steps of a horizon that leaves little room, so an agent must notice them, recover, and err seldom.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { undo } from "@eddy/eddy";
 * const environment = undo.create();
 * assert.ok(environment.actions!().includes("undo"));
 * ```
 */
export const undo: World = {
  name: "undo",
  description: "Open a row of panels: a wrong key raises a light that only 'undo' clears, and time is short.",
  horizon: DEFAULTS.horizon,
  create(options = {}): Environment {
    const length = typeof options.length === "number" ? options.length : DEFAULTS.length;
    const scaled = { ...DEFAULTS, horizon: length + 4, panelReward: 1 / length };
    return new LockEnvironment(lockOptions(scaled, options), true);
  },
};
export default undo;
