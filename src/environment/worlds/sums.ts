import { EddyError } from "../../errors.ts";
import type { Environment, Outcome, Split, Start, World } from "../environment.ts";
import { arithmetic } from "./_arithmetic.ts";
import { Stream } from "./_stream.ts";
import { SUM_FAMILIES } from "./_sums_families.ts";

/** Knobs of `sums`. */
export interface SumsOptions {
  /** Names which people there are. Default 0. */
  readonly world: number;
  /** Kinds of word problem, from 1 to 8. Default 8. */
  readonly families: number;
  /** Answers to choose among, from 2 to 8; 0, the default, lets the agent write. */
  readonly candidates: number;
  /** Longest episode, in steps. Default 6. */
  readonly horizon: number;
}

const DEFAULTS: SumsOptions = { world: 0, families: SUM_FAMILIES.length, candidates: 0, horizon: 6 };
const RANGES: Readonly<Record<keyof SumsOptions, readonly [number, number]>> = {
  world: [0, 4294967295],
  families: [1, SUM_FAMILIES.length],
  candidates: [0, 8],
  horizon: [1, 1000],
};
const NAMES = "Mira Tomas Ines Jonas Petra Anton Clara Emil Lena Oskar Rosa Viktor Nora Karl Ida Bruno".split(" ");
/** Of the names, those that one world has. */
const PEOPLE = 6;
/** Longest expression that is calculated, in characters. */
const LONGEST = 200;

interface State {
  readonly family: number;
  readonly numbers: Readonly<Record<string, number>>;
  readonly answer: number;
  readonly text: string;
  readonly candidates: readonly string[];
  calculated: boolean;
  steps: number;
  ended: boolean;
  success: boolean;
}

/**
 * `sums`: word problems of eight kinds, solved with `calculate[expression]` and `finish[number]`. Only a right `finish` is
 * rewarded, and any ends it.
 *
 * The kinds and how they are told are always the same; who appears belongs to the option `world`; seeds draw kind and
 * numbers. Held-out splits have numbers that training never shows.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sums } from "@eddy/eddy";
 * const environment = sums.create({ world: 1 });
 * environment.reset(1, "train");
 * const [said] = environment.step(environment.gold!()!).turns;
 * assert.match(said.text, /^it is \d+\.$/);
 * assert.equal(environment.step(environment.gold!()!).reward, 1);
 * ```
 */
export const sums: World = {
  name: "sums",
  description: "Word problems of eight kinds: calculate, then finish with the number.",
  horizon: DEFAULTS.horizon,
  create: (options = {}) => new SumsEnvironment(sumsOptions(options)),
};
export default sums;

class SumsEnvironment implements Environment {
  readonly #people: readonly string[];
  #state: State | undefined;
  /** Only where there are candidates: without, the agent writes. */
  readonly actions?: () => readonly string[];

  constructor(private readonly options: SumsOptions) {
    const draw = Stream.of(options.world, 80);
    const left = [...NAMES];
    this.#people = Array.from({ length: PEOPLE }, () => left.splice(draw.below(left.length), 1)[0]);
    if (options.candidates > 0) this.actions = () => this.#running().candidates;
  }

  reset(seed: number, split: Split): Start {
    const stream = Stream.of(this.options.world, seed >>> 0, Math.floor(seed / 4294967296), 81);
    let state: State;
    do state = this.#draw(stream); while (splitOf(state) !== split);
    this.#state = state;
    return { turns: [{ role: "user", text: state.text }] };
  }

  #draw(stream: Stream): State {
    const family = stream.below(this.options.families);
    const { numbers: ranges, told, phrasings, expression } = SUM_FAMILIES[family];
    const drawn = Object.fromEntries(
      Object.entries(ranges).map(([name, [least, most]]) => [name, least + stream.below(most - least + 1)]),
    );
    const all = told ? { ...drawn, [told.name]: arithmetic(told.expression, drawn)! } : drawn;
    const phrasing = phrasings[stream.below(phrasings.length)];
    const who = this.#people[stream.below(PEOPLE)];
    const text = phrasing.replace(/\{(\w+)\}/g, (_, name) => name === "who" ? who : `${all[name]}`);
    const numbers = Object.fromEntries(Object.entries(all).filter(([name]) => phrasing.includes(`{${name}}`)));
    const answer = arithmetic(expression, numbers)!;
    const candidates = candidatesOf(answer, numbers, this.options.candidates, stream);
    return { family, numbers, answer, text, candidates, calculated: false, steps: 0, ended: false, success: false };
  }

  step(action: string): Outcome {
    const state = this.#running();
    if (state.ended) return outcome("the episode is over.", { terminated: true, success: state.success });
    state.steps++;
    const [, verb, given] = /^\s*(calculate|finish)\[(.*)\]\s*$/s.exec(action) ?? [];
    if (verb === "finish") {
      state.ended = true;
      state.success = given.trim() !== "" && Math.abs(Number(given) - state.answer) < 1e-9;
      const text = state.success ? "that is right." : "that is wrong.";
      return outcome(text, { reward: Number(state.success), terminated: true, success: state.success });
    }
    const value = verb && given.length <= LONGEST ? arithmetic(given) : undefined;
    state.calculated ||= value !== undefined;
    state.ended = state.steps >= this.options.horizon;
    const text = value !== undefined
      ? `it is ${Number(value.toFixed(6))}.`
      : verb
      ? "that cannot be calculated; write numbers with + - * / and parentheses."
      : "write calculate[expression] or finish[number].";
    return outcome(text, { truncated: state.ended });
  }

  gold(): string | undefined {
    const { family, numbers, answer, calculated, ended, steps, candidates } = this.#running();
    if (ended) return undefined;
    const direct = calculated || candidates.length > 0 || steps + 2 > this.options.horizon;
    if (direct) return `finish[${answer}]`;
    const { expression } = SUM_FAMILIES[family];
    return `calculate[${expression.replace(/[a-z]+/g, (name) => `${numbers[name]}`)}]`;
  }

  expert(random: () => number): string {
    const gold = this.gold() ?? "finish[0]";
    const [careless, by] = [random(), 1 + Math.floor(random() * 9)];
    return careless < 0.2 && gold.startsWith("finish") ? `finish[${this.#running().answer + by}]` : gold;
  }

  snapshot(): unknown {
    const state = this.#running();
    return { ...state, numbers: { ...state.numbers }, candidates: [...state.candidates] };
  }

  restore(snapshot: unknown): void {
    const state = snapshot as State;
    if (!(state?.family < this.options.families) || state.candidates?.length !== this.options.candidates) {
      throw new EddyError("environment_invalid", "Cannot restore: the snapshot is of another world");
    }
    this.#state = { ...state };
  }

  #running(): State {
    if (!this.#state) throw new TypeError("Cannot step: call reset first");
    return this.#state;
  }
}

/** The numbers of a task belong to one split: eight in ten to training, one each to the others. */
function splitOf({ family, numbers }: State): Split {
  const tenth = Math.floor(Stream.of(family, ...Object.values(numbers), 82).next() * 10);
  return tenth === 0 ? "test" : tenth === 1 ? "validation" : "train";
}

/** The answer among others that a slip gives, in any order. */
function candidatesOf(
  answer: number,
  { extra }: Readonly<Record<string, number>>,
  count: number,
  stream: Stream,
): string[] {
  if (count === 0) return [];
  const near = new Set([answer, answer - 2 * extra, answer + extra, answer - extra]);
  while (near.size < count) near.add(Math.max(0, answer + stream.below(41) - 20));
  const chosen = [...near].slice(0, count);
  for (let last = count - 1; last > 0; last--) {
    const other = stream.below(last + 1);
    [chosen[last], chosen[other]] = [chosen[other], chosen[last]];
  }
  return chosen.map((number) => `finish[${number}]`);
}

function outcome(text: string, what: Partial<Outcome>): Outcome {
  const turns = [{ role: "tool" as const, text }];
  return { turns, reward: 0, terminated: false, truncated: false, success: false, ...what };
}

/** @throws {EddyError} `environment_invalid` If a knob is unknown or out of its range. */
function sumsOptions(given: Readonly<Record<string, unknown>>): SumsOptions {
  for (const [name, value] of Object.entries(given)) {
    const range = RANGES[name as keyof SumsOptions];
    if (!range) throw invalid(`it has no knob '${name}'; there are ${Object.keys(RANGES).join(", ")}`);
    const fits = Number.isInteger(value) && (value as number) >= range[0] && (value as number) <= range[1];
    if (!fits || (name === "candidates" && value === 1)) {
      throw invalid(`'${name}' is ${JSON.stringify(value)}, expected a whole number from ${range[0]} to ${range[1]}`);
    }
  }
  return { ...DEFAULTS, ...given };
}

function invalid(state: string): EddyError {
  return new EddyError("environment_invalid", `Cannot make the world: ${state}`);
}
