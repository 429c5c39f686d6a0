import { EddyError } from "../../errors.ts";
import type { Environment, Outcome, Split, Start } from "../environment.ts";
import type { CardsOptions } from "./cards.ts";
import { deal } from "./_deck.ts";

interface State {
  /** [52] the player draws from the front, the dealer from the back: neither's draws depend on the other's. */
  readonly deck: readonly number[];
  /** Cards that the player holds. */
  held: number;
  steps: number;
  ended: boolean;
  /** What the hand won, once ended. */
  won: number;
}

const RANKS = ["ace", "2", "3", "4", "5", "6", "7", "8", "9", "10", "jack", "queen", "king"] as const;
const NATURAL = 1.5;

/** What cards count together; soft where an ace counts 11. */
function count(cards: readonly number[]): { readonly total: number; readonly soft: boolean } {
  let [low, aces] = [0, 0];
  for (const card of cards) {
    low += Math.min(10, card % 13 + 1);
    if (card % 13 === 0) aces += 1;
  }
  const soft = aces > 0 && low + 10 <= 21;
  return { total: soft ? low + 10 : low, soft };
}

/** A card of the dealer's as it counts. */
const worth = (card: number): number => card % 13 === 0 ? 11 : Math.min(10, card % 13 + 1);

/** One hand: hit, stand, or double the stake for exactly one more card. No splitting, no insurance. */
export class BlackjackEnvironment implements Environment {
  #state: State | undefined;

  constructor(private readonly options: CardsOptions, private readonly horizon: number) {}

  reset(seed: number, split: Split): Start {
    const { deck } = deal(52, { world: this.options.world, seed, split });
    this.#state = { deck, held: 2, steps: 0, ended: false, won: 0 };
    return { turns: [{ role: "user", text: `blackjack. ${this.#shown()}` }] };
  }

  step(action: string): Outcome {
    const state = this.#running();
    if (state.ended) return this.#outcome("the hand is over.", 0);
    state.steps += 1;
    const said = action.trim();
    if (!this.actions().includes(said)) {
      if (state.steps < this.horizon) {
        return this.#outcome(`there is no '${said.slice(0, 40)}' here. ${this.#shown()}`, 0);
      }
      // Who does nothing loses the stake: waiting is no way out.
      return this.#end(-1, "time is up.");
    }
    if (state.held === 2) {
      const [mine, others] = [isNatural(this.#player()), isNatural(state.deck.slice(50))];
      if (mine || others) return this.#end(NATURAL * Number(mine && !others) - Number(others && !mine));
    }
    if (said !== "stand") state.held += 1;
    const { total } = count(this.#player());
    const stake = said === "double" ? 2 : 1;
    if (total > 21) return this.#end(-stake);
    if (said === "hit" && total < 21) {
      return this.#outcome(`you draw ${RANKS[state.deck[state.held - 1] % 13]}. ${this.#shown()}`, 0);
    }
    const other = this.#dealer();
    return this.#end(other > 21 || total > other ? stake : total < other ? -stake : 0);
  }

  actions(): readonly string[] {
    return this.#running().held === 2 ? ["hit", "stand", "double"] : ["hit", "stand"];
  }

  expert(random: () => number): string {
    const actions = this.actions();
    const [careless, other] = [random(), random()];
    if (careless < 0.1) return actions[Math.floor(other * actions.length)];
    const { total, soft } = count(this.#player());
    const wanted = (soft ? softPlay : hardPlay)(total, worth(this.#upcard()));
    return actions.includes(wanted) ? wanted : soft && total >= 18 ? "stand" : "hit";
  }

  snapshot(): unknown {
    return { ...this.#running(), deck: [...this.#running().deck] };
  }

  restore(snapshot: unknown): void {
    const state = snapshot as State;
    const fits = state?.deck?.length === 52 && Number.isInteger(state.held) && state.held >= 2;
    if (!fits) throw new EddyError("environment_invalid", "Cannot restore: the snapshot is of another world");
    this.#state = { ...state, deck: [...state.deck] };
  }

  #player(): number[] {
    const { deck, held } = this.#running();
    return deck.slice(0, held);
  }

  #upcard(): number {
    return this.#running().deck[51];
  }

  /** What the dealer comes to, whatever the player does. */
  #dealer(): number {
    const { deck } = this.#running();
    const { dealer, drawsSoft } = this.options;
    for (let cards = 2;; cards++) {
      const { total, soft } = count(deck.slice(52 - cards));
      if (total > dealer || (total === dealer && !(soft && drawsSoft))) return total;
    }
  }

  #shown(): string {
    const { total, soft } = count(this.#player());
    const hand = this.#player().map((card) => RANKS[card % 13]).join(" ");
    const upcard = this.#upcard();
    return `you hold ${hand}, ${soft ? "soft" : "hard"} ${total}. the dealer shows ${RANKS[upcard % 13]}, ${
      worth(upcard)
    }.`;
  }

  #end(won: number, said = ""): Outcome {
    const state = this.#running();
    state.ended = true;
    state.won = won;
    const hands = `you have ${count(this.#player()).total}, the dealer ${this.#dealer()}`;
    return this.#outcome(`${said} ${hands}: you win ${won}.`.trim(), won);
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

/** Whether the first two cards make 21. */
function isNatural(cards: readonly number[]): boolean {
  return count(cards).total === 21;
}

/** What the books say of hands without an ace that counts 11, where nothing is split. */
function hardPlay(total: number, dealer: number): string {
  if (total >= 17) return "stand";
  if (total >= 13) return dealer <= 6 ? "stand" : "hit";
  if (total === 12) return dealer >= 4 && dealer <= 6 ? "stand" : "hit";
  if (total === 11) return dealer <= 10 ? "double" : "hit";
  if (total === 10) return dealer <= 9 ? "double" : "hit";
  return total === 9 && dealer >= 3 && dealer <= 6 ? "double" : "hit";
}

/** The same of hands with one. */
function softPlay(total: number, dealer: number): string {
  const least = total <= 14 ? 5 : total <= 16 ? 4 : 3;
  if (total <= 18 && dealer >= least && dealer <= 6) return "double";
  return total >= 19 || (total === 18 && dealer <= 8) ? "stand" : "hit";
}
