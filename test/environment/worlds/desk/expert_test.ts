import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { desk } from "../../../../src/environment/mod.ts";
import { openDraw } from "../../../../src/environment/worlds/desk/draw.ts";
import { isTrap } from "../../../../src/environment/worlds/desk/expert.ts";
import { taskKinds } from "../../../../src/environment/worlds/desk/tasks/mod.ts";

describe("expertCall()", () => {
  it("succeeds on more than half of the held-out tasks, far from all", () => {
    const share = successShare({}, 4000);
    assert.ok(share > 0.5 && share < 0.7, `${share}`);
  });

  it("succeeds on about half when only its favorite choices are imitated", () => {
    const share = successShare({ expertNoise: 0, habitRate: 1 }, 4000);
    assert.ok(share > 0.4 && share < 0.6, `${share}`);
  });

  it("succeeds always when it has no habits and makes no slips", () => {
    assert.equal(successShare({ expertNoise: 0, trapShare: 0 }, 1000), 1);
  });

  for (const kind of taskKinds) {
    it(`does ${kind.name} right and wrong often enough to learn from`, () => {
      const share = successShare({ kinds: [kind.name] }, 1000);
      assert.ok(share > 0.3 && share < 0.85, `${share}`);
      const trapped = successShare({ kinds: [kind.name], trapShare: 1 }, 1000);
      assert.ok(trapped > 0.1 && trapped < share, `${trapped}`);
    });
  }

  it("seldom goes on after an error message", () => {
    const draw = openDraw(1, 1);
    let errors = 0;
    let recoveries = 0;
    for (let seed = 0; seed < 2000; seed++) {
      const environment = desk.create({ trapShare: 0, expertNoise: 0 });
      environment.reset(seed, "train");
      environment.step("nonsense");
      errors++;
      if (environment.expert!(draw.uniform) === environment.gold!()) recoveries++;
    }
    assert.ok(recoveries / errors > 0.2 && recoveries / errors < 0.4);
  });
});

describe("isTrap()", () => {
  it("marks the wanted share of phrasings", () => {
    for (const share of [0, 0.25, 0.5, 0.6, 1]) {
      const marks = taskKinds.flatMap((kind) => kind.phrasings.map((_, phrasing) => isTrap({ kind, phrasing }, share)));
      const found = marks.filter((mark) => mark).length / marks.length;
      assert.ok(Math.abs(found - share) < 0.05, `${found} instead of ${share}`);
    }
  });

  it("leaves every kind a phrasing without trap and one with", () => {
    for (const kind of taskKinds) {
      const marks = kind.phrasings.map((_, phrasing) => isTrap({ kind, phrasing }, 0.6));
      assert.ok(marks.includes(true) && marks.includes(false), kind.name);
    }
  });
});

function successShare(options: Readonly<Record<string, unknown>>, episodes: number): number {
  const environment = desk.create(options);
  const draw = openDraw(2, 2);
  let successes = 0;
  for (let seed = 0; seed < episodes; seed++) {
    environment.reset(seed, "validation");
    for (let ended = false; !ended;) {
      const { terminated, truncated, success } = environment.step(environment.expert!(draw.uniform));
      ended = terminated || truncated;
      if (success) successes++;
    }
  }
  return successes / episodes;
}
