import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { craft, type Environment, undo } from "../../src/environment/mod.ts";
import {
  actionsOf,
  drawIndex,
  type Macro,
  mineMacros,
  mutateMacro,
  proposeMacros,
  rightSteps,
  spelled,
  transcribe,
  withMacros,
} from "../../src/recipe/mod.ts";

const things = { log: { odds: 1 }, plank: { from: { log: 1 } }, boat: { from: { plank: 2 } } };
const world = (): Environment => craft.create({ config: { things, goals: ["boat"], horizon: 20 } });
const plank: Macro = { sequence: ["gather log", "make plank"] };
const counter = (): () => number => {
  let at = 0;
  return () => (++at * at * 0.618034) % 1;
};

describe("actionsOf()", () => {
  it("follows what is shown", () => {
    const macro: Macro = { if: "log", then: { sequence: [] }, otherwise: "gather log" };
    deepEqual([...actionsOf(macro, () => "1 log")], []);
    deepEqual([...actionsOf(macro, () => "nothing")], ["gather log"]);
    deepEqual([...actionsOf({ repeat: plank, while: "x", most: 2 }, () => "x")].length, 4);
    deepEqual([...actionsOf({ repeat: "a", while: "x", most: 9 }, () => "y")], ["a"]);
  });
});

describe("withMacros()", () => {
  it("takes a macro's steps as one decision, adds rewards, and counts", () => {
    const environment = withMacros(world(), new Map([["macro boat", { sequence: [plank, plank, "make boat"] }]]));
    environment.reset(0, "train");
    ok(environment.actions!().includes("macro boat") && environment.actions!() === environment.actions!());
    const { success, reward } = environment.step("macro boat");
    deepEqual([success, reward, environment.primitiveSteps], [true, 1, 5]);
  });

  it("stops where the episode ends, and cuts it after its decisions", () => {
    const long = withMacros(world(), new Map([["macro on", { repeat: "gather log", while: "", most: 99 }]]));
    long.reset(0, "train");
    deepEqual([long.step("macro on").truncated, long.primitiveSteps], [true, 20]);
    const short = withMacros(world(), new Map(), 2);
    short.reset(0, "train");
    deepEqual([short.step("gather log").truncated, short.step("gather log").truncated], [false, true]);
    short.reset(1, "train");
    equal(short.step("gather log").truncated, false);
  });

  it("lets a macro that has nothing to do cost a step", () => {
    const environment = withMacros(world(), new Map([["macro none", { sequence: [] }]]));
    environment.reset(0, "train");
    ok(environment.step("macro none").turns[0].text.startsWith("nobody can"));
    equal(environment.primitiveSteps, 1);
  });
});

describe("rightSteps()", () => {
  it("counts the steps of a macro that is right as a whole, and leaves the world as it was", () => {
    const environment = world();
    environment.reset(0, "train");
    const before = JSON.stringify(environment.snapshot!());
    deepEqual([plank, { sequence: [plank, "make boat"] }].map((macro) => rightSteps(environment, macro, "")), [2, 0]);
    equal(JSON.stringify(environment.snapshot!()), before);
  });
});

describe("mineMacros()", () => {
  it("ranks by the decisions that would have been saved, and leaves out what a better one holds", () => {
    const episode = { actions: ["a", "b", "c", "d"], shown: ["", "", "", ""] };
    const mined = mineMacros([episode, episode, { actions: ["x", "y"], shown: ["", ""] }], { most: 2 });
    deepEqual([...mined.keys()], ["macro a, b, c, d", "macro x, y"]);
    const known = new Map([["a", plank]]);
    deepEqual(mineMacros([episode], { most: 1, known, longest: 2 }).values().next().value, { sequence: [plank, "b"] });
  });

  it("repeats only what was done again with another result", () => {
    const again = mineMacros([{ actions: ["a", "a", "b"], shown: ["no. x", "yes. y", ""] }], { most: 1 });
    deepEqual([...again.values()], [{ sequence: [{ repeat: "a", while: "no.", most: 5 }, "b"] }]);
    const twice = mineMacros([{ actions: ["a", "a", "b"], shown: ["yes. x", "yes. y", ""] }], { most: 1 });
    deepEqual([...twice.values()], [{ sequence: ["a", "a", "b"] }]);
  });
});

describe("mutateMacro() and proposeMacros()", () => {
  it("changes one place, and leaves the original alone", () => {
    const options = { actions: ["p", "q"], conditions: ["1 log"], random: counter() };
    const lengths = new Set<number>();
    for (let time = 0; time < 40; time++) {
      const changed = mutateMacro(plank, options) as { readonly sequence: readonly Macro[] };
      lengths.add(changed.sequence.length);
      ok(changed.sequence.filter((part) => part === "gather log" || part === "make plank").length >= 1);
    }
    deepEqual([...lengths].sort(), [1, 2, 3]);
    deepEqual(plank, { sequence: ["gather log", "make plank"] });
  });

  it("proposes what solved episodes did, keeps what they used, forgets the rest", () => {
    const macros = new Map<string, Macro>([["macro plank", plank], ["macro idle", "gather log"]]);
    const environment = withMacros(world(), macros);
    const plan = ["macro plank", "macro plank", "make boat"];
    const transcripts = [0, 1].map((task) => {
      let step = 0;
      return transcribe(environment, { task }, () => plan[step++]);
    });
    const options = { actions: ["gather log"], conditions: [], random: counter(), most: 3, noise: 0 };
    const proposed = proposeMacros(transcripts, macros, options);
    deepEqual([...proposed.keys()].slice(0, 2), ["macro plank", "macro macro plank, macro plank, make boat"]);
    ok(!proposed.has("macro idle"));
    equal(proposeMacros(transcripts.map((each) => ({ ...each, success: false })), macros, options).size, 0);
  });
});

describe("spelled()", () => {
  const words = (action: string): string[] => action === "undo" ? ["undo"] : [action.split(" ")[1], "it", "is"];

  it("makes each word a decision, and acts at the last", () => {
    const environment = spelled(undo.create({ keys: 3 }), words);
    environment.reset(2, "train");
    deepEqual(environment.actions!(), ["red", "blue", "green", "undo"]);
    const { turns, reward } = environment.step("red");
    ok(turns[0].text.endsWith(" red") && reward === 0);
    deepEqual(environment.actions!(), ["it"]);
    environment.step("it");
    environment.step("is");
    environment.step("undo");
    deepEqual([environment.turnOf, environment.said], [[0, 0, 0, 1], ["press red", "undo"]]);
  });

  it("refuses phrases that cannot be told apart", () => {
    const environment = spelled(undo.create({ keys: 2 }), (action) => action === "undo" ? ["red"] : words(action));
    throws(() => environment.reset(2, "train"), /'press red': it begins with the words of 'undo'/);
  });
});

describe("drawIndex()", () => {
  it("draws in proportion, never what weighs nothing", () => {
    const draws = Array.from({ length: 1000 }, (_, index) => drawIndex([1, 0, 3], index / 1000));
    deepEqual([0, 1, 2].map((choice) => draws.filter((draw) => draw === choice).length), [250, 0, 750]);
    equal(drawIndex([0.1, 0.2, 0], 1 - Number.EPSILON / 2), 1);
  });
});
