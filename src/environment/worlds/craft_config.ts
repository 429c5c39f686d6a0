import { z } from "zod";
import { EddyError } from "../../errors.ts";
import { craftNeeds, craftOrder } from "./_craft_plan.ts";

const NAME = z.string().regex(/^[a-z]+$/, "expected a word of small letters");
const COUNT = z.int().min(1).max(99);

const THING = z.strictObject({
  odds: z.number().gt(0).max(1).optional(),
  supply: z.int().min(0).max(999).optional(),
  from: z.record(NAME, COUNT).optional(),
  tools: z.array(NAME).optional(),
});

const CONFIG = z.strictObject({
  things: z.record(NAME, THING),
  start: z.record(NAME, COUNT).default({}),
  goals: z.array(NAME).min(1),
  horizon: z.int().min(1).max(1000),
});

/** A thing: gathered (`odds`), or made (`from`, `tools`). */
export interface CraftThing {
  /** Gathered: how likely one try finds it. After a try in vain the next one succeeds. */
  readonly odds?: number;
  /** Gathered: how many there are; without end unless given. */
  readonly supply?: number;
  /** Made: what is used up. */
  readonly from?: Readonly<Record<string, number>>;
  /** Made: what must be held, and is kept. */
  readonly tools?: readonly string[];
}

/** All of a world of things: what there is, what is held at the start, what may be asked for, and how long. */
export interface CraftConfig {
  /** By name. What is made must be made of others, in the end of what is gathered. */
  readonly things: Readonly<Record<string, CraftThing>>;
  /** Held at the start of every task. */
  readonly start: Readonly<Record<string, number>>;
  /** Each task asks for one of them. */
  readonly goals: readonly string[];
  /** Longest episode, in steps. */
  readonly horizon: number;
}

/**
 * Reads the description of a `craft` world, from a person or a language model, and refuses one that cannot be solved.
 *
 * ```text
 * missing(goal) = 1 − held      missing(x) = max(0, Σ_y missing(y) · from_y(x), or 1 if x is a tool of such a y, − held(x))
 * solvable: missing(x) ≤ supply(x) for all x, and Σ_x missing(x) ≤ horizon
 * ```
 *
 * @throws {EddyError} `environment_invalid` If it does not fit the schema, names what does not exist, makes a thing of
 * itself, or has a goal that is held already or can never be reached; the message says which and why.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseCraftConfig } from "@eddy/eddy";
 * const things = { log: { odds: 0.8, supply: 2 }, plank: { from: { log: 1 } }, boat: { from: { plank: 3 } } };
 * assert.throws(() => parseCraftConfig({ things, goals: ["boat"], horizon: 9 }), /needs 3 'log', and there are 2/);
 * assert.equal(parseCraftConfig({ things, goals: ["boat"], horizon: 9, start: { plank: 1 } }).start.plank, 1);
 * ```
 */
export function parseCraftConfig(json: unknown): CraftConfig {
  const { success, data, error } = CONFIG.safeParse(json);
  if (!success) {
    throw refused(error.issues.map(({ path, message }) => `${path.join(".") || "it"}: ${message}`).join("; "));
  }
  for (const [name, thing] of Object.entries(data.things)) checkThing(data, name, thing);
  for (const name of [...Object.keys(data.start), ...data.goals]) known(data, name, "it");
  craftOrder(data.things, (state) => refused(state));
  for (const goal of data.goals) checkGoal(data, goal);
  return data;
}

function checkThing(config: CraftConfig, name: string, { odds, supply, from, tools = [] }: CraftThing): void {
  if ((odds === undefined) === (from === undefined)) {
    throw refused(`'${name}' must have either 'odds', to be gathered, or 'from', to be made`);
  }
  if (odds !== undefined && tools.length > 0) throw refused(`'${name}' is gathered, so it takes no 'tools'`);
  if (from && supply !== undefined) throw refused(`'${name}' is made, so it has no 'supply'`);
  if (from && Object.keys(from).length === 0) throw refused(`'${name}' is made from nothing`);
  for (const part of [...Object.keys(from ?? {}), ...tools]) known(config, part, `'${name}'`);
  for (const tool of tools) {
    const user = Object.entries(config.things).find(([, thing]) => Object.hasOwn(thing.from ?? {}, tool));
    if (user) throw refused(`'${tool}' is a tool for '${name}' and is used up for '${user[0]}': it can be one of both`);
  }
}

function known({ things }: CraftConfig, name: string, who: string): void {
  if (!Object.hasOwn(things, name)) {
    throw refused(`${who} names '${name}', which is not among its things: ${Object.keys(things).join(", ")}`);
  }
}

function checkGoal(config: CraftConfig, goal: string): void {
  if (config.start[goal]) throw refused(`goal '${goal}' is held at the start`);
  const needs = craftNeeds(config.things, craftOrder(config.things), config.start, goal);
  for (const [name, count] of needs) {
    const { supply = Infinity } = config.things[name];
    if (count > supply) throw refused(`goal '${goal}' needs ${count} '${name}', and there are ${supply}`);
  }
  const steps = [...needs.values()].reduce((sum, count) => sum + count, 0);
  if (steps > config.horizon) {
    throw refused(`goal '${goal}' takes ${steps} steps at least, and the horizon is ${config.horizon}`);
  }
}

function refused(state: string): EddyError {
  return new EddyError("environment_invalid", `Cannot make the world: ${state}`);
}
