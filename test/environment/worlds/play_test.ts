import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { play, validate } from "../../../src/environment/mod.ts";

const text = (turns: readonly { readonly text: string }[]): string => turns.map((turn) => turn.text).join("\n");

describe("play", () => {
  it("can be solved, every task of every split", () => {
    for (const split of ["train", "validation", "test"] as const) {
      for (const things of [2, 6, 16]) {
        const { solved, failures } = validate(play, { seeds: 300, split, create: { things, world: things } });
        deepEqual([solved, failures], [300, []]);
      }
    }
  });

  it("rewards the goal alone, once, and ends there", () => {
    const environment = play.create();
    for (let seed = 0; seed < 50; seed++) {
      let outcome;
      const rewards: number[] = [];
      environment.reset(seed, "train");
      do {
        outcome = environment.step(environment.gold!()!);
        rewards.push(outcome.reward);
      } while (!outcome.terminated);
      deepEqual(rewards, [...Array(rewards.length - 1).fill(0), 1]);
      ok(outcome.success && (rewards.length === 2 || rewards.length === 4));
    }
  });

  it("does what is possible, says so where nothing happens, and is cut at its horizon", () => {
    const environment = play.create({ horizon: 6 });
    const start = text(environment.reset(1, "train").turns);
    match(start, /^goal: (grasp|bring) .* you stand by nothing\. you hold nothing\.$/);
    match(text(environment.step("grasp").turns), /^nothing happens\. goal/);
    const [go] = environment.actions!();
    match(text(environment.step(go).turns), new RegExp(`you stand by ${go.slice(6)}\\. you hold nothing`));
    environment.step("fly");
    environment.step("release");
    equal(environment.step("go to nowhere").truncated, false);
    const { truncated, terminated, success } = environment.step(go);
    deepEqual([truncated, terminated, success], [true, false, false]);
  });

  it("gives equal tasks for equal seeds, and goes on from a snapshot", () => {
    const [one, other] = [play.create({ world: 4 }), play.create({ world: 4 })];
    deepEqual(one.reset(9, "train"), other.reset(9, "train"));
    one.step(one.gold!()!);
    const kept = one.snapshot!();
    const expected = one.step(one.gold!()!);
    other.restore!(kept);
    deepEqual(other.step(other.gold!()!), expected);
    throws(
      () => play.create({ things: 3 }).restore!({ ...(kept as object), goal: { thing: 5, place: 5 } }),
      /another world/,
    );
  });

  it("has an expert who errs one time in five", () => {
    const environment = play.create();
    let counter = 0;
    let right = 0;
    for (let seed = 0; seed < 500; seed++) {
      environment.reset(seed, "train");
      if (environment.expert!(() => (++counter * 0.618) % 1) === environment.gold!()) right += 1;
    }
    ok(right / 500 > 0.75 && right / 500 < 0.92, `${right / 500}`);
  });

  it("asks to bring portable things alone, and tells its goals", () => {
    for (const portable of [0, 1]) {
      const environment = play.create({ things: 5, portable });
      const asked = new Set<string>();
      for (let seed = 0; seed < 200; seed++) {
        environment.reset(seed, "train");
        asked.add(environment.goals!().asked);
        let outcome;
        do outcome = environment.step(environment.gold!()!); while (!outcome.terminated);
        ok(environment.goals!().reached.includes(environment.goals!().asked));
      }
      equal(asked.size, 5 + 4 * portable); // each to grasp; one to each of four others
    }
  });

  it("refuses knobs that it has not", () => {
    throws(() => play.create({ thing: 3 }), {
      code: "environment_invalid",
      message: /no knob 'thing'; there are world, things/,
    });
    throws(() => play.create({ things: 1 }), { code: "environment_invalid", message: /from 2 to 16/ });
  });
});
