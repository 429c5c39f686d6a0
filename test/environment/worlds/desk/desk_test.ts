import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { desk, type Environment, type Outcome } from "../../../../src/environment/mod.ts";
import { drawValue } from "../../../../src/environment/worlds/desk/draw_value.ts";
import { openDraw } from "../../../../src/environment/worlds/desk/draw.ts";
import { deskDefaults } from "../../../../src/environment/worlds/desk/options.ts";
import { drawTask } from "../../../../src/environment/worlds/desk/task.ts";
import { taskKinds } from "../../../../src/environment/worlds/desk/tasks/mod.ts";
import { tools } from "../../../../src/environment/worlds/desk/tools/mod.ts";
import { type Call, formatCall } from "../../../../src/environment/worlds/desk/call.ts";

describe("desk", () => {
  it("has the promised variety", () => {
    assert.ok(tools.size >= 10 && taskKinds.length >= 12);
    assert.equal(desk.tools?.length, tools.size);
    const phrasings = taskKinds.flatMap((kind) => kind.phrasings);
    assert.ok(phrasings.length >= 60);
    const shapes = new Set(phrasings.map((phrasing) => phrasing.replace(/\{\w+\}/g, "_")));
    assert.equal(shapes.size, phrasings.length, "phrasings differ in their words");
  });

  it("keeps plans between 2 and 6 calls and uses every tool and phrasing", () => {
    const lengths = new Set<number>();
    const used = new Set<string>();
    const asked = new Set<string>();
    for (let seed = 0; seed < 3000; seed++) {
      const task = drawTask(seed, "train", deskDefaults);
      lengths.add(task.plan.length);
      for (const call of task.plan) used.add(call.name);
      asked.add(`${task.kind.name} ${task.phrasing}`);
      assert.equal(tools.get(task.plan[task.plan.length - 1].name)?.kind, "close");
    }
    assert.deepEqual([...lengths].sort(), [2, 3, 4, 5, 6]);
    assert.deepEqual([...used].sort(), [...tools.keys()].sort());
    assert.equal(asked.size, taskKinds.reduce((sum, kind) => sum + kind.phrasings.length, 0));
  });

  it("has over a million distinct tasks", () => {
    // Among n draws from m equally likely tasks about n²/2m pairs are equal; from unequally likely ones, more. Two tasks
    // are equal here when everything that is said while gold plays them is equal.
    const draws = 30_000;
    const counts = new Map<string, number>();
    const environment = desk.create();
    for (let seed = 0; seed < draws; seed++) {
      let said = environment.reset(seed, "train").turns[0].text;
      for (let ended = false; !ended;) {
        const action = environment.gold!()!;
        const { turns, terminated } = environment.step(action);
        said += action + turns[0].text;
        ended = terminated;
      }
      counts.set(said, (counts.get(said) ?? 0) + 1);
    }
    let equalPairs = 0;
    for (const count of counts.values()) equalPairs += count * (count - 1) / 2;
    assert.ok(draws ** 2 / (2 * Math.max(equalPairs, 1)) > 1_000_000, `${equalPairs} equal pairs`);
  });

  it("gives equal tasks and outcomes when the seed is equal", () => {
    for (let seed = 0; seed < 200; seed++) {
      assert.deepEqual(playExpert(desk.create(), seed), playExpert(desk.create(), seed));
    }
    const requests = new Set(
      Array.from({ length: 200 }, (_, seed) => desk.create().reset(seed, "train").turns[0].text),
    );
    assert.ok(requests.size > 180);
  });

  it("tells seeds beyond 32 bits apart", () => {
    const at = (seed: number): string =>
      drawTask(seed, "train", deskDefaults).company.orders.map((one) => one.id).join();
    assert.notEqual(at(7), at(7 + 2 ** 32));
    assert.notEqual(at(2 ** 40), at(2 ** 41));
  });

  it("shares no company and no name between splits", () => {
    const names = { train: new Set<string>(), validation: new Set<string>(), test: new Set<string>() };
    for (const split of ["train", "validation", "test"] as const) {
      for (let seed = 0; seed < 3000; seed++) {
        const { company } = drawTask(seed, split, deskDefaults);
        names[split].add(company.name);
        for (const one of company.customers) names[split].add(`${one.firstName} ${one.lastName}`);
      }
    }
    assert.ok(names.train.isDisjointFrom(names.validation));
    assert.ok(names.train.isDisjointFrom(names.test));
    assert.ok(names.validation.isDisjointFrom(names.test));
    assert.ok(names.train.size > 300 && names.validation.size > 40 && names.test.size > 40);
  });

  it("reads within bounds", () => {
    for (let seed = 0; seed < 500; seed++) {
      const environment = desk.create({ distractorShare: 1 });
      const { turns } = environment.reset(seed, "train");
      assert.ok(turns[0].text.split(" ").length <= 20, turns[0].text);
      for (let ended = false; !ended;) {
        const outcome = environment.step(environment.gold!()!);
        if (!outcome.terminated) assert.ok(outcome.turns[0].text.split(" ").length <= 12, outcome.turns[0].text);
        ended = outcome.terminated;
      }
    }
  });

  it("names the order that matters first when it names two", () => {
    let pairs = 0;
    for (let seed = 0; seed < 2000; seed++) {
      const { request, focus } = drawTask(seed, "train", deskDefaults);
      const ids = request.match(/O\d+/g) ?? [];
      if (ids.length === 2) pairs++;
      if (ids.length > 0) assert.equal(ids[0], focus.order.id);
    }
    assert.ok(pairs > 50);
  });

  it("pays 1 in all when the gold actions are played, by the step or at the end", () => {
    for (let seed = 0; seed < 300; seed++) {
      const steps = playGold(desk.create(), seed);
      const episode = playGold(desk.create({ reward: "episode" }), seed);
      assert.ok(Math.abs(total(steps) - 1) < 1e-9);
      assert.ok(Math.abs(total(episode) - 1) < 1e-9);
      assert.ok(steps.every((outcome) => outcome.reward > 0));
      assert.ok(episode.slice(0, -1).every((outcome) => outcome.reward === 0));
      assert.deepEqual([...steps.map((one) => one.success)].reverse()[0], true);
    }
  });

  for (const reward of ["step", "episode"] as const) {
    it(`pays nobody more than 1, and 1 only for success, when rewards come by ${reward}`, () => {
      const draw = openDraw(9, 9);
      let lost = 0;
      for (let seed = 0; seed < 1500; seed++) {
        const environment = desk.create({ reward, horizon: 30 });
        environment.reset(seed, "train");
        let paid = 0;
        for (let ended = false; !ended;) {
          const outcome = environment.step(mixedAction(environment, draw.uniform));
          paid += outcome.reward;
          ended = outcome.terminated || outcome.truncated;
          if (ended && !outcome.success) {
            assert.ok(paid <= 0.4 + 1e-9);
            lost++;
          }
        }
        assert.ok(paid <= 1 + 1e-9);
      }
      assert.ok(lost > 100);
    });
  }

  it("pays a sub-goal once when its call is repeated", () => {
    const environment = open("status");
    const gold = environment.gold!()!;
    assert.ok(environment.step(gold).reward > 0);
    for (let repeat = 0; repeat < 5; repeat++) assert.ok(environment.step(gold).reward < 0);
  });

  it("loses by random and by repeated calls on average", () => {
    const draw = openDraw(3, 4);
    let sum = 0;
    for (let seed = 0; seed < 1000; seed++) {
      const environment = desk.create();
      environment.reset(seed, "train");
      for (let ended = false; !ended;) {
        const outcome = environment.step(randomAction(draw.uniform));
        sum += outcome.reward;
        ended = outcome.terminated || outcome.truncated;
      }
    }
    assert.ok(sum < 0);
  });

  it("truncates after the horizon and then answers that the case is closed", () => {
    const environment = open("status", { horizon: 3 });
    for (let index = 0; index < 2; index++) assert.equal(environment.step("nonsense").truncated, false);
    const last = environment.step("nonsense");
    assert.deepEqual([last.truncated, last.terminated, last.success], [true, false, false]);
    const after = environment.step("nonsense");
    assert.equal(after.turns[0].text, "error: the case is closed");
    assert.equal(after.reward, 0);
    assert.equal(environment.gold!(), undefined);
  });

  it("gives no gold action when the horizon is too near", () => {
    const environment = open("status", { horizon: 3 });
    environment.step("nonsense");
    assert.ok(environment.gold!());
    environment.step("nonsense");
    assert.equal(environment.gold!(), undefined);
  });

  for (const kind of taskKinds) {
    it(`fails ${kind.name} when one argument of one gold action is another`, () => {
      const draw = openDraw(5, 5);
      let tried = 0;
      for (let seed = 0; seed < 60; seed++) {
        const { plan } = drawTask(seed, "train", { ...deskDefaults, kinds: [kind.name] });
        for (let index = 0; index < plan.length; index++) {
          const wrong = sabotage(plan[index], draw.uniform);
          if (!wrong) continue;
          const environment = desk.create({ kinds: [kind.name] });
          environment.reset(seed, "train");
          let last: Outcome | undefined;
          for (const [place, call] of plan.entries()) {
            last = environment.step(formatCall(place === index ? wrong : call));
          }
          assert.equal(last?.success, false, `${formatCall(wrong)} for ${formatCall(plan[index])}`);
          tried++;
        }
      }
      assert.ok(tried > 60);
    });
  }

  it("ends in the state that gold reaches when it ends in success", () => {
    let successes = 0;
    for (let seed = 0; seed < 1500; seed++) {
      const task = drawTask(seed, "train", deskDefaults);
      const mine = finalState(seed, (environment, random) => environment.expert!(random));
      if (!mine.success) continue;
      successes++;
      assert.deepEqual(mine.state, finalState(seed, (environment) => environment.gold!()!).state, task.request);
    }
    assert.ok(successes > 300);
  });

  it("returns to the moment of a snapshot, also in another environment", () => {
    for (let seed = 0; seed < 200; seed++) {
      const straight = desk.create();
      straight.reset(seed, "validation");
      const other = desk.create();
      const draw = openDraw(seed, 8);
      for (let ended = false; !ended;) {
        other.restore!(JSON.parse(JSON.stringify(straight.snapshot!())));
        assert.equal(other.gold!(), straight.gold!());
        const action = straight.expert!(draw.uniform);
        const expected = straight.step(action);
        assert.deepEqual(other.step(action), expected);
        ended = expected.terminated || expected.truncated;
      }
    }
  });

  it("throws an EddyError when it is not open, or a snapshot or option is foreign", () => {
    assert.throws(() => desk.create().step("x"), { code: "environment_invalid" });
    assert.throws(() => desk.create().restore!({ seed: 1 }), { code: "environment_invalid" });
    assert.throws(() => desk.create({ trapshare: 1 }), {
      code: "configuration_invalid",
      message: /'trapshare'.*trapShare/,
    });
    assert.throws(() => desk.create({ trapShare: 2 }), { code: "configuration_invalid" });
    assert.throws(() => desk.create({ kinds: ["dance"] }), { code: "configuration_invalid" });
  });
});

function open(kind: string, options: Readonly<Record<string, unknown>> = {}): Environment {
  const environment = desk.create({ kinds: [kind], ...options });
  environment.reset(1, "train");
  return environment;
}

function playGold(environment: Environment, seed: number): Outcome[] {
  environment.reset(seed, "train");
  const outcomes: Outcome[] = [];
  do outcomes.push(environment.step(environment.gold!()!)); while (!outcomes[outcomes.length - 1].terminated);
  return outcomes;
}

function playExpert(environment: Environment, seed: number): unknown[] {
  const seen: unknown[] = [environment.reset(seed, "train")];
  const draw = openDraw(seed, 7);
  for (let ended = false; !ended;) {
    const action = environment.expert!(draw.uniform);
    const outcome = environment.step(action);
    seen.push(action, outcome);
    ended = outcome.terminated || outcome.truncated;
  }
  return seen;
}

function total(outcomes: readonly Outcome[]): number {
  return outcomes.reduce((sum, outcome) => sum + outcome.reward, 0);
}

function randomAction(random: () => number): string {
  const names = [...tools.values()];
  const { tool } = names[Math.floor(random() * names.length)];
  const values = Object.entries(tool.parameters.properties).map(([key, one]) => [key, drawValue(one, random)] as const);
  return formatCall({ name: tool.name, arguments: Object.fromEntries(values) });
}

/** Gold, expert and random actions in turn, and each twice now and then. */
function mixedAction(environment: Environment, random: () => number): string {
  const roll = random();
  return (roll < 0.5 ? environment.gold!() : undefined) ??
    (roll < 0.75 ? environment.expert!(random) : randomAction(random));
}

/** The call with another value of one of its arguments. */
function sabotage(call: Call, random: () => number): Call | undefined {
  const properties = Object.entries(tools.get(call.name)?.tool.parameters.properties ?? {});
  const [key, parameter] = properties[Math.floor(random() * properties.length)];
  const value = drawValue(parameter, random);
  return value === call.arguments[key] ? undefined : { ...call, arguments: { ...call.arguments, [key]: value } };
}

/** What all records hold at the end, by replaying the calls that were made on the company itself. */
function finalState(
  seed: number,
  choose: (environment: Environment, random: () => number) => string,
): { success: boolean; state: unknown } {
  const environment = desk.create();
  environment.reset(seed, "train");
  const { company } = drawTask(seed, "train", deskDefaults);
  const state = { company, read: new Set<string>() };
  const draw = openDraw(seed, 6);
  for (;;) {
    const action = choose(environment, draw.uniform);
    const written = JSON.parse(action.slice("<tool_call>".length, -"</tool_call>".length));
    tools.get(written.name)?.run(state, written.arguments);
    const { terminated, truncated, success } = environment.step(action);
    if (terminated || truncated) return { success, state: company };
  }
}
