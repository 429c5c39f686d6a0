import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, rejects } from "node:assert/strict";
import { dialogue, pipeline, type TeamRole } from "../../../src/agent/mod.ts";

/** Says its lines, and remembers what it heard before each. */
function actor(name: string, lines: string[]): TeamRole & { readonly heard: string[] } {
  const heard: string[] = [];
  return {
    name,
    heard,
    reply: (turns) => {
      heard.push(turns.map(({ role, text }) => `${role[0]}:${text}`).join("|"));
      return Promise.resolve(lines.shift() ?? "…");
    },
  };
}

describe("dialogue()", () => {
  it("lets each hear the others as users and itself as the assistant", async () => {
    const [one, two] = [actor("one", ["a1", "a2"]), actor("two", ["b1", "b2"])];
    const { said, steps, ended, calls } = await dialogue([{ ...one, instruction: "be one" }, two], {
      task: "go",
      turns: 3,
    });
    deepEqual(said.map(({ role, text }) => [role, text]), [["one", "a1"], ["two", "b1"], ["one", "a2"]]);
    deepEqual([ended, calls], ["limit", 3]);
    deepEqual(one.heard, ["s:be one|u:go", "s:be one|u:go|a:a1|u:b1"]);
    deepEqual(two.heard, ["u:go|u:a1"]);
    // The steps of one, said again, are what it heard and said.
    deepEqual(steps.one.map(({ turns, action }) => [turns.map(({ text }) => text), action]), [
      [["be one", "go"], "a1"],
      [["b1"], "a2"],
    ]);
    equal(steps.two.length, 1);
  });

  it("names who speaks among three, ends when it is finished, and says when it never was", async () => {
    const team = [actor("a", ["x"]), actor("b", ["stop"]), actor("c", [])];
    const talk = await dialogue(team, { task: "t", turns: 30, finished: (said) => said.at(-1)!.text === "stop" });
    deepEqual([talk.ended, talk.said.length, talk.steps.c], ["finished", 2, []]);
    equal(team[1].heard[0], "u:t|u:a: x");
  });

  it("refuses teams and limits that are none", async () => {
    await rejects(dialogue([], { task: "t", turns: 1 }), /no members/);
    await rejects(dialogue([actor("a", []), actor("a", [])], { task: "t", turns: 1 }), /a,a are alike/);
    await rejects(dialogue([actor("a", [])], { task: "t", turns: 0 }), /for 0 turns/);
  });
});

describe("pipeline()", () => {
  it("hands each the task and what the one before it said", async () => {
    const team = [actor("plan", ["p"]), actor("act", ["q"]), actor("check", ["r"])];
    const { said, steps, ended } = await pipeline(team, "task");
    deepEqual(said.map(({ text }) => text), ["p", "q", "r"]);
    deepEqual(team.map(({ heard }) => heard[0]), ["u:task", "u:task|u:p", "u:task|u:q"]);
    deepEqual([ended, steps.act[0].action], ["finished", "q"]);
  });
});
