import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { desk, type Environment, validate, type World } from "../../src/environment/mod.ts";

describe("validate()", () => {
  for (const split of ["train", "validation", "test"] as const) {
    it(`solves every task of the desk when the split is ${split}`, () => {
      const { episodes, solved, failures } = validate(desk, { seeds: 5000, split });
      assert.deepEqual(failures, []);
      assert.equal(solved, episodes);
      assert.equal(episodes, 5000);
    });
  }

  it("passes the knobs on when some are given", () => {
    const { solved } = validate(desk, { seeds: 50, split: "train", create: { horizon: 1 } });
    assert.equal(solved, 0);
  });

  it("names seed and reason when gold actions fail", () => {
    const { solved, failures } = validate(broken({ gold: () => "wrong" }), { seeds: 1, split: "train" });
    assert.equal(solved, 0);
    assert.deepEqual(failures, [{ seed: 0, reason: "ends without success at step 0" }]);
  });

  it("names the step when there is no gold action", () => {
    const { failures } = validate(broken({ gold: () => undefined }), { seeds: 2, split: "train" });
    assert.deepEqual(failures.map((failure) => failure.reason), [
      "no gold action at step 0",
      "no gold action at step 0",
    ]);
  });

  it("notices a world when it never ends", () => {
    const endless = broken({ gold: () => "on" }, false);
    assert.deepEqual(validate(endless, { seeds: 1, split: "train" }).failures, [{
      seed: 0,
      reason: "it does not end",
    }]);
  });

  it("throws when a world has no gold actions", () => {
    assert.throws(() => validate(broken({}), { seeds: 1, split: "train" }), TypeError);
  });
});

/** A world whose every step fails. */
function broken(part: Partial<Environment>, terminated = true): World {
  const environment: Environment = {
    reset: () => ({ turns: [] }),
    step: () => ({ turns: [], reward: 0, terminated, truncated: false, success: false }),
    ...part,
  };
  return { name: "broken", description: "", horizon: 3, create: () => environment };
}
