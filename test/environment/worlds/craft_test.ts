import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, notDeepEqual, ok, throws } from "node:assert/strict";
import { craft, craftStages, drawCraftConfig, parseCraftConfig, validate } from "../../../src/environment/mod.ts";

const text = (turns: readonly { readonly text: string }[]): string => turns.map((turn) => turn.text).join("\n");

const THINGS = {
  log: { odds: 1, supply: 3 },
  ore: { odds: 0.5 },
  plank: { from: { log: 1 } },
  saw: { from: { ore: 1 } },
  boat: { from: { plank: 2 }, tools: ["saw"] },
};
const BOAT = { things: THINGS, goals: ["boat"], horizon: 12 };
const refuses = (config: unknown, message: RegExp): void =>
  throws(() => parseCraftConfig(config), { code: "environment_invalid", message });

describe("craft", () => {
  it("can be solved, every task of every split of every drawn world", () => {
    for (const split of ["train", "validation", "test"] as const) {
      for (const [world, depth] of [[0, 8], [1, 8], [2, 1], [3, 14]]) {
        const create = { world, depth, everyStage: world % 2 === 1 };
        deepEqual(validate(craft, { seeds: 60, split, create }), { episodes: 60, solved: 60, failures: [] });
      }
    }
  });

  it("uses up what things are made of, keeps tools, and says what cannot be done", () => {
    const environment = craft.create({ config: { ...BOAT, start: { ore: 1 } } });
    match(text(environment.reset(4, "train").turns), /make boat.* 1 ore/);
    match(text(environment.step("make boat").turns), /^that takes what you have not\..* 1 ore/);
    match(text(environment.step("eat boat").turns), /^nobody can 'eat boat'/);
    match(text(environment.step("make saw").turns), /^made\..* 1 saw/);
    for (const action of ["gather log", "gather log", "make plank", "make plank"]) environment.step(action);
    match(text(environment.step("gather log").turns), /1 log, 2 plank/);
    match(text(environment.step("gather log").turns), /^there is no more of that/);
    const { success, reward, terminated, truncated } = environment.step("make boat");
    deepEqual([success, reward, terminated, truncated], [true, 1, true, false]);
  });

  it("lets the try after one in vain succeed", () => {
    const environment = craft.create({ config: { ...BOAT, horizon: 1000 } });
    environment.reset(1, "train");
    const found = Array.from({ length: 200 }, () => text(environment.step("gather ore").turns).startsWith("found"));
    ok(found.every((here, index) => here || found[index + 1] !== false));
    const share = found.filter(Boolean).length / 200;
    ok(share > 0.58 && share < 0.75, `${share}`); // 1 / (1 + 0.5) = 0.67
  });

  it("has no gold action once the goal is out of reach", () => {
    const environment = craft.create({ config: { ...BOAT, things: { ...THINGS, junk: { from: { log: 2 } } } } });
    environment.reset(0, "train");
    for (const action of ["gather log", "gather log"]) environment.step(action);
    ok(environment.gold!());
    environment.step("make junk");
    equal(environment.gold!(), undefined);
  });

  it("gives equal tasks for equal seeds, others for others, and goes on from a snapshot", () => {
    const [one, other] = [1, 2].map(() => craft.create({ world: 4, everyStage: true }));
    deepEqual(one.reset(9, "train"), other.reset(9, "train"));
    one.step(one.gold!()!);
    const kept = JSON.parse(JSON.stringify(one.snapshot!()));
    const expected = one.step(one.gold!()!);
    other.restore!(kept);
    deepEqual(other.step(other.gold!()!), expected);
    notDeepEqual(one.reset(9, "test"), one.reset(9, "train"));
    notDeepEqual(drawCraftConfig({ world: 4 }), drawCraftConfig({ world: 5 }));
    throws(() => craft.create({ world: 5 }).restore!(kept), /another world/);
  });

  it("refuses knobs that it has not", () => {
    throws(() => craft.create({ deep: 3 }), { code: "environment_invalid", message: /no knob 'deep'/ });
    throws(() => craft.create({ depth: 2.5 }), { message: /'depth' is 2\.5, expected a number from 1 to 40/ });
    throws(() => craft.create({ config: BOAT, depth: 2 }), { message: /'depth' has nothing to say/ });
  });
});

describe("parseCraftConfig()", () => {
  it("takes what can be solved, and fills what is not given", () => {
    deepEqual(parseCraftConfig(JSON.parse(JSON.stringify(BOAT))), { ...BOAT, start: {} });
  });

  it("refuses what does not fit the schema, and says where", () => {
    refuses(null, /it: .*expected object/);
    refuses({ ...BOAT, horizon: 0 }, /horizon: /);
    refuses({ ...BOAT, goal: "boat" }, /"goal"/);
    refuses({ ...BOAT, things: { ...THINGS, log: { odds: 2 } } }, /things\.log\.odds: /);
    refuses({ ...BOAT, start: { log: 1.5 } }, /start\.log: /);
  });

  it("refuses things that make no sense", () => {
    const having = (things: Record<string, unknown>): unknown => ({ ...BOAT, things: { ...THINGS, ...things } });
    refuses(having({ log: {} }), /'log' must have either 'odds', to be gathered, or 'from'/);
    refuses(having({ log: { odds: 1, tools: ["saw"] } }), /'log' is gathered, so it takes no 'tools'/);
    refuses(having({ saw: { from: {} } }), /'saw' is made from nothing/);
    refuses(having({ saw: { from: { iron: 1 } } }), /'saw' names 'iron', which is not among its things: log, ore/);
    refuses(having({ saw: { from: { ore: 1, boat: 1 } } }), /'boat' is made of itself: boat < saw < boat|itself: saw/);
    refuses(having({ junk: { from: { saw: 1 } } }), /'saw' is a tool for 'boat' and is used up for 'junk'/);
    refuses({ ...BOAT, goals: ["ship"] }, /names 'ship'/);
  });

  it("refuses what cannot be solved, and says why", () => {
    refuses({ ...BOAT, horizon: 6 }, /goal 'boat' takes 7 steps at least, and the horizon is 6/);
    refuses({ ...BOAT, things: { ...THINGS, log: { odds: 1, supply: 1 } } }, /needs 2 'log', and there are 1/);
    refuses({ ...BOAT, start: { boat: 1 } }, /goal 'boat' is held at the start/);
    equal(parseCraftConfig({ ...BOAT, start: { plank: 1 }, horizon: 5 }).horizon, 5);
  });
});

describe("craftStages()", () => {
  it("begins ever later on the way to the goal, each solvable, the last one thing away from it", () => {
    const config = drawCraftConfig({ world: 7 });
    const stages = craftStages(config);
    deepEqual(stages[0], config);
    const steps = stages.map((stage) => {
      const environment = craft.create({ config: { ...stage, things: sure(stage.things) } });
      environment.reset(0, "train");
      for (let count = 1;; count++) if (environment.step(environment.gold!()!).success) return count;
    });
    deepEqual([...steps].sort((a, b) => b - a), steps);
    ok(steps.length >= 9 && steps.at(-1)! <= 2 && new Set(steps).size === steps.length, `${steps}`);
  });
});

function sure(things: ReturnType<typeof drawCraftConfig>["things"]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(things).map(([name, thing]) => [name, thing.odds ? { odds: 1 } : thing]));
}
