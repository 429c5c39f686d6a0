import { EddyError } from "../../errors.ts";
import type { Environment, Outcome, Split, Start } from "../environment.ts";
import { KEYS, phrasings, render, sigils } from "./_panels.ts";
import { Stream } from "./_stream.ts";

/** Knobs of `lock` and `undo`. */
export interface LockOptions {
  /** Names the map from sigils to keys: what an agent learns. Default 0. */
  readonly world: number;
  /** Number of sigils. */
  readonly sigils: number;
  /** Number of keys, at most 8. */
  readonly keys: number;
  /** Panels of one episode. */
  readonly length: number;
  /** Probability that the right key fails. */
  readonly slip: number;
  /** Probability that a wrong key passes. */
  readonly luck: number;
  /** Sigils on which the expert errs, always with the same wrong key most of the time. */
  readonly traps: number;
  /** Probability that the expert presses a random key elsewhere. */
  readonly noise: number;
  /** Longest episode, in steps. */
  readonly horizon: number;
  /** Reward of each solved panel; solving all gives the rest of 1. Zero leaves only the end's reward. */
  readonly panelReward: number;
  /** Phrasings that a panel may have: at most as many as there are. */
  readonly phrasings: number;
}

/** Everything that changes while an episode runs. */
interface State {
  readonly split: Split;
  readonly sequence: readonly number[];
  /** Panels solved so far. */
  solved: number;
  steps: number;
  light: boolean;
  phrasing: number;
  random: number;
  ended: boolean;
}

const SPLITS: readonly Split[] = ["train", "validation", "test"];

/** A sequence of sigils belongs to one split: eight in ten to training, one each to the others. */
function splitOf(sequence: readonly number[]): Split {
  const tenth = Math.floor(Stream.of(...sequence).next() * 10);
  return tenth === 0 ? "test" : tenth === 1 ? "validation" : "train";
}

/** The expert is right on a trap this often. */
const TRAP_RIGHT = 0.3;

/**
 * Panels with a sigil each; one key is right for each sigil. `recoverable` is the world `undo`: a wrong key raises a light,
 * and nothing but `undo` works until it is off. Without it a wrong key ends the episode.
 */
export class LockEnvironment implements Environment {
  readonly #names: readonly string[];
  /** sigil → right key, and the wrong one that traps the expert (or −1). */
  readonly #right: readonly number[];
  readonly #trap: readonly number[];
  #state: State | undefined;

  constructor(private readonly options: LockOptions, private readonly recoverable: boolean) {
    const draw = Stream.of(options.world, options.sigils, options.keys, 77);
    this.#names = sigils(options.sigils, draw.next);
    this.#right = this.#names.map(() => draw.below(options.keys));
    this.#trap = this.#right.map((right, i) =>
      i < options.traps ? (right + 1 + draw.below(options.keys - 1)) % options.keys : -1
    );
  }

  reset(seed: number, split: Split): Start {
    const stream = Stream.of(this.options.world, seed >>> 0, Math.floor(seed / 4294967296));
    let sequence: number[];
    do sequence = Array.from({ length: this.options.length }, () => stream.below(this.options.sigils)); while (
      splitOf(sequence) !== split
    );
    const phrasing = stream.below(Math.min(this.options.phrasings, phrasings(split !== "train")));
    this.#state = { split, sequence, solved: 0, steps: 0, light: false, phrasing, random: stream.state, ended: false };
    return { turns: [{ role: "user", text: this.#panel(this.#state) }] };
  }

  step(action: string): Outcome {
    const state = this.#running();
    if (state.ended) return outcome("the episode is over.", { terminated: true, success: this.#solved(state) });
    state.steps++;
    const said = this.#apply(state, action.trim());
    const terminated = state.ended;
    const truncated = !terminated && state.steps >= this.options.horizon;
    state.ended ||= truncated;
    const { panelReward, length } = this.options;
    const reward = said.advanced ? panelReward + (this.#solved(state) ? 1 - panelReward * length : 0) : 0;
    const text = state.ended ? said.text : `${said.text} ${this.#panel(state)}`.trim();
    return outcome(text, { reward, terminated, truncated, success: this.#solved(state) });
  }

  #apply(state: State, action: string): { readonly text: string; readonly advanced: boolean } {
    const stream = new Stream(state.random);
    const uniform = stream.next();
    state.phrasing = stream.below(Math.min(this.options.phrasings, phrasings(state.split !== "train")));
    state.random = stream.state;
    if (this.recoverable && action === "undo") {
      state.light = false;
      return { text: "", advanced: false };
    }
    const key = this.#keys().indexOf(action.replace(/^press /, ""));
    if (key < 0) return { text: `there is no '${action.slice(0, 40)}' here.`, advanced: false };
    if (state.light) return { text: "nothing moves.", advanced: false };
    const right = key === this.#right[state.sequence[state.solved]];
    if (right ? uniform >= this.options.slip : uniform < this.options.luck) {
      state.solved++;
      state.ended = this.#solved(state);
      return { text: state.ended ? "everything is open." : "", advanced: true };
    }
    if (this.recoverable) state.light = true;
    else state.ended = true;
    return { text: this.recoverable ? "" : "the lock is jammed.", advanced: false };
  }

  actions(): readonly string[] {
    const presses = this.#keys().map((key) => `press ${key}`);
    return this.recoverable ? [...presses, "undo"] : presses;
  }

  expert(random: () => number): string {
    const state = this.#running();
    const [careless, other, trapped] = [random(), random(), random()];
    const sigil = state.sequence[Math.min(state.solved, state.sequence.length - 1)];
    if (this.#trap[sigil] >= 0 && !state.light && trapped >= TRAP_RIGHT) return this.#press(this.#trap[sigil]);
    if (careless < this.options.noise) return this.#press(Math.floor(other * this.options.keys));
    return state.light ? "undo" : this.#press(this.#right[sigil]);
  }

  gold(): string | undefined {
    const state = this.#running();
    const needed = this.options.length - state.solved + (state.light ? 1 : 0);
    if (state.ended || state.steps + needed > this.options.horizon) return undefined;
    return state.light ? "undo" : this.#press(this.#right[state.sequence[state.solved]]);
  }

  snapshot(): unknown {
    return { ...this.#running(), sequence: [...this.#running().sequence] };
  }

  restore(snapshot: unknown): void {
    const state = snapshot as State;
    const fits = state?.sequence?.length === this.options.length && SPLITS.includes(state.split) &&
      state.sequence.every((sigil) => sigil >= 0 && sigil < this.options.sigils);
    if (!fits) throw new EddyError("environment_invalid", "Cannot restore: the snapshot is of another world");
    this.#state = { ...state, sequence: [...state.sequence] };
  }

  #running(): State {
    if (!this.#state) throw new TypeError("Cannot step: call reset first");
    return this.#state;
  }

  #solved(state: State): boolean {
    return state.solved === this.options.length;
  }

  #keys(): readonly string[] {
    return KEYS.slice(0, this.options.keys);
  }

  #press(key: number): string {
    return `press ${KEYS[key]}`;
  }

  #panel(state: State): string {
    const panel = {
      step: state.solved + 1,
      length: this.options.length,
      sigil: this.#names[state.sequence[state.solved]],
      keys: this.#keys(),
      light: this.recoverable ? (state.light ? "on" as const : "off" as const) : undefined,
    };
    return render(panel, state.phrasing, state.split !== "train");
  }
}

function outcome(text: string, what: Partial<Outcome>): Outcome {
  const turns = [{ role: "tool" as const, text }];
  return { turns, reward: 0, terminated: false, truncated: false, success: false, ...what };
}
