import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, notEqual, ok, throws } from "node:assert/strict";
import type { Environment, Split } from "../../../src/environment/mod.ts";
import { lock } from "../../../src/environment/worlds/lock.ts";
import { undo } from "../../../src/environment/worlds/undo.ts";

const SPLITS: readonly Split[] = ["train", "validation", "test"];

/** Sum of rewards and success of an episode whose actions `act` gives. */
function play(environment: Environment, act: () => string): { reward: number; success: boolean; steps: number } {
  for (let reward = 0, steps = 1;; steps++) {
    const outcome = environment.step(act());
    reward += outcome.reward;
    if (outcome.terminated || outcome.truncated) return { reward, success: outcome.success, steps };
  }
}

function wrong(environment: Environment): string {
  return environment.actions!().find((action) => action !== environment.gold!() && action !== "undo")!;
}

/** Uniforms of a linear congruential generator. */
function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 4294967296;
}

for (const world of [lock, undo]) {
  describe(`the world '${world.name}'`, () => {
    it("gold() always solves it, for a return of 1", () => {
      for (const options of [{}, { world: 9, sigils: 40, keys: 8, length: 8 }, { keys: 2, length: 1 }]) {
        const environment = world.create(options);
        for (const split of SPLITS) {
          for (let seed = 0; seed < 200; seed++) {
            environment.reset(seed, split);
            const { reward, success } = play(environment, () => environment.gold!()!);
            ok(success && Math.abs(reward - 1) < 1e-9, `${split} ${seed}: ${reward}`);
          }
        }
      }
    });

    it("reset() draws equal tasks for equal seeds, and another map for another world", () => {
      const [a, b, other] = [world.create(), world.create(), world.create({ world: 1 })];
      deepEqual(a.reset(5, "train"), b.reset(5, "train"));
      notEqual(a.reset(6, "train").turns[0].text, b.reset(5, "train").turns[0].text);
      notEqual(other.reset(5, "train").turns[0].text, b.reset(5, "train").turns[0].text);
    });

    it("reset() shares no sequence of sigils between the splits", () => {
      const environment = world.create({ sigils: 4, length: 3 });
      const drawn = SPLITS.map((split) =>
        new Set(Array.from({ length: 300 }, (_, seed) => {
          environment.reset(seed, split);
          return JSON.stringify((environment.snapshot!() as { sequence: number[] }).sequence);
        }))
      );
      for (const [i, one] of drawn.entries()) {
        for (const other of drawn.slice(i + 1)) ok([...one].every((sequence) => !other.has(sequence)));
      }
    });

    it("restore() returns to the moment of snapshot()", () => {
      const environment = world.create({ slip: 0.3, luck: 0.2 });
      for (let seed = 0; seed < 30; seed++) {
        environment.reset(seed, "train");
        environment.step(environment.gold!()!);
        const moment = JSON.parse(JSON.stringify(environment.snapshot!()));
        if (moment.ended) continue;
        const random = uniforms(seed);
        const actions = Array.from({ length: 8 }, () => environment.expert!(random));
        const after = (): unknown => actions.map((action) => environment.step(action));
        const first = after();
        environment.restore!(moment);
        deepEqual(after(), first);
      }
      throws(() => environment.restore!({ sequence: [1] }), { code: "environment_invalid" });
    });

    it("step() answers what is no action, and cuts off at the horizon", () => {
      const environment = world.create();
      environment.reset(1, "train");
      const { steps, success } = play(environment, () => "sing");
      ok(!success && steps === world.horizon);
      ok(/no 'sing'/.test((environment.reset(1, "train"), environment.step("sing")).turns[0].text));
    });

    it("expert() is mostly right off the traps and mostly wrong on them", () => {
      for (const [options, least, most] of [[{ traps: 0 }, 0.85, 1], [{ traps: 16 }, 0.15, 0.45]] as const) {
        const environment = world.create({ ...options, length: 1 });
        const random = uniforms(7);
        let right = 0;
        for (let seed = 0; seed < 500; seed++) {
          environment.reset(seed, "train");
          right += environment.expert!(random) === environment.gold!() ? 1 : 0;
        }
        ok(right / 500 >= least && right / 500 <= most, `${right}`);
      }
    });

    it("create() refuses unknown knobs and values out of range", () => {
      for (const options of [{ sigil: 3 }, { keys: 9 }, { keys: 2.5 }, { slip: 2 }, { panelReward: 1 }]) {
        throws(() => world.create(options), { code: "environment_invalid" });
      }
    });
  });
}

describe("the world 'lock'", () => {
  it("step() ends the episode when the key is wrong, unless luck helps", () => {
    const [plain, lucky] = [lock.create(), lock.create({ luck: 0.9 })];
    let passed = 0;
    for (let seed = 0; seed < 100; seed++) {
      plain.reset(seed, "train");
      const outcome = plain.step(wrong(plain));
      deepEqual([outcome.terminated, outcome.success, outcome.reward], [true, false, 0]);
      equal(plain.gold!(), undefined);
      lucky.reset(seed, "train");
      passed += lucky.step(wrong(lucky)).terminated ? 0 : 1;
    }
    ok(passed > 75 && passed < 100, `${passed}`);
  });

  it("step() fails the right key as often as slip says", () => {
    const environment = lock.create({ slip: 0.5 });
    let failed = 0;
    for (let seed = 0; seed < 200; seed++) {
      environment.reset(seed, "train");
      failed += environment.step(environment.gold!()!).terminated ? 1 : 0;
    }
    ok(failed > 70 && failed < 130, `${failed}`);
  });
});

describe("the world 'undo'", () => {
  it("nothing moves after an error until 'undo'", () => {
    const environment = undo.create();
    environment.reset(3, "train");
    const right = environment.gold!()!;
    ok(/light on/.test(environment.step(wrong(environment)).turns[0].text));
    deepEqual([environment.step(right).reward, environment.gold!()], [0, "undo"]);
    ok(/light off/.test(environment.step("undo").turns[0].text));
    ok(environment.step(right).reward > 0);
    ok(play(environment, () => environment.gold!()!).success);
  });

  it("gold() gives up when time is too short", () => {
    const environment = undo.create();
    environment.reset(3, "train");
    for (let i = 0; i < 2; i++) for (const action of [wrong(environment), "undo"]) environment.step(action);
    ok(environment.gold!() !== undefined);
    environment.step(wrong(environment));
    equal(environment.gold!(), undefined);
  });
});
