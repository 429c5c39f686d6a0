import fc from "fast-check";
import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, notDeepEqual, ok, throws } from "node:assert/strict";
import { mix, stages } from "../../src/dataset/mod.ts";
import { uniforms } from "./_transcripts.ts";

const weights = fc.array(fc.record({ weight: fc.integer({ min: 0, max: 9 }), items: fc.integer({ min: 1, max: 6 }) }), {
  minLength: 1,
  maxLength: 4,
}).filter((sources) => sources.some(({ weight }) => weight > 0));
const named = (sources: readonly { weight: number; items: number }[]) =>
  Object.fromEntries(sources.map(({ weight, items }, source) => [
    `s${source}`,
    { weight, items: Array.from({ length: items }, (_, item) => `s${source} ${"x".repeat(item + 1)}`) },
  ]));
const tokensOf = (item: string): number => item.split(" ")[1].length;

describe("mix()", () => {
  it("by example spends the budget exactly, each source within one of its share, in whole passes", () => {
    fc.assert(fc.property(weights, fc.nat(60), fc.nat(), (list, budget, seed) => {
      const sources = named(list);
      const { items, sources: from, examples } = mix(sources, { budget, random: uniforms(seed) });
      equal(items.length, budget);
      const total = list.reduce((sum, { weight }) => sum + weight, 0);
      for (const [name, { weight, items: all }] of Object.entries(sources)) {
        ok(Math.abs(examples[name] - budget * weight / total) < 1);
        equal(from.filter((each) => each === name).length, examples[name]);
        const times = all.map((item) => items.filter((each) => each === item).length);
        equal(times.reduce((sum, count) => sum + count, 0), examples[name]);
        ok(Math.max(...times) - Math.min(...times) <= 1, `${times}`);
      }
      ok(items.every((item, index) => item.startsWith(from[index])));
    }));
  });

  it("by token stays within every quota, by less than the source's shortest item", () => {
    fc.assert(fc.property(weights, fc.nat(80), fc.nat(), (list, budget, seed) => {
      const { items, sources: from, tokens } = mix(named(list), {
        ...{ budget, by: "token", tokensOf, random: uniforms(seed) },
      });
      const total = list.reduce((sum, { weight }) => sum + weight, 0);
      let spent = 0;
      for (const [name, count] of Object.entries(tokens)) {
        const share = budget * list[Number(name.slice(1))].weight / total;
        // The shortest item of each source has one token, so its quota, a whole number beside its share, is spent.
        ok(Math.abs(count - share) < 1, `${count} of ${share}`);
        spent += count;
        equal(items.filter((_, index) => from[index] === name).reduce((sum, item) => sum + tokensOf(item), 0), count);
      }
      equal(spent, budget);
    }));
    const long = { only: { items: ["a xxx"], weight: 1 } };
    equal(mix(long, { budget: 11, by: "token", tokensOf, random: () => 0 }).tokens.only, 9);
  });

  it("counts by hand: a fifth of ten, and labels of one token against sentences of five", () => {
    const sources = { label: { items: ["l x"], weight: 1 }, chat: { items: ["c xxxxx"], weight: 1 } };
    deepEqual(mix(sources, { budget: 10, random: uniforms(1) }).tokens, { label: 5, chat: 5 });
    const byExample = mix(sources, { budget: 10, tokensOf, random: uniforms(1) });
    deepEqual([byExample.examples, byExample.tokens], [{ label: 5, chat: 5 }, { label: 5, chat: 25 }]);
    const byToken = mix(sources, { budget: 10, by: "token", tokensOf, random: uniforms(1) });
    deepEqual([byToken.examples, byToken.tokens], [{ label: 5, chat: 1 }, { label: 5, chat: 5 }]);
    // Largest remainders: 7 · (1, 1, 2)/4 = 1.75, 1.75, 3.5 → 2, 2, 3.
    const three = named([{ weight: 1, items: 1 }, { weight: 1, items: 1 }, { weight: 2, items: 1 }]);
    deepEqual(mix(three, { budget: 7, random: uniforms(1) }).examples, { s0: 2, s1: 2, s2: 3 });
  });

  it("is a function of its uniforms, and mixes along the way", () => {
    const sources = named([{ weight: 1, items: 6 }, { weight: 1, items: 6 }]);
    const drawn = (seed: number) => mix(sources, { budget: 400, random: uniforms(seed) });
    deepEqual(drawn(3), drawn(3));
    notDeepEqual(drawn(3), drawn(4));
    const early = drawn(3).sources.slice(0, 200).filter((name) => name === "s0").length;
    ok(early > 70 && early < 130, `${early}`);
  });

  it("refuses what cannot be mixed", () => {
    const random = uniforms(1);
    const one = { a: { items: ["a x"], weight: 1 } };
    throws(() => mix(one, { budget: 1.5, random }), /Cannot mix 1.5/);
    throws(() => mix({ a: { items: [], weight: 1 } }, { budget: 1, random }), /'a' has weight and no items/);
    throws(() => mix({ a: { items: [], weight: 0 } }, { budget: 1, random }), /no source has a weight/);
    throws(() => mix({ a: { items: ["x"], weight: -1 } }, { budget: 1, random }), RangeError);
    throws(() => mix(one, { budget: 1, by: "token", random }), TypeError);
    throws(() => mix(one, { budget: 1, by: "token", tokensOf: () => 0, random }), /an item has 0 tokens/);
  });
});

describe("stages()", () => {
  it("have exactly their counts and shares of what came before", () => {
    fc.assert(fc.property(fc.nat(40), fc.nat(40), fc.nat(10), fc.nat(), (first, second, tenths, seed) => {
      const replay = tenths / 10;
      const [one, two] = stages(
        [{ items: ["a", "b"], count: first, replay }, { items: ["c"], count: second, replay }],
        uniforms(seed),
      );
      equal(one.length, first);
      ok(!one.includes("c"));
      equal(two.length, second);
      ok(Math.abs(two.filter((item) => item !== "c").length - second * replay) < 1);
    }));
  });

  it("replay by default, and refuse shares that are none", () => {
    const [, second] = stages([{ items: ["a"], count: 5 }, { items: ["b"], count: 20 }], uniforms(1));
    equal(second.filter((item) => item === "a").length, 3);
    throws(() => stages([{ items: ["a"], count: 5, replay: 2 }], uniforms(1)), /share of 2 in stage 0/);
    throws(() => stages([{ items: [], count: 5 }], uniforms(1)), /no items/);
  });
});
