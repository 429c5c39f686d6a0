import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, rejects } from "node:assert/strict";
import { type Environment, tools } from "../../src/environment/mod.ts";
import { checkedAttempts, keyedEnvironment } from "../../src/recipe/mod.ts";

const desk = keyedEnvironment(tools.create({ traps: 0 }), (each) => each.gold!() === undefined ? "lost" : "");

describe("checkedAttempts()", () => {
  it("tries again as it was told, from the start, until the checker says right", async () => {
    const act = (each: Environment, told: string): string => told === "go on" ? each.gold!()! : "finish";
    const seen: number[] = [];
    const check = (success: boolean, actions: readonly string[], keys: readonly string[]): string => {
      equal(keys.length, actions.length);
      seen.push(actions.length);
      return success ? "right" : seen.length < 2 ? "wait" : "go on";
    };
    const made = await checkedAttempts(desk, 4, { act, check, attempts: 5 });
    deepEqual(made.map(({ told, verdict }) => [told, verdict]), [["", "wait"], ["wait", "go on"], ["go on", "right"]]);
    deepEqual(made.map(({ transcript }) => [transcript.task, transcript.success]), [[4, false], [4, false], [4, true]]);
    deepEqual(seen, made.map(({ transcript }) => transcript.steps.length));
  });

  it("stops when there are no attempts left, and needs one", async () => {
    const team = { act: () => "finish", check: () => "wrong", attempts: 2 };
    equal((await checkedAttempts(desk, 0, team)).length, 2);
    await rejects(checkedAttempts(desk, 0, { ...team, attempts: 0 }), RangeError);
  });
});
