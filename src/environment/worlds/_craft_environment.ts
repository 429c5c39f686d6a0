import { EddyError } from "../../errors.ts";
import type { Environment, Outcome, Split, Start } from "../environment.ts";
import { craftNeeds, craftNext, craftOrder } from "./_craft_plan.ts";
import type { CraftConfig } from "./craft_config.ts";
import { Stream } from "./_stream.ts";

type Phrasing = (goal: string, bag: string) => string;

/** Held-out splits read phrasings that training never shows. */
const PHRASINGS: Readonly<Record<"train" | "held", readonly Phrasing[]>> = {
  train: [
    (goal, bag) => `goal: make ${goal}. you hold ${bag}.`,
    (goal, bag) => `you should make ${goal}. in the bag: ${bag}.`,
    (goal, bag) => `task: make ${goal}. there is ${bag} with you.`,
  ],
  held: [
    (goal, bag) => `please make ${goal}. you carry ${bag}.`,
    (goal, bag) => `what is wanted: make ${goal}. your things: ${bag}.`,
  ],
};

/** The expert does something at random this often. */
const CARELESS = 0.1;

/** Everything that changes while an episode runs. */
interface State {
  readonly split: Split;
  readonly goal: string;
  readonly held: Record<string, number>;
  /** What was gathered of each so far, and whether the last try for it was in vain. */
  readonly gathered: Record<string, number>;
  readonly missed: Record<string, boolean>;
  steps: number;
  random: number;
  ended: boolean;
}

/** A bag of things, and what can be made of them. Making uses things up; there is no way back. */
export class CraftEnvironment implements Environment {
  readonly #order: readonly string[];
  readonly #actions: readonly string[];
  #state: State | undefined;

  constructor(private readonly config: CraftConfig) {
    this.#order = craftOrder(config.things);
    this.#actions = Object.freeze(Object.keys(config.things).map((name) => this.#verb(name)));
  }

  reset(seed: number, split: Split): Start {
    const stream = Stream.of(seed >>> 0, Math.floor(seed / 4294967296), split.length, 81);
    const { goals, start } = this.config;
    const goal = goals[stream.below(goals.length)];
    this.#state = {
      split,
      goal,
      held: { ...start },
      gathered: {},
      missed: {},
      steps: 0,
      random: stream.state,
      ended: false,
    };
    return { turns: [{ role: "user", text: this.#seen(this.#state) }] };
  }

  step(action: string): Outcome {
    const state = this.#running();
    if (state.ended) return outcome("the episode is over.", { terminated: true, success: this.#reached(state) });
    state.steps++;
    const said = this.#apply(state, action.trim());
    const success = this.#reached(state);
    const truncated = !success && state.steps >= this.config.horizon;
    state.ended = success || truncated;
    const ends = { reward: Number(success), terminated: success, truncated, success };
    return outcome(success ? "done." : `${said} ${this.#seen(state)}`, ends);
  }

  #apply(state: State, action: string): string {
    const name = Object.keys(this.config.things).find((name) => this.#verb(name) === action);
    if (name === undefined) return `nobody can '${action.slice(0, 40)}'.`;
    const { odds, supply = Infinity, from = {}, tools = [] } = this.config.things[name];
    if (odds !== undefined) {
      const [gathered, uniform] = [state.gathered[name] ?? 0, this.#uniform(state)];
      if (gathered >= supply) return "there is no more of that.";
      state.missed[name] = uniform >= odds && !state.missed[name];
      if (state.missed[name]) return "nothing found, but a trace.";
      state.gathered[name] = gathered + 1;
    } else {
      const lacks = Object.entries(from).some(([part, count]) => (state.held[part] ?? 0) < count) ||
        tools.some((tool) => !state.held[tool]);
      if (lacks) return "that takes what you have not.";
      for (const [part, count] of Object.entries(from)) state.held[part] -= count;
    }
    state.held[name] = (state.held[name] ?? 0) + 1;
    return odds === undefined ? "made." : "found.";
  }

  actions(): readonly string[] {
    return this.#actions;
  }

  gold(): string | undefined {
    const state = this.#running();
    const needs = [...craftNeeds(this.config.things, this.#order, state.held, state.goal)];
    const steps = needs.reduce((sum, [, count]) => sum + count, 0);
    const enough = needs.every(([name, count]) =>
      count <= (this.config.things[name].supply ?? Infinity) - (state.gathered[name] ?? 0)
    );
    if (state.ended || !enough || state.steps + steps > this.config.horizon) return undefined;
    return this.#verb(craftNext(this.config.things, state.held, state.goal));
  }

  expert(random: () => number): string {
    const [careless, other] = [random(), random()];
    const anything = this.#actions[Math.floor(other * this.#actions.length)];
    return careless < CARELESS ? anything : this.gold() ?? anything;
  }

  snapshot(): unknown {
    return structuredClone(this.#running());
  }

  restore(snapshot: unknown): void {
    const state = snapshot as State;
    const names = [state?.goal ?? "", ...Object.keys(state?.held ?? {})];
    const fits = names.every((name) => Object.hasOwn(this.config.things, name));
    if (!fits) throw new EddyError("environment_invalid", "Cannot restore: the snapshot is of another world");
    this.#state = structuredClone(state);
  }

  #running(): State {
    if (!this.#state) throw new TypeError("Cannot step: call reset first");
    return this.#state;
  }

  #uniform(state: State): number {
    const stream = new Stream(state.random);
    const uniform = stream.next();
    state.random = stream.state;
    return uniform;
  }

  #reached({ held, goal }: State): boolean {
    return (held[goal] ?? 0) > 0;
  }

  #verb(name: string): string {
    return this.config.things[name].from ? `make ${name}` : `gather ${name}`;
  }

  #seen(state: State): string {
    const phrasings = PHRASINGS[state.split === "train" ? "train" : "held"];
    const held = Object.entries(state.held).filter(([, count]) => count > 0);
    const bag = this.#order.flatMap((name) => held.filter(([other]) => other === name))
      .map(([name, count]) => `${count} ${name}`).join(", ");
    return phrasings[Math.floor(this.#uniform(state) * phrasings.length)](state.goal, bag || "nothing");
  }
}

function outcome(text: string, what: Partial<Outcome>): Outcome {
  const turns = [{ role: "tool" as const, text }];
  return { turns, reward: 0, terminated: false, truncated: false, success: false, ...what };
}
