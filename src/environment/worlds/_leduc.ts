import { EddyError } from "../../errors.ts";
import type { Environment, Outcome, Split, Start } from "../environment.ts";
import type { CardsOptions } from "./cards.ts";
import { deal } from "./_deck.ts";
import { Stream } from "./_stream.ts";

/** Who may sit opposite: calls everything; raises good cards and folds bad ones; raises half of the time, whatever it has. */
export const LEDUC_OPPONENTS: readonly CardsOptions["opponent"][] = ["caller", "tight", "bluffer"];

type Side = 0 | 1;
type Action = "call" | "raise" | "fold";

interface State {
  /** [6] cards 0 … 5, two of each rank: the player's, the opponent's, the common one, and three that nobody sees. */
  readonly deck: readonly number[];
  /** Who acts first in each round: the player (0) or the opponent. */
  readonly first: Side;
  /** 0 before the common card, 1 after it. */
  round: 0 | 1;
  turn: Side;
  /** Chips that each has put in. */
  readonly put: [number, number];
  /** Of this round. */
  raises: number;
  /** Actions of this round. */
  acted: number;
  random: number;
  steps: number;
  ended: boolean;
  /** What the player won, once ended. */
  won: number;
}

const RANKS = ["jack", "queen", "king"] as const;
const BETS = [2, 4] as const;
const MOST_RAISES = 2;

const rank = (card: number): number => Math.floor(card / 2);

/** One hand of Leduc hold'em: an ante of 1, two rounds of bets of 2 and of 4 with at most two raises, one common card. */
export class LeducEnvironment implements Environment {
  #state: State | undefined;

  constructor(private readonly options: CardsOptions, private readonly horizon: number) {}

  reset(seed: number, split: Split): Start {
    const { deck, stream } = deal(6, { world: this.options.world, seed, split });
    const first: Side = stream.next() < 0.5 ? 0 : 1;
    this.#state = {
      ...{ deck, first, round: 0, turn: first, put: [1, 1], raises: 0, acted: 0 },
      ...{ random: stream.state, steps: 0, ended: false, won: 0 },
    };
    // Nothing is to be called yet, so nobody folds: the player always has a turn.
    const heard = this.#opponents();
    return { turns: [{ role: "user", text: ["leduc hold'em.", ...heard, this.#shown()].join(" ") }] };
  }

  step(action: string): Outcome {
    const state = this.#running();
    if (state.ended) return this.#outcome("the hand is over.", 0);
    state.steps += 1;
    const said = action.trim();
    const known = this.actions().includes(said);
    if (!known && state.steps < this.horizon) {
      return this.#outcome(`there is no '${said.slice(0, 40)}' here. ${this.#shown()}`, 0);
    }
    // Who does nothing folds: waiting is no way out.
    const heard = [...this.#act(known ? said as Action : "fold"), ...this.#opponents()];
    if (!state.ended) return this.#outcome([...heard, this.#shown()].join(" "), 0);
    heard.push(`the opponent held ${RANKS[rank(state.deck[1])]}: you win ${state.won}.`);
    return this.#outcome(heard.join(" "), state.won);
  }

  actions(): readonly string[] {
    return this.#running().raises < MOST_RAISES ? ["call", "raise", "fold"] : ["call", "fold"];
  }

  expert(random: () => number): string {
    const actions = this.actions();
    const [careless, other] = [random(), random()];
    return careless < 0.1 ? actions[Math.floor(other * actions.length)] : this.#sound(0);
  }

  snapshot(): unknown {
    const state = this.#running();
    return { ...state, deck: [...state.deck], put: [...state.put] };
  }

  restore(snapshot: unknown): void {
    const state = snapshot as State;
    const fits = state?.deck?.length === 6 && state.put?.length === 2;
    if (!fits) throw new EddyError("environment_invalid", "Cannot restore: the snapshot is of another world");
    this.#state = { ...state, deck: [...state.deck], put: [state.put[0], state.put[1]] };
  }

  /** Lets the side whose turn it is act. @returns What else is said of it. */
  #act(action: Action): string[] {
    const state = this.#running();
    const { turn: own, put } = state;
    const other: Side = own === 0 ? 1 : 0;
    state.acted += 1;
    state.turn = other;
    if (action === "fold") return this.#end(own === 0 ? -put[0] : put[1]);
    put[own] = put[other];
    if (action === "raise") {
      put[own] += BETS[state.round];
      state.raises += 1;
      return [];
    }
    if (state.acted < 2) return [];
    if (state.round === 1) return this.#end(this.#showdown());
    Object.assign(state, { round: 1, turn: state.first, raises: 0, acted: 0 });
    return [`the common card is ${RANKS[rank(state.deck[2])]}.`];
  }

  /** The opponent acts while it is its turn. @returns In words. */
  #opponents(): string[] {
    const state = this.#running();
    const heard: string[] = [];
    while (!state.ended && state.turn === 1) {
      const stream = new Stream(state.random);
      const uniform = stream.next();
      state.random = stream.state;
      const action = this.#wanted(uniform);
      heard.push(`the opponent ${action}s.`, ...this.#act(action));
    }
    return heard;
  }

  #wanted(uniform: number): Action {
    const { opponent } = this.options;
    if (opponent === "tight") return this.#sound(1);
    const raises = opponent === "bluffer" && uniform < 0.5 && this.#running().raises < MOST_RAISES;
    return raises ? "raise" : "call";
  }

  /** Raises a pair or a king, folds a jack that it would cost to keep, else calls. */
  #sound(side: Side): Action {
    const { deck, round, put, raises } = this.#running();
    const pair = round === 1 && rank(deck[side]) === rank(deck[2]);
    if (pair || rank(deck[side]) === 2) return raises < MOST_RAISES ? "raise" : "call";
    return rank(deck[side]) === 0 && put[1 - side] > put[side] ? "fold" : "call";
  }

  #showdown(): number {
    const { deck, put } = this.#running();
    const strength = (card: number): number => rank(card) === rank(deck[2]) ? RANKS.length : rank(card);
    const [mine, other] = [strength(deck[0]), strength(deck[1])];
    return mine === other ? 0 : mine > other ? put[1] : -put[0];
  }

  #end(won: number): [] {
    Object.assign(this.#running(), { ended: true, won });
    return [];
  }

  #shown(): string {
    const { deck, round, put } = this.#running();
    const common = round === 1 ? `the common card is ${RANKS[rank(deck[2])]}` : "there is no common card yet";
    return `you hold ${RANKS[rank(deck[0])]}, ${common}. you have put in ${put[0]}, the opponent ${put[1]}.`;
  }

  #outcome(text: string, reward: number): Outcome {
    const { ended, won } = this.#running();
    return { turns: [{ role: "tool", text }], reward, terminated: ended, truncated: false, success: ended && won > 0 };
  }

  #running(): State {
    if (!this.#state) throw new TypeError("Cannot step: call reset first");
    return this.#state;
  }
}
