import { EddyError } from "../../errors.ts";
import type { Tool } from "../../episode/mod.ts";
import type { Environment, Outcome, Split, Start, World } from "../environment.ts";
import { Stream } from "./_stream.ts";
import { type ApiFunction, apiTools, drawApi, LINKS, LOCKABLE, type ToolsApi } from "./_tools_api.ts";
import {
  askFor,
  chainOf,
  drawPhrasing,
  drawToolsTask,
  goalsOf,
  MOST_PHRASINGS,
  type ToolsTask,
} from "./_tools_task.ts";

/** Knobs of `tools`. */
export interface ToolsWorldOptions {
  /** Names the API: its kinds, functions and names. Default 0. */
  readonly world: number;
  /** Share of things of the last kind that must be unlocked before they are changed. Default 0.3. */
  readonly locked: number;
  /** Changes, of six, that the expert confuses with the other one of their kind. Default 0. */
  readonly traps: number;
  /** Probability that the expert does so where it has that habit. Default 0.7. */
  readonly habit: number;
  /** Probability that the expert calls anything at all. Default 0.05. */
  readonly noise: number;
  /** Ways to put a request, from 1 to 4; with more than one the last is for held-out splits alone. Default 1. */
  readonly phrasings: number;
  /** 1 lists the calls that can be written with the ids seen so far; 0 leaves writing to the agent. Default 1. */
  readonly listed: number;
  /** Longest episode, in steps. Default 10. */
  readonly horizon: number;
}

const DEFAULTS: ToolsWorldOptions = {
  world: 0,
  locked: 0.3,
  traps: 0,
  habit: 0.7,
  noise: 0.05,
  phrasings: 1,
  listed: 1,
  horizon: 10,
};
const RANGES: Readonly<Record<keyof ToolsWorldOptions, readonly [number, number]>> = {
  world: [0, 4294967295],
  locked: [0, 1],
  traps: [0, 6],
  habit: [0, 1],
  noise: [0, 1],
  phrasings: [1, MOST_PHRASINGS],
  listed: [0, 1],
  horizon: [7, 1000],
};
const SHARES = new Set<string>(["locked", "habit", "noise"]);

/** What changes while an episode runs; the rest follows from the seed. */
interface State {
  readonly seed: number;
  readonly split: Split;
  /** Ids the agent was shown, in order. */
  known: readonly string[];
  /** `function id` of each change that was made. */
  changed: readonly string[];
  unlocked: readonly string[];
  steps: number;
  ended: boolean;
}

/**
 * `tools`: an API of fourteen functions with made-up names over a small database. What is asked for has a name, or belongs
 * to something that has: find it, follow the links, change it, say `finish`. Only the state at the end is rewarded: all
 * changes that were asked for, and no other.
 *
 * A call is written `function argument`. Wrong ones are answered with a code: E400 no such function, E404 no such thing,
 * E409 done already, E422 the wrong kind of thing, E423 locked. Held-out splits ask for pairs of changes that training never
 * shows together.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { tools } from "@eddy/eddy";
 * const environment = tools.create({ world: 1 });
 * environment.reset(1, "train");
 * let outcome = environment.step(environment.gold!()!);
 * while (!outcome.terminated) outcome = environment.step(environment.gold!()!);
 * assert.ok(outcome.success && outcome.reward === 1);
 * ```
 */
export const tools: World = {
  name: "tools",
  description: "A small database behind functions whose names mean nothing: find, follow, change, finish.",
  horizon: DEFAULTS.horizon,
  create: (options = {}) => new ToolsEnvironment(toolsOptions(options)),
};
export default tools;

/** The functions of `tools` as documents with JSON schemas. @param world The option of the same name. Default 0. */
export function toolsOfWorld(world = 0): Tool[] {
  return apiTools(drawApi(world));
}

class ToolsEnvironment implements Environment {
  readonly actions?: () => readonly string[];
  readonly #api: ToolsApi;
  #state: State | undefined;
  #task: ToolsTask | undefined;
  #phrasing = 0;

  constructor(private readonly options: ToolsWorldOptions) {
    this.#api = drawApi(options.world);
    if (options.listed) this.actions = () => this.#calls();
  }

  reset(seed: number, split: Split): Start {
    this.#draw(seed, split);
    this.#state = { seed, split, known: [], changed: [], unlocked: [], steps: 0, ended: false };
    return { turns: [{ role: "user", text: askFor(this.#asked(), this.#api, this.#phrasing) }] };
  }

  step(action: string): Outcome {
    const state = this.#running();
    if (state.ended) return said("the episode is over.", { terminated: true, success: this.#reached() });
    state.steps++;
    const text = this.#call(state, action.trim());
    const terminated = state.ended;
    const truncated = !terminated && state.steps >= this.options.horizon;
    state.ended ||= truncated;
    const success = terminated && this.#reached();
    return said(text, { reward: Number(success), terminated, truncated, success });
  }

  #call(state: State, action: string): string {
    const [name, argument = "", ...more] = action.split(" ");
    const called = this.#api.functions.findIndex((each) => each.name === name);
    if (called < 0 || more.length > 0) return "E400 no such function.";
    const { does, takes } = this.#api.functions[called];
    if (does === "finish") {
      state.ended = true;
      return "closed.";
    }
    if (does === "find") {
      const thing = this.#api.names.indexOf(argument);
      return thing < 0 ? "E404 no such name." : this.#show(state, takes, thing);
    }
    const kind = this.#asked().ids.findIndex((ids) => ids.includes(argument));
    if (kind < 0) return "E404 no such thing.";
    if (kind !== takes) return `E422 not a ${this.#api.kinds[takes]}.`;
    return this.#apply(state, called, argument);
  }

  #apply(state: State, called: number, id: string): string {
    const { does, takes, gives, name } = this.#api.functions[called];
    if (does === "link") {
      const link = LINKS.findIndex(([from, to]) => from === takes && to === gives);
      return this.#show(state, gives, this.#asked().links[link][this.#asked().ids[takes].indexOf(id)]);
    }
    const locked = this.#isLocked(state, id);
    if (does === "unlock") {
      if (!locked) return "E409 not locked.";
      state.unlocked = [...state.unlocked, id];
      return "ok.";
    }
    if (locked) return "E423 locked.";
    if (state.changed.includes(`${name} ${id}`)) return "E409 done already.";
    state.changed = [...state.changed, `${name} ${id}`];
    return "ok.";
  }

  #show(state: State, kind: number, thing: number): string {
    const id = this.#asked().ids[kind][thing];
    if (!state.known.includes(id)) state.known = [...state.known, id];
    return `${this.#api.kinds[kind]} ${id}${this.#isLocked(state, id) ? " locked" : ""}.`;
  }

  #isLocked(state: State, id: string): boolean {
    return this.#asked().locked.includes(id) && !state.unlocked.includes(id);
  }

  #calls(): readonly string[] {
    const { known } = this.#running();
    return this.#api.functions.flatMap(({ name, does }) =>
      does === "finish"
        ? [name]
        : does === "find"
        ? [`${name} ${this.#api.names[this.#asked().name]}`]
        : known.map((id) => `${name} ${id}`)
    );
  }

  gold(): string | undefined {
    const state = this.#running();
    const { changes, path, ids } = this.#asked();
    const things = chainOf(this.#asked()).map((thing, step) => ids[path[step]][thing]);
    const target = things[things.length - 1];
    const wanted = changes.map((index) => `${this.#api.functions[index].name} ${target}`);
    if (state.ended || state.changed.some((change) => !wanted.includes(change))) return undefined;
    const reached = things.findLastIndex((id) => state.known.includes(id));
    const plan = [
      ...path.slice(reached + 1).map((kind, index) => this.#reach(things, path, reached + 1 + index, kind)),
      ...(this.#isLocked(state, target) ? [`${this.#named("unlock", LOCKABLE).name} ${target}`] : []),
      ...wanted.filter((change) => !state.changed.includes(change)),
      this.#named("finish", -1).name,
    ];
    return state.steps + plan.length > this.options.horizon ? undefined : plan[0];
  }

  #reach(things: readonly string[], path: readonly number[], step: number, kind: number): string {
    if (step === 0) return `${this.#named("find", kind).name} ${this.#api.names[this.#asked().name]}`;
    return `${this.#named("link", path[step - 1], kind).name} ${things[step - 1]}`;
  }

  #named(does: ApiFunction["does"], takes: number, gives?: number): ApiFunction {
    return this.#api.functions.find((each) =>
      each.does === does && each.takes === takes && (gives === undefined || each.gives === gives)
    )!;
  }

  /** Confuses what it always confuses; when the state is spoiled it believes that all is done. */
  expert(random: () => number): string {
    const [careless, other, habit] = [random(), random(), random()];
    const right = this.gold() ?? this.#named("finish", -1).name;
    const calls = this.#calls();
    if (careless < this.options.noise) return calls[Math.floor(other * calls.length)];
    const [name, id] = right.split(" ");
    const changes = this.#api.functions.filter(({ does }) => does === "change");
    const called = changes.findIndex((each) => each.name === name);
    // Even and odd ones take turns, so that few traps are of different kinds.
    const order = called < 0 ? Infinity : (called % 2) * changes.length / 2 + Math.floor(called / 2);
    return order < this.options.traps && habit < this.options.habit ? `${changes[called ^ 1].name} ${id}` : right;
  }

  snapshot(): unknown {
    return { ...this.#running() };
  }

  restore(snapshot: unknown): void {
    const state = snapshot as State;
    const lists = [state?.known, state?.changed, state?.unlocked];
    if (!Number.isInteger(state?.seed) || !lists.every(Array.isArray) || !Number.isInteger(state.steps)) {
      throw new EddyError("environment_invalid", "Cannot restore: the snapshot is of another world");
    }
    this.#draw(state.seed, state.split);
    if (!state.known.every((id) => this.#asked().ids.some((ids) => ids.includes(id)))) {
      throw new EddyError("environment_invalid", "Cannot restore: the snapshot is of another world");
    }
    this.#state = { ...state };
  }

  #draw(seed: number, split: Split): void {
    const { world, locked, phrasings } = this.options;
    const stream = Stream.of(world, seed >>> 0, Math.floor(seed / 4294967296), split.length, 82);
    this.#phrasing = drawPhrasing(stream, phrasings, split);
    this.#task = drawToolsTask(stream, this.#api, goalsOf(this.#api, world, split), locked);
  }

  #asked(): ToolsTask {
    return this.#task!;
  }

  #running(): State {
    if (!this.#state) throw new TypeError("Cannot step: call reset first");
    return this.#state;
  }

  #reached(): boolean {
    const { changes, path, ids } = this.#asked();
    const target = ids[path[path.length - 1]][chainOf(this.#asked()).pop()!];
    const wanted = changes.map((index) => `${this.#api.functions[index].name} ${target}`);
    const { changed } = this.#running();
    return changed.length === wanted.length && wanted.every((change) => changed.includes(change));
  }
}

function said(text: string, what: Omit<Outcome, "turns" | "reward" | "truncated"> & Partial<Outcome>): Outcome {
  return { turns: [{ role: "tool", text }], reward: 0, truncated: false, ...what };
}

/** @throws {EddyError} `environment_invalid` If a knob is unknown or out of its range. */
function toolsOptions(given: Readonly<Record<string, unknown>>): ToolsWorldOptions {
  for (const [name, value] of Object.entries(given)) {
    const range = RANGES[name as keyof ToolsWorldOptions];
    if (!range) throw invalid(`it has no knob '${name}'; there are ${Object.keys(RANGES).join(", ")}`);
    const fits = typeof value === "number" && value >= range[0] && value <= range[1];
    if (!fits || !SHARES.has(name) && !Number.isInteger(value)) {
      const what = SHARES.has(name) ? "a number" : "a whole number";
      throw invalid(`'${name}' is ${JSON.stringify(value)}, expected ${what} from ${range[0]} to ${range[1]}`);
    }
  }
  return { ...DEFAULTS, ...given };
}

function invalid(state: string): EddyError {
  return new EddyError("environment_invalid", `Cannot make the world: ${state}`);
}
