import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok } from "node:assert/strict";
import { createValueTracker } from "../../src/rl/mod.ts";

const near = (actual: number, expected: number): void => ok(Math.abs(actual - expected) < 1e-12, `${actual}`);

describe("createValueTracker()", () => {
  it("is the prior before anything was seen, then moves to the mean", () => {
    const tracker = createValueTracker({ priorWeight: 2 });
    equal(tracker.value("refund", 0.3), 0.3);
    for (const outcome of [1, 1, 0]) tracker.add("refund", outcome);
    // (3 · 2/3 + 2 · 0.3) / (3 + 2)
    near(tracker.value("refund", 0.3), 2.6 / 5);
    equal(tracker.value("cancel", 0.1), 0.1);
  });

  it("is a Beta distribution whose counts are forgotten as the policy moves", () => {
    const tracker = createValueTracker({ halvingKl: 0.1, priorWeight: 1e-9, leastKept: 0.01 });
    let alpha = 0, beta = 0;
    for (const [outcome, kl] of [[1, 0], [0, 0.05], [1, 0.2], [1, 0.01], [0, 0]]) {
      tracker.decay(kl);
      const kept = 2 ** (-kl / 0.1);
      [alpha, beta] = [alpha * kept + outcome, beta * kept + 1 - outcome];
      tracker.add("a", outcome);
      ok(Math.abs(tracker.value("a", 0) - alpha / (alpha + beta)) < 1e-8);
    }
  });

  it("keeps at least leastKept over one movement, and its means", () => {
    const tracker = createValueTracker({ leastKept: 0.5, priorWeight: 1 });
    tracker.add("a", 1);
    tracker.decay(1e9);
    near(tracker.value("a", 0), 0.5 / 1.5);
    tracker.decay(-1);
    near(tracker.value("a", 0), 0.5 / 1.5);
  });

  it("forgets the cluster that was not told of for longest", () => {
    const tracker = createValueTracker({ clusters: 2 });
    for (const key of ["a", "b", "a", "c"]) tracker.add(key, 1);
    deepEqual(["a", "b", "c"].map((key) => tracker.value(key, 0) > 0), [true, false, true]);
  });

  it("goes on from its state, through JSON, bit for bit", () => {
    const tracker = createValueTracker();
    for (let i = 0; i < 50; i++) {
      tracker.decay(i / 999);
      tracker.add(`${i % 7}`, Math.sin(i));
    }
    const copy = createValueTracker({}, JSON.parse(JSON.stringify(tracker.state())));
    for (const one of [tracker, copy]) {
      one.decay(0.03);
      one.add("3", 0.25);
    }
    deepEqual(copy.state(), tracker.state());
    equal(copy.value("5", 0.7), tracker.value("5", 0.7));
  });
});
