import { describe, it } from "@std/testing/bdd";
import { deepEqual } from "node:assert/strict";
import { createBreath } from "../../../src/learning/loop/breath.ts";

describe("createBreath()", () => {
  it("lets others work once 5 ms of work were done, counted from the beginning or the last pause", async () => {
    let now = 0;
    const { begin, breathe } = createBreath(() => now);
    /** Whether others worked before it went on. */
    const paused = async (at: number): Promise<boolean> => {
      now = at;
      let worked = false;
      const other = new Promise<void>((resolve) => setTimeout(() => resolve(void (worked = true)), 0));
      await breathe();
      const before = worked;
      await other;
      return before;
    };
    deepEqual([await paused(4), await paused(5), await paused(9), await paused(10)], [false, true, false, true]);
    now = 100;
    begin();
    deepEqual([await paused(104), await paused(105)], [false, true]);
  });
});
