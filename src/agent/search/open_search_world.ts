import { EddyError } from "../../errors.ts";
import type { Environment, Outcome, Split } from "../../environment/mod.ts";
import type { Turn } from "../../episode/mod.ts";
import type { Moment } from "./moment.ts";
import { turnsOf } from "./turns_of.ts";

/** A world that can be put back to any moment, and counts what that costs. */
export interface SearchWorld {
  /** Begins a task, and does what is already decided. */
  start(seed: number, options?: { readonly split?: Split; readonly prefix?: readonly string[] }): Moment;
  /**
   * Acts from a moment.
   *
   * @throws {RangeError} If the moment is the end of its episode.
   * @throws {EddyError} `environment_invalid` If the world cannot be put back.
   */
  step(moment: Moment, action: string): Moment;
  /** Steps of the environment so far, also those that were played again to come back. */
  readonly environmentSteps: number;
}

/** How a world is put back. */
export interface SearchWorldOptions {
  /**
   * Whether a world without snapshots may be begun again and played to the moment. False where steps have lasting effects.
   * Default true.
   */
  readonly replay?: boolean;
}

/**
 * Makes a world searchable: by its snapshots where it has them, else by playing the steps again from the start.
 *
 * A snapshot holds the world's coming chance as well: the same action from the same moment always brings the same, so a
 * search in a world of chance knows what an agent could not know. Playing again is compared with what was shown the first
 * time: a world that answers otherwise cannot be searched, and says so.
 *
 * @example
 * ```ts
 * import { deepEqual, equal } from "node:assert/strict";
 * import { lock, openSearchWorld } from "@eddy/eddy";
 * const world = openSearchWorld(lock.create());
 * const start = world.start(7);
 * const ends = start.candidates!.map((action) => world.step(start, action).ended);
 * equal(ends.filter((ended) => !ended).length, 1); // one key is right
 * equal(world.environmentSteps, 5);
 * ```
 */
export function openSearchWorld(environment: Environment, { replay = true }: SearchWorldOptions = {}): SearchWorld {
  const restorable = environment.snapshot !== undefined && environment.restore !== undefined;
  let steps = 0;
  /** Where the environment stands. */
  let present: Moment | undefined;
  const standing = (moment: Omit<Moment, "candidates" | "snapshot">): Moment => {
    const limits = moment.ended ? {} : { candidates: environment.actions?.() };
    return { ...moment, ...limits, ...(restorable && !moment.ended && { snapshot: environment.snapshot!() }) };
  };
  const act = (moment: Moment, action: string): Moment => {
    const outcome = environment.step(action);
    steps += 1;
    return standing(after(moment, action, outcome));
  };
  const begin = (seed: number, split: Split): Moment => {
    const { turns } = environment.reset(seed, split);
    return standing({ seed, split, steps: [], rewards: [], shown: turns, ended: false, success: false });
  };
  const goTo = (moment: Moment): void => {
    if (present === moment) return;
    if (restorable) return environment.restore!(moment.snapshot);
    if (!replay) {
      throw new EddyError(
        "environment_invalid",
        "Cannot search: the world has no snapshots, and playing again is not allowed; act in it without search",
      );
    }
    present = undefined;
    const again = moment.steps.reduce((now, { action }) => act(now, action), begin(moment.seed, moment.split));
    if (!same(turnsOf(again), turnsOf(moment))) {
      throw new EddyError(
        "environment_invalid",
        `Cannot search: played again, task ${moment.seed} shows something else after ${moment.steps.length} steps; ` +
          "a world without snapshots must answer equal actions alike",
      );
    }
  };
  const step = (moment: Moment, action: string): Moment => {
    if (moment.ended) {
      throw new RangeError(`Cannot step on: task ${moment.seed} ended after ${moment.steps.length} steps`);
    }
    goTo(moment);
    present = undefined; // until the world has answered
    return present = act(moment, action);
  };
  return {
    start: (seed, { split = "train", prefix = [] } = {}) => {
      present = begin(seed, split);
      return prefix.reduce(step, present);
    },
    step,
    get environmentSteps(): number {
      return steps;
    },
  };
}

function after(moment: Moment, action: string, { turns, reward, terminated, truncated, success }: Outcome): Moment {
  const { seed, split, steps, rewards, shown, candidates } = moment;
  return {
    ...{ seed, split, shown: turns, ended: terminated || truncated, success },
    steps: [...steps, { turns: shown, ...(candidates && { candidates }), action }],
    rewards: [...rewards, reward],
  };
}

function same(some: readonly Turn[], others: readonly Turn[]): boolean {
  return some.length === others.length &&
    some.every(({ role, text }, index) => role === others[index].role && text === others[index].text);
}
