import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, notEqual, ok, throws } from "node:assert/strict";
import { readSum, sums, validate } from "../../../src/environment/mod.ts";
import { arithmetic } from "../../../src/environment/worlds/_arithmetic.ts";

const text = (turns: readonly { readonly text: string }[]): string => turns.map((turn) => turn.text).join("\n");

describe("sums", () => {
  it("can be solved, every task of every split, written or chosen", () => {
    for (const split of ["train", "validation", "test"] as const) {
      for (const create of [{}, { world: 5, families: 3 }, { candidates: 4 }, { candidates: 8 }, { horizon: 1 }]) {
        const { solved, failures } = validate(sums, { seeds: 400, split, create });
        deepEqual([solved, failures], [400, []]);
      }
    }
  });

  it("has eight kinds, each read back from its text, and answers that are whole and not negative", () => {
    const environment = sums.create();
    const families = new Map<string, number>();
    let extras = 0;
    for (let seed = 0; seed < 1600; seed++) {
      const told = text(environment.reset(seed, "train").turns);
      const { numbers, answer } = environment.snapshot!() as { numbers: Record<string, number>; answer: number };
      const read = readSum(told)!;
      deepEqual(Object.entries(read.numbers).sort(), Object.entries(numbers).sort(), told);
      equal(arithmetic(read.expression, read.numbers), answer);
      ok(Number.isInteger(answer) && answer >= 0, told);
      families.set(read.family, (families.get(read.family) ?? 0) + 1);
      extras += Number(numbers.extra === 0);
    }
    equal(families.size, 8);
    for (const [family, count] of families) ok(count > 130 && count < 270, `${family} ${count}`);
    ok(extras / 1600 > 1 / 6 - 0.04 && extras / 1600 < 1 / 6 + 0.04, `${extras / 1600}`);
  });

  it("is the sum that a person would do", () => {
    const [environment, told] = [sums.create(), "Mira buys 3 pens at 4 coins each and a bag for 2 coins."];
    const { expression, numbers } = readSum(`${told} How many coins does Mira pay?`)!;
    equal(arithmetic(expression, numbers), 3 * 4 + 2);
    throws(() => environment.step("finish[14]"), /call reset first/);
  });

  it("rewards a right finish alone, and ends at any", () => {
    const environment = sums.create();
    environment.reset(3, "train");
    const { answer } = environment.snapshot!() as { answer: number };
    for (const wrong of [`finish[${answer + 1}]`, "finish[]", "finish[x]", "finish[NaN]"]) {
      environment.reset(3, "train");
      const { reward, terminated, success } = environment.step(wrong);
      deepEqual([reward, terminated, success], [0, true, false]);
      equal(environment.gold!(), undefined);
      match(text(environment.step("finish[1]").turns), /over/);
    }
    environment.reset(3, "train");
    equal(environment.step(` finish[ ${answer}.0 ] `).reward, 1);
  });

  it("calculates, answers what is malformed, and is cut at its horizon", () => {
    const environment = sums.create({ horizon: 4 });
    environment.reset(1, "train");
    equal(text(environment.step("calculate[2 * (3 + 4) - 10 / 4]").turns), "it is 11.5.");
    match(text(environment.step("calculate[2 ** 3; process.exit()]").turns), /cannot be calculated/);
    match(text(environment.step("press red").turns), /^write calculate/);
    const { truncated, terminated, success } = environment.step(`calculate[${"1+".repeat(200)}1]`);
    deepEqual([truncated, terminated, success], [true, false, false]);
  });

  it("lists answers where it is told to, the right one among them", () => {
    equal(sums.create().actions, undefined);
    const environment = sums.create({ candidates: 5 });
    const places = new Set<number>();
    for (let seed = 0; seed < 100; seed++) {
      environment.reset(seed, "test");
      const actions = environment.actions!();
      equal(new Set(actions).size, 5);
      places.add(actions.indexOf(environment.gold!()!));
    }
    deepEqual([...places].sort(), [0, 1, 2, 3, 4]);
  });

  it("gives equal tasks for equal seeds, other numbers in other splits, and goes on from a snapshot", () => {
    const [one, other] = [sums.create({ world: 4 }), sums.create({ world: 4 })];
    deepEqual(one.reset(9, "train"), other.reset(9, "train"));
    notEqual(text(one.reset(9, "test").turns), text(other.reset(9, "train").turns));
    one.step(one.gold!()!);
    const kept = JSON.parse(JSON.stringify(one.snapshot!()));
    const expected = one.step(one.gold!()!);
    other.restore!(kept);
    deepEqual(other.step(other.gold!()!), expected);
    throws(() => sums.create({ candidates: 3 }).restore!(kept), { code: "environment_invalid" });
    const tasks = (split: "train" | "test"): Set<string> => {
      const drawn = Array.from({ length: 500 }, (_, seed) => readSum(text(one.reset(seed, split).turns)));
      return new Set(drawn.map((read) => JSON.stringify([read!.family, Object.entries(read!.numbers).sort()])));
    };
    deepEqual(tasks("train").intersection(tasks("test")).size, 0);
  });

  it("has an expert who errs one time in five where it ends", () => {
    const environment = sums.create({ candidates: 4 });
    let [counter, right] = [0, 0];
    for (let seed = 0; seed < 500; seed++) {
      environment.reset(seed, "train");
      if (environment.expert!(() => (++counter * 0.618) % 1) === environment.gold!()) right += 1;
    }
    ok(right / 500 > 0.74 && right / 500 < 0.86, `${right / 500}`);
  });

  it("refuses knobs that it has not", () => {
    throws(() => sums.create({ family: 3 }), {
      code: "environment_invalid",
      message: /no knob 'family'; there are world/,
    });
    for (const wrong of [{ families: 9 }, { candidates: 1 }, { horizon: 0.5 }]) {
      throws(() => sums.create(wrong), { code: "environment_invalid" });
    }
  });
});

describe("arithmetic()", () => {
  it("follows precedence and parentheses, and knows what it cannot read", () => {
    const cases: [string, number | undefined][] = [
      ["2 + 3 * 4", 14],
      ["(2 + 3) * 4", 20],
      ["10 - 4 - 3", 3],
      ["12 / 4 / 3", 1],
      ["-(2 - 5) * -2", -6],
      ["1.5 * 2", 3],
      ["a * b", 6],
      ["", undefined],
      ["2 +", undefined],
      ["2 3", undefined],
      ["(2", undefined],
      ["1 / 0", undefined],
      ["c", undefined],
      ["toString", undefined],
      ["2 ^ 3", undefined],
      ["(".repeat(100) + "1" + ")".repeat(100), undefined],
    ];
    for (const [written, value] of cases) equal(arithmetic(written, { a: 2, b: 3 }), value, written);
  });
});
