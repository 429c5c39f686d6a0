import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { cards, type Environment } from "../../../src/environment/mod.ts";
import { uniforms } from "../../dataset/_transcripts.ts";

const text = (turns: readonly { readonly text: string }[]): string => turns.map((turn) => turn.text).join("\n");

/** What an episode wins. */
function play(environment: Environment, seed: number, act: (shown: string) => string): number {
  let shown = text(environment.reset(seed, "train").turns);
  for (let total = 0;;) {
    const { reward, terminated, success, turns } = environment.step(act(shown));
    total += reward;
    shown = text(turns);
    if (!terminated) continue;
    equal(success, total > 0);
    return total;
  }
}
const mean = (hands: number, play: (seed: number) => number): number =>
  Array.from({ length: hands }, (_, seed) => play(seed)).reduce((sum, won) => sum + won, 0) / hands;
const handOf = (shown: string): { soft: boolean; total: number } => {
  const [, kind, total] = shown.match(/(hard|soft) (\d+)\. the dealer shows \w+, (\d+)/)!;
  return { soft: kind === "soft", total: Number(total) };
};

/** Puts the cards that are named first and last into a deck: 0 is an ace, 9 a ten, 12 a king. */
function dealt(environment: Environment, front: number[], back: number[]): void {
  environment.reset(1, "train");
  const rest = Array.from({ length: 52 }, (_, card) => card).filter((card) => ![...front, ...back].includes(card));
  const deck = [...front, ...rest.slice(0, 52 - front.length - back.length), ...back];
  environment.restore!({ ...(environment.snapshot!() as object), deck });
}

describe("cards: blackjack", () => {
  const table = cards.create();

  it("pays by the rules, by hand", () => {
    // The back is … third card, hole card, upcard.
    const cases: [front: number[], back: number[], actions: string[], won: number][] = [
      [[9, 8], [6, 10], ["stand"], 1], // 19 against 17
      [[9, 8], [9 + 13, 10], ["stand"], -1], // 19 against 20
      [[9, 6], [6 + 13, 10], ["stand"], 0], // 17 against 17
      [[9, 5, 9 + 13], [6, 10], ["hit"], -1], // 26
      [[4, 5, 9], [6, 10], ["double"], 2], // 11, doubled to 21, against 17
      [[4, 5, 1], [6, 10], ["double"], -2], // 13 against 17
      [[0, 9], [6, 10], ["hit"], 1.5], // a natural, whatever is done
      [[0, 9], [13, 10], ["stand"], 0], // both have one
      [[4, 5], [0, 10], ["double"], -1], // the dealer has one: the second stake is not lost
      [[4, 5, 9], [8, 5 + 13, 10], ["hit"], 1], // 21 stands by itself; the dealer has 16 and draws nine: 25
    ];
    for (const [front, back, actions, won] of cases) {
      dealt(table, front, back);
      const outcomes = actions.map((action) => table.step(action));
      const { reward, terminated } = outcomes[outcomes.length - 1];
      deepEqual([reward, terminated], [won, true], JSON.stringify([front, back, actions, outcomes.at(-1)]));
    }
  });

  it("lets an ace count 11 while it can, and the dealer draw on a soft 17 where it should", () => {
    dealt(table, [0, 5, 9], [6, 10]);
    deepEqual(handOf(text(table.step("hit").turns)), { soft: false, total: 17 });
    const soft = cards.create({ drawsSoft: true });
    for (const [environment, won] of [[table, 1], [soft, -1]] as const) {
      dealt(environment, [9, 7], [1, 5, 0]); // 18 against ace and six: 17; drawing a two makes it 19
      equal(environment.step("stand").reward, won);
    }
  });

  it("costs what is known: copying the dealer about 0.055 a hand, never busting about 0.040, sound play under 0.02", () => {
    // Griffin (1999), "The theory of blackjack"; 30,000 hands have a standard error of about 0.006.
    const mimic = mean(30_000, (seed) => play(table, seed, (shown) => handOf(shown).total >= 17 ? "stand" : "hit"));
    ok(Math.abs(mimic + 0.055) < 0.02, `${mimic}`);
    const timid = mean(30_000, (seed) =>
      play(table, seed, (shown) => {
        const { total, soft } = handOf(shown);
        return total >= (soft ? 17 : 12) ? "stand" : "hit";
      }));
    ok(Math.abs(timid + 0.04) < 0.02, `${timid}`);
    const sound = mean(30_000, (seed) => play(table, seed, () => table.expert!(() => 0.5)));
    ok(sound > -0.03 && sound < 0.015, `${sound}`);
  });

  it("answers what is no action, and takes the stake of who never decides", () => {
    table.reset(2, "train");
    match(text(table.step("sing").turns), /there is no 'sing' here\. you hold/);
    equal(mean(3, (seed) => play(table, seed, () => "wait")), -1);
  });
});

describe("cards: leduc", () => {
  it("pays what was put in, to the pair or the higher card, by hand", () => {
    const table = cards.create({ game: "leduc", opponent: "caller" });
    const hand = (deck: number[], ...actions: string[]): number => {
      table.reset(1, "train");
      table.restore!({ ...(table.snapshot!() as object), deck, first: 0, turn: 0, put: [1, 1], acted: 0, round: 0 });
      return actions.map((action) => table.step(action).reward).at(-1)!;
    };
    equal(hand([0, 4, 1, 2, 3, 5], "call", "call"), 1); // a pair of jacks beats a king
    equal(hand([0, 4, 2, 1, 3, 5], "call", "call"), -1);
    equal(hand([2, 3, 4, 0, 1, 5], "raise", "raise"), 0); // queens both
    equal(hand([4, 2, 0, 1, 3, 5], "raise", "raise"), 7); // 1 + 2 + 4
    equal(hand([0, 4, 2, 1, 3, 5], "raise", "fold"), -3);
  });

  it("has opponents who differ, and is fair between equals", () => {
    const won = (opponent: string, act: (table: Environment) => string): number => {
      const table = cards.create({ game: "leduc", opponent });
      return mean(4000, (seed) => play(table, seed, () => act(table)));
    };
    // Who calls everything wins nothing and loses nothing against who calls everything: 1 chip either way.
    ok(Math.abs(won("caller", () => "call")) < 0.06);
    ok(won("caller", (table) => table.expert!(() => 0.5)) > 0.2);
    ok(Math.abs(won("tight", (table) => table.expert!(() => 0.5))) < 0.2);
    equal(won("bluffer", () => "fold"), -1); // the ante
  });
});

describe("cards", () => {
  it("deals the same cards for the same seed, and goes on from a snapshot, in both games", () => {
    for (const game of ["blackjack", "leduc"]) {
      const [one, other] = [cards.create({ game }), cards.create({ game })];
      for (let seed = 0; seed < 50; seed++) {
        deepEqual(one.reset(seed, "train"), other.reset(seed, "train"));
        const kept = JSON.parse(JSON.stringify(one.snapshot!()));
        const random = uniforms(seed);
        const actions = Array.from({ length: 6 }, () => one.actions!()[Math.floor(random() * one.actions!().length)]);
        const expected = actions.map((action) => one.step(action));
        other.restore!(kept);
        deepEqual(actions.map((action) => other.step(action)), expected);
      }
      throws(() => one.restore!({ deck: [1] }), { code: "environment_invalid" });
      ok(text(one.reset(1, "train").turns) !== text(one.reset(1, "test").turns));
      throws(() => cards.create({ game }).step("call"), /call reset first/);
    }
  });

  it("refuses knobs that it has not", () => {
    throws(() => cards.create({ dealers: 1 }), {
      code: "environment_invalid",
      message: /no knob 'dealers'; there are world/,
    });
    throws(() => cards.create({ dealer: 21 }), /'dealer' is 21, expected a whole number from 13 to 20/);
    throws(() => cards.create({ game: "poker" }), /expected blackjack or leduc/);
  });
});
