import { EddyError } from "../../errors.ts";
import type { Environment, World } from "../environment.ts";
import { CraftEnvironment } from "./_craft_environment.ts";
import { parseCraftConfig } from "./craft_config.ts";
import { drawCraftConfig, type DrawCraftOptions } from "./draw_craft_config.ts";

/** Knobs with their smallest and largest sensible value. */
const RANGES: Readonly<Record<keyof Omit<DrawCraftOptions, "everyStage">, readonly [number, number]>> = {
  world: [0, 4294967295],
  depth: [1, 40],
  raws: [1, 10],
  tools: [0, 10],
  decoys: [0, 40],
  odds: [0.01, 1],
  horizon: [1, 1000],
};

/**
 * `craft`: things are gathered and made of each other until the one that is asked for is held. Only that is rewarded, and
 * what is used up for nothing must be got again.
 *
 * A world is wholly its `config`, which a person or a language model may write ({@linkcode parseCraftConfig} refuses one
 * that cannot be solved); without one the other knobs draw it ({@linkcode drawCraftConfig}). Names belong to the world;
 * seeds draw goals and luck; held-out splits have phrasings that training never shows.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { craft } from "@eddy/eddy";
 * const things = { log: { odds: 1 }, plank: { from: { log: 1 } } };
 * const environment = craft.create({ config: { things, goals: ["plank"], horizon: 4 } });
 * environment.reset(1, "train");
 * assert.match(environment.step("gather log").turns[0].text, /found\. .* make plank\. .* 1 log/);
 * assert.ok(environment.step("make plank").success);
 * ```
 */
export const craft: World = {
  name: "craft",
  description: "Gather things, make things of things, up to the one that is asked for; only that is rewarded.",
  horizon: 72,
  create: ({ config, ...options } = {}): Environment => {
    if (config === undefined) return new CraftEnvironment(drawCraftConfig(checked(options)));
    const [other] = Object.keys(options);
    if (other) throw invalid(`it has 'config', so knob '${other}' has nothing to say`);
    return new CraftEnvironment(parseCraftConfig(config));
  },
};
export default craft;

function checked(given: Readonly<Record<string, unknown>>): DrawCraftOptions {
  for (const [name, value] of Object.entries(given)) {
    if (name === "everyStage" && typeof value === "boolean") continue;
    const range = RANGES[name as keyof typeof RANGES];
    if (!range) {
      throw invalid(`it has no knob '${name}'; there are config, everyStage, ${Object.keys(RANGES).join(", ")}`);
    }
    const fits = typeof value === "number" && value >= range[0] && value <= range[1];
    if (!fits || name !== "odds" && !Number.isInteger(value)) {
      throw invalid(`'${name}' is ${JSON.stringify(value)}, expected a number from ${range[0]} to ${range[1]}`);
    }
  }
  return given;
}

function invalid(state: string): EddyError {
  return new EddyError("environment_invalid", `Cannot make the world: ${state}`);
}
