import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, notDeepEqual, ok, throws } from "node:assert/strict";
import { type Environment, type Split, tools, toolsOfWorld, validate } from "../../../src/environment/mod.ts";

const SPLITS: readonly Split[] = ["train", "validation", "test"];

/** Plays an episode to its end. */
function play(environment: Environment, act: () => string): { success: boolean; reward: number; said: string[] } {
  const said: string[] = [];
  for (let reward = 0;;) {
    const outcome = environment.step(act());
    reward += outcome.reward;
    said.push(outcome.turns[0].text);
    if (outcome.terminated || outcome.truncated) return { success: outcome.success, reward, said };
  }
}

/** Uniforms of a linear congruential generator. */
function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 4294967296;
}

/** What a call to `name` is answered. */
const answer = (environment: Environment, call: string): string => environment.step(call).turns[0].text;

describe("the world 'tools'", () => {
  it("gold() always solves it, and is among the listed calls", () => {
    for (const world of [0, 1, 2, 77]) {
      for (const split of SPLITS) {
        const { solved, failures } = validate(tools, { seeds: 150, split, create: { world, phrasings: 4 } });
        deepEqual([solved, failures], [150, []]);
      }
    }
    const environment = tools.create({ locked: 1 });
    for (let task = 0; task < 50; task++) {
      environment.reset(task, "test");
      play(environment, () => {
        ok(environment.actions!().includes(environment.gold!()!));
        return environment.gold!()!;
      });
    }
  });

  it("reset() draws equal tasks for equal seeds, other functions for another world, and other goals for each split", () => {
    const [a, b, other] = [tools.create(), tools.create(), tools.create({ world: 1 })];
    deepEqual(a.reset(5, "train"), b.reset(5, "train"));
    notDeepEqual(toolsOfWorld(0), toolsOfWorld(1));
    notDeepEqual(other.reset(5, "train"), b.reset(5, "train"));
    const asked = SPLITS.map((split) =>
      new Set(Array.from({ length: 300 }, (_, seed) => a.reset(seed, split).turns[0].text.replace(/ \w+\.$/, "")))
    );
    equal(asked[0].size, 18);
    deepEqual([asked[1].size, asked[2].size], [3, 3]);
    for (const held of [...asked[1], ...asked[2]]) ok(!asked[0].has(held));
    ok([...asked[1]].every((goal) => !asked[2].has(goal)));
  });

  it("phrasings: the last one is for held-out splits alone", () => {
    const environment = tools.create({ phrasings: 4 });
    for (let seed = 0; seed < 60; seed++) {
      ok(!environment.reset(seed, "train").turns[0].text.startsWith("about "));
      match(environment.reset(seed, "test").turns[0].text, /^about the .*, someone must \w+ and \w+ it\.$/);
    }
  });

  it("answers wrong calls with codes", () => {
    const environment = tools.create({ locked: 1, world: 4 });
    const functions = toolsOfWorld(4).map(({ name }) => name);
    for (let seed = 0; seed < 40; seed++) {
      const { text } = environment.reset(seed, "train").turns[0];
      equal(answer(environment, "sing loudly"), "E400 no such function.");
      equal(answer(environment, `${functions[0]} nobody`), "E404 no such name.");
      equal(answer(environment, `${functions[8]} q10`), "E404 no such thing.");
      const name = /(\w+)\.$/.exec(text)![1];
      const [, first] = /^\w+ ([a-z]\d\d)\.$/.exec(answer(environment, `${functions[0]} ${name}`))!;
      match(answer(environment, `${functions[10]} ${first}`), /^E422 not a \w+\.$/);
      const [, second] = /^\w+ ([a-z]\d\d)\.$/.exec(answer(environment, `${functions[2]} ${first}`))!;
      const [, third] = /^\w+ ([a-z]\d\d) locked\.$/.exec(answer(environment, `${functions[4]} ${second}`))!;
      equal(answer(environment, `${functions[10]} ${third}`), "E423 locked.");
      equal(answer(environment, `${functions[12]} ${third}`), "ok.");
      equal(answer(environment, `${functions[12]} ${third}`), "E409 not locked.");
    }
    environment.reset(1, "train");
    const known = answer(environment, environment.gold!()!);
    ok(known.length > 0);
    while (!environment.gold!()!.startsWith("finish")) {
      const call = environment.gold!()!;
      if (answer(environment, call) === "ok." && functions.slice(6, 12).some((name) => call.startsWith(name))) {
        equal(answer(environment, call), "E409 done already.");
      }
    }
  });

  it("a change that nobody asked for spoils the task, whatever is done then", () => {
    const environment = tools.create({ locked: 0 });
    const functions = toolsOfWorld(0).map(({ name }) => name);
    let spoiled = 0;
    for (let seed = 0; seed < 40; seed++) {
      environment.reset(seed, "train");
      let gold = environment.gold!()!;
      while (functions.indexOf(gold.split(" ")[0]) < 6) {
        environment.step(gold);
        gold = environment.gold!()!;
      }
      const [name, id] = gold.split(" ");
      const before = environment.snapshot!();
      environment.step(`${functions[6 + ((functions.indexOf(name) - 6) ^ 1)]} ${id}`);
      if (environment.gold!() !== undefined) continue; // a pair: both were asked for
      spoiled++;
      environment.step(gold);
      deepEqual(environment.step("finish").success, false);
      environment.restore!(before);
      equal(play(environment, () => environment.gold!()!).success, true);
    }
    ok(spoiled > 10, `${spoiled}`);
  });

  it("restore() returns to the moment of snapshot()", () => {
    const environment = tools.create({ locked: 0.5, noise: 0.4, traps: 3, phrasings: 3 });
    for (let seed = 0; seed < 30; seed++) {
      environment.reset(seed, "train");
      environment.step(environment.gold!()!);
      const moment = JSON.parse(JSON.stringify(environment.snapshot!()));
      const random = uniforms(seed);
      const actions: string[] = [];
      const first = play(environment, () => (actions.push(environment.expert!(random)), actions[actions.length - 1]));
      environment.reset(seed + 1, "test");
      environment.restore!(moment);
      const again = [...actions];
      deepEqual(play(environment, () => again.shift()!), first);
    }
    throws(() => environment.restore!({ seed: 1 }), { code: "environment_invalid" });
    const alien = { seed: 1, split: "train", known: ["zz"], changed: [], unlocked: [], steps: 0, ended: false };
    throws(() => environment.restore!(alien), { code: "environment_invalid" });
  });

  it("expert() solves what it has no wrong habit in, and seldom the rest", () => {
    const share = (options: Record<string, number>): number => {
      const environment = tools.create({ noise: 0, ...options });
      const random = uniforms(3);
      return Array.from({ length: 300 }, (_, seed) => {
        environment.reset(seed, "train");
        return Number(play(environment, () => environment.expert!(random)).success);
      }).reduce((sum, one) => sum + one, 0) / 300;
    };
    equal(share({}), 1);
    const [some, all] = [share({ traps: 3 }), share({ traps: 6 })];
    ok(some > 0.6 && some < 0.85 && all < some && all > 0.35, `${some} ${all}`);
    ok(share({ noise: 0.3 }) < 0.8);
  });

  it("lists no calls where the agent writes them, and cuts off at the horizon", () => {
    const environment = tools.create({ listed: 0, horizon: 7 });
    environment.reset(0, "train");
    equal(environment.actions, undefined);
    const { success, said } = play(environment, () => "sing");
    deepEqual([success, said.length], [false, 7]);
  });

  it("create() refuses unknown knobs and values out of range", () => {
    for (const options of [{ tool: 3 }, { traps: 7 }, { traps: 0.5 }, { noise: 2 }, { phrasings: 5 }, { horizon: 6 }]) {
      throws(() => tools.create(options), { code: "environment_invalid" });
    }
    throws(() => tools.create({ world: -1 }), /'world' is -1, expected a whole number from 0/);
  });
});

describe("toolsOfWorld()", () => {
  it("describes fourteen functions with one argument at most, each of a known form", () => {
    const documents = toolsOfWorld(9);
    equal(new Set(documents.map(({ name }) => name)).size, 14);
    for (const { name, description, parameters } of documents) {
      match(name, /^(finish|[a-z]{3}_[a-z]+)$/);
      ok(description.length > 8);
      equal(Object.keys(parameters.properties).length, name === "finish" ? 0 : 1);
      deepEqual(parameters.required, Object.keys(parameters.properties));
      for (const property of Object.values(parameters.properties)) {
        ok(
          "enum" in property
            ? property.enum.length === 8
            : "pattern" in property && /^\^[a-z]\[0-9\]\{2\}\$$/.test(property.pattern),
        );
      }
    }
  });
});
