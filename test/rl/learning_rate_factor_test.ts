import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { equal, ok, throws } from "node:assert/strict";
import { learningRateFactor, type LearningRateSchedule } from "../../src/rl/mod.ts";

const schedules: LearningRateSchedule[] = [
  { kind: "constant", warmup: 3 },
  { kind: "linear", warmup: 3, total: 12 },
  { kind: "cosine", warmup: 3, total: 12, end: 0.1 },
  { kind: "inverse-square-root", warmup: 3 },
  ...(["linear", "cosine", "1-sqrt"] as const).map((shape) =>
    ({ kind: "warmup-stable-decay", warmup: 3, stable: 4, decay: 5, least: 0.1, shape }) as const
  ),
];

describe("learningRateFactor()", () => {
  for (const schedule of schedules) {
    const name = "shape" in schedule ? `${schedule.kind}, ${schedule.shape}` : schedule.kind;
    it(`rises to 1 at the end of the warm-up and never again (${name})`, () => {
      equal(learningRateFactor(3, schedule), 1);
      fc.assert(fc.property(fc.nat(40), (update) => {
        const [now, next] = [update, update + 1].map((at) => learningRateFactor(at, schedule));
        ok(update < 3 ? next > now : next <= now, `${now} then ${next}`);
        ok(now >= 0 && now <= 1);
      }));
    });
  }

  it("has the halves of its shapes, by hand", () => {
    const decay = { kind: "warmup-stable-decay", warmup: 0, stable: 0, decay: 4, least: 0.2 } as const;
    const at = (shape: "linear" | "cosine" | "1-sqrt") => learningRateFactor(1, { ...decay, shape });
    ok(Math.abs(at("linear") - (0.2 + 0.8 * 0.75)) < 1e-12);
    ok(Math.abs(at("cosine") - (0.2 + 0.8 * (1 + Math.SQRT1_2) / 2)) < 1e-12);
    ok(Math.abs(at("1-sqrt") - (0.2 + 0.8 * 0.5)) < 1e-12);
    equal(learningRateFactor(12, { kind: "inverse-square-root", warmup: 3 }), 0.5); // √(3/12)
  });

  it("rests at the end, or goes on with the wave", () => {
    const cosine = { kind: "cosine", warmup: 0, total: 4 } as const;
    equal(learningRateFactor(6, cosine), 0);
    ok(Math.abs(learningRateFactor(6, { ...cosine, after: "wave" }) - 0.5) < 1e-12);
  });

  it("needs neither warm-up nor room between warm-up and end, and refuses what is negative", () => {
    equal(learningRateFactor(0, { kind: "constant", warmup: 0 }), 1);
    equal(learningRateFactor(5, { kind: "linear", warmup: 5, total: 5 }), 0);
    equal(learningRateFactor(0, { kind: "warmup-stable-decay", warmup: 0, stable: 0, decay: 0, least: 0.3 }), 0.3);
    for (const update of [-1, NaN]) {
      throws(() => learningRateFactor(update, { kind: "constant", warmup: 1 }), RangeError);
    }
    throws(() => learningRateFactor(0, { kind: "linear", warmup: 0, total: -1 }), /'total' is -1/);
  });
});
