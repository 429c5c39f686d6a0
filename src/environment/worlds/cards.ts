import { EddyError } from "../../errors.ts";
import type { World } from "../environment.ts";
import { BlackjackEnvironment } from "./_blackjack.ts";
import { LEDUC_OPPONENTS, LeducEnvironment } from "./_leduc.ts";

/** Knobs of `cards`. */
export interface CardsOptions {
  /** Names how decks are shuffled. Default 0. */
  readonly world: number;
  /** Default `blackjack`. */
  readonly game: "blackjack" | "leduc";
  /** Blackjack: the dealer draws below this, from 13 to 20. Default 17. */
  readonly dealer: number;
  /** Blackjack: whether the dealer also draws on exactly that with an ace that counts 11. Default false. */
  readonly drawsSoft: boolean;
  /** Leduc: who sits opposite. Default `tight`. */
  readonly opponent: "caller" | "tight" | "bluffer";
}

const DEFAULTS: CardsOptions = { world: 0, game: "blackjack", dealer: 17, drawsSoft: false, opponent: "tight" };
const HORIZON = 20;

/** What each knob may be, and in words. */
const KNOBS: Readonly<Record<keyof CardsOptions, readonly [fits: (value: unknown) => boolean, expected: string]>> = {
  world: [(value) => whole(value, 0, 4294967295), "a whole number of 32 bits"],
  game: [(value) => value === "blackjack" || value === "leduc", "blackjack or leduc"],
  dealer: [(value) => whole(value, 13, 20), "a whole number from 13 to 20"],
  drawsSoft: [(value) => typeof value === "boolean", "true or false"],
  opponent: [(value) => LEDUC_OPPONENTS.some((name) => name === value), LEDUC_OPPONENTS.join(", ")],
};

/**
 * `cards`: one hand of blackjack against a dealer, or of Leduc hold'em against a scripted opponent, in words.
 *
 * Seeds name decks: two players of the same seed are dealt the same cards, whatever they do, so their difference has little
 * chance in it. The reward is what the hand wins, in stakes (blackjack) or chips (Leduc); success is to win more than
 * nothing. There are no right actions, only better ones. Splits share no deck.
 *
 * @example
 * ```ts
 * import { match } from "node:assert/strict";
 * import { cards } from "@eddy/eddy";
 * const environment = cards.create({ game: "blackjack" });
 * match(environment.reset(1, "train").turns[0].text, /you hold .*, (hard|soft) \d+\. the dealer shows \w+, \d+\./);
 * ```
 */
export const cards: World = {
  name: "cards",
  description: "One hand of blackjack, or of Leduc hold'em: what it wins is the reward.",
  horizon: HORIZON,
  create: (options = {}) => {
    const knobs = cardsOptions(options);
    return knobs.game === "leduc" ? new LeducEnvironment(knobs, HORIZON) : new BlackjackEnvironment(knobs, HORIZON);
  },
};
export default cards;

/** @throws {EddyError} `environment_invalid` If a knob is unknown or out of its range. */
function cardsOptions(given: Readonly<Record<string, unknown>>): CardsOptions {
  for (const [name, value] of Object.entries(given)) {
    const knob = Object.hasOwn(KNOBS, name) ? KNOBS[name as keyof CardsOptions] : undefined;
    if (!knob) throw invalid(`it has no knob '${name}'; there are ${Object.keys(KNOBS).join(", ")}`);
    if (!knob[0](value)) throw invalid(`'${name}' is ${JSON.stringify(value)}, expected ${knob[1]}`);
  }
  return { ...DEFAULTS, ...given };
}

function whole(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

function invalid(state: string): EddyError {
  return new EddyError("environment_invalid", `Cannot make the world: ${state}`);
}
