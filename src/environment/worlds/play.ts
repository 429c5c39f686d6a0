import { EddyError } from "../../errors.ts";
import type { Environment, Outcome, Split, Start, World } from "../environment.ts";
import { Stream } from "./_stream.ts";

/** Knobs of `play`. */
export interface PlayWorldOptions {
  /** Names which things there are. Default 0. */
  readonly world: number;
  /** Things in the room, from 2 to 16. */
  readonly things: number;
  /** Longest episode, in steps. */
  readonly horizon: number;
  /** Things that goals may ask to bring, at most all of them: fewer make fewer goals, none leaves those to grasp. */
  readonly portable: number;
}

const DEFAULTS: PlayWorldOptions = { world: 0, things: 6, horizon: 8, portable: 16 };
const RANGES: Readonly<Record<keyof PlayWorldOptions, readonly [number, number]>> = {
  world: [0, 4294967295],
  things: [2, 16],
  horizon: [4, 1000],
  portable: [0, 16],
};

/** Names that things are given, as many again as a room can have. */
const NAMES =
  ("lamp kettle drum ladder mirror basket candle carpet bottle hammer violin pillow bucket ribbon lantern " +
    "pencil saddle teapot feather anchor whistle compass trumpet blanket needle button mitten barrel goblet helmet " +
    "shovel easel").split(" ");

interface State {
  readonly goal: { readonly verb: "grasp" | "bring"; readonly thing: number; readonly place: number };
  /** Thing stood by, or −1. */
  at: number;
  /** Thing held, or −1. */
  held: number;
  /** What was released last, and where. */
  left?: readonly [thing: number, place: number];
  steps: number;
  ended: boolean;
}

/**
 * `play`: a room of things. The agent goes to a thing, grasps it, and, where it should bring it somewhere, goes there and
 * releases it. Only reaching the goal is rewarded.
 *
 * Which things there are belongs to the option `world`; seeds draw goals. All splits share the room: nothing but the goal
 * is new in a task.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { play } from "@eddy/eddy";
 * const environment = play.create({ world: 1 });
 * environment.reset(1, "train");
 * let outcome = environment.step(environment.gold!()!);
 * while (!outcome.terminated) outcome = environment.step(environment.gold!()!);
 * assert.ok(outcome.success && outcome.reward === 1);
 * ```
 */
export const play: World = {
  name: "play",
  description: "A room of things: go, grasp, bring and release; only the goal is rewarded.",
  horizon: DEFAULTS.horizon,
  create: (options = {}) => new PlayEnvironment(playOptions(options)),
};
export default play;

class PlayEnvironment implements Environment {
  readonly #names: readonly string[];
  #state: State | undefined;

  constructor(private readonly options: PlayWorldOptions) {
    const draw = Stream.of(options.world, options.things, 78);
    const left = [...NAMES];
    this.#names = Array.from({ length: options.things }, () => left.splice(draw.below(left.length), 1)[0]);
  }

  reset(seed: number, split: Split): Start {
    const stream = Stream.of(this.options.world, seed >>> 0, Math.floor(seed / 4294967296), split.length, 79);
    const { things, portable } = this.options;
    const drawn = stream.below(things);
    const shift = 1 + stream.below(things - 1);
    const verb = stream.next() < 0.5 || portable === 0 ? "grasp" : "bring";
    const thing = verb === "bring" ? drawn % portable : drawn;
    const place = (thing + shift) % things;
    this.#state = { goal: { verb, thing, place }, at: -1, held: -1, steps: 0, ended: false };
    return { turns: [{ role: "user", text: `${this.#goalText()} ${this.#seen()}` }] };
  }

  step(action: string): Outcome {
    const state = this.#running();
    if (state.ended) return this.#outcome("the episode is over.", { terminated: true, success: this.#reached() });
    state.steps++;
    const said = this.#apply(state, action.trim());
    const success = this.#reached();
    state.ended = success || state.steps >= this.options.horizon;
    const ends = { terminated: success, truncated: state.ended && !success, success };
    return this.#outcome(success ? "done." : `${said}${this.#goalText()} ${this.#seen()}`, {
      reward: Number(success),
      ...ends,
    });
  }

  #apply(state: State, action: string): string {
    if (action.startsWith("go to ") && this.#names.includes(action.slice(6))) {
      state.at = this.#names.indexOf(action.slice(6));
    } else if (action === "grasp" && state.at >= 0 && state.held < 0) state.held = state.at;
    else if (action === "release" && state.held >= 0) {
      state.left = [state.held, state.at];
      state.held = -1;
    } else return "nothing happens. ";
    return "";
  }

  actions(): readonly string[] {
    return [...this.#names.map((name) => `go to ${name}`), "grasp", "release"];
  }

  gold(): string | undefined {
    const state = this.#running();
    const { verb, thing, place } = state.goal;
    const plan = state.held === thing
      ? (state.at === place ? ["release"] : [`go to ${this.#names[place]}`, "release"])
      : [
        ...(state.held >= 0 ? ["release"] : []),
        ...(state.at === thing ? [] : [`go to ${this.#names[thing]}`]),
        "grasp",
        ...(verb === "bring" ? [`go to ${this.#names[place]}`, "release"] : []),
      ];
    return state.ended || state.steps + plan.length > this.options.horizon ? undefined : plan[0];
  }

  expert(random: () => number): string {
    const actions = this.actions();
    const [careless, other] = [random(), random()];
    return careless < 0.2 ? actions[Math.floor(other * actions.length)] : this.gold() ?? actions[0];
  }

  goals(): ReturnType<NonNullable<Environment["goals"]>> {
    const { held, left } = this.#running();
    const reached = held < 0 ? [] : [this.#goalText({ verb: "grasp", thing: held, place: held })];
    return {
      asked: this.#goalText(),
      reached: left && left[0] !== left[1]
        ? [...reached, this.#goalText({ verb: "bring", thing: left[0], place: left[1] })]
        : reached,
    };
  }

  snapshot(): unknown {
    return { ...this.#running() };
  }

  restore(snapshot: unknown): void {
    const state = snapshot as State;
    const fits = [state?.goal?.thing, state?.goal?.place].every((thing) => thing >= 0 && thing < this.options.things);
    if (!fits) throw new EddyError("environment_invalid", "Cannot restore: the snapshot is of another world");
    this.#state = { ...state };
  }

  #reached(): boolean {
    const { goal: { verb, thing, place }, held, left } = this.#running();
    return verb === "grasp" ? held === thing : left?.[0] === thing && left[1] === place;
  }

  #goalText({ verb, thing, place }: State["goal"] = this.#running().goal): string {
    return verb === "grasp"
      ? `goal: grasp ${this.#names[thing]}.`
      : `goal: bring ${this.#names[thing]} to ${this.#names[place]}.`;
  }

  #seen(): string {
    const { at, held } = this.#running();
    const name = (thing: number): string => thing < 0 ? "nothing" : this.#names[thing];
    return `you stand by ${name(at)}. you hold ${name(held)}.`;
  }

  #running(): State {
    if (!this.#state) throw new TypeError("Cannot step: call reset first");
    return this.#state;
  }

  #outcome(text: string, what: Partial<Outcome>): Outcome {
    const turns = [{ role: "tool" as const, text }];
    return { turns, reward: 0, terminated: false, truncated: false, success: false, ...what };
  }
}

/** @throws {EddyError} `environment_invalid` If a knob is unknown or out of its range. */
function playOptions(given: Readonly<Record<string, unknown>>): PlayWorldOptions {
  for (const [name, value] of Object.entries(given)) {
    const range = RANGES[name as keyof PlayWorldOptions];
    if (!range) throw invalid(`it has no knob '${name}'; there are ${Object.keys(RANGES).join(", ")}`);
    if (!Number.isInteger(value) || (value as number) < range[0] || (value as number) > range[1]) {
      throw invalid(`'${name}' is ${JSON.stringify(value)}, expected a whole number from ${range[0]} to ${range[1]}`);
    }
  }
  return { ...DEFAULTS, ...given };
}

function invalid(state: string): EddyError {
  return new EddyError("environment_invalid", `Cannot make the world: ${state}`);
}
