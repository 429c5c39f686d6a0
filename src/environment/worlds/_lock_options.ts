import { EddyError } from "../../errors.ts";
import { KEYS } from "./_panels.ts";
import type { LockOptions } from "./_lock_environment.ts";

/** Knobs with their smallest and largest sensible value. */
const RANGES: Readonly<Record<keyof LockOptions, readonly [number, number]>> = {
  world: [0, 4294967295],
  sigils: [1, 500],
  keys: [2, KEYS.length],
  length: [1, 100],
  slip: [0, 0.9],
  luck: [0, 0.9],
  traps: [0, 500],
  noise: [0, 1],
  horizon: [1, 1000],
  panelReward: [0, 1],
  phrasings: [1, 100],
};

/** Knobs that count things. */
const WHOLE = new Set<string>(["world", "sigils", "keys", "length", "traps", "horizon", "phrasings"]);

/**
 * Fills what is not given and checks the rest.
 *
 * @throws {EddyError} `environment_invalid` If a knob is unknown or out of its range.
 */
export function lockOptions(defaults: LockOptions, given: Readonly<Record<string, unknown>>): LockOptions {
  for (const [name, value] of Object.entries(given)) {
    const range = RANGES[name as keyof LockOptions];
    if (!range) throw invalid(`it has no knob '${name}'; there are ${Object.keys(RANGES).join(", ")}`);
    const fits = typeof value === "number" && value >= range[0] && value <= range[1];
    if (!fits || WHOLE.has(name) && !Number.isInteger(value)) {
      throw invalid(`'${name}' is ${JSON.stringify(value)}, expected a number from ${range[0]} to ${range[1]}`);
    }
  }
  const options = { ...defaults, ...given };
  if (options.panelReward * options.length > 1) throw invalid("'panelReward' times 'length' is more than 1");
  return options;
}

function invalid(state: string): EddyError {
  return new EddyError("environment_invalid", `Cannot make the world: ${state}`);
}
