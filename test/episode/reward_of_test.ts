import { describe, it } from "@std/testing/bdd";
import { equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { type Feedback, type Metric, rewardOf } from "../../src/episode/mod.ts";
import { metric } from "./metric.ts";

type Value = Feedback["value"];

const boolean: Metric = metric();
const stars: Metric = { ...boolean, type: "number", range: [1, 5] };

describe("rewardOf()", () => {
  it("gives booleans 1 and 0, and the other way round where less is better", () => {
    equal(rewardOf(boolean, [true]), 1);
    equal(rewardOf(boolean, [false]), 0);
    equal(rewardOf({ ...boolean, direction: "minimize" }, [true]), 0);
    equal(rewardOf({ ...boolean, direction: "minimize" }, [false]), 1);
  });

  it("maps numbers by their range, and clamps what is outside", () => {
    // (4 − 1) / (5 − 1)
    equal(rewardOf(stars, [4]), 0.75);
    equal(rewardOf({ ...stars, direction: "minimize" }, [4]), 0.25);
    equal(rewardOf(stars, [0]), 0);
    equal(rewardOf(stars, [9]), 1);
    equal(rewardOf({ ...stars, range: undefined }, [0.3]), 0.3);
    equal(rewardOf({ ...stars, range: [2, 2] }, [2]), 1);
    equal(rewardOf({ ...stars, range: [2, 2] }, [1]), 0);
  });

  it("aggregates rewards, not raw values: the minimum is the worst judgement also where less is better", () => {
    const values = [2, 5, 3];
    // Rewards 1/4, 1, 1/2.
    equal(rewardOf({ ...stars, aggregation: "first" }, values), 0.25);
    equal(rewardOf({ ...stars, aggregation: "last" }, values), 0.5);
    equal(rewardOf({ ...stars, aggregation: "mean" }, values), 1.75 / 3);
    equal(rewardOf({ ...stars, aggregation: "minimum" }, values), 0.25);
    equal(rewardOf({ ...stars, aggregation: "maximum" }, values), 1);
    // Rewards 3/4, 0, 1/2.
    equal(rewardOf({ ...stars, aggregation: "minimum", direction: "minimize" }, values), 0);
    equal(rewardOf({ ...stars, aggregation: "maximum", direction: "minimize" }, values), 0.75);
  });

  it("leaves out values that the metric cannot read", () => {
    for (const value of ["yes", 1, NaN] satisfies Value[]) equal(rewardOf(boolean, [value]), undefined);
    for (const value of ["5", true, NaN, Infinity, -Infinity] satisfies Value[]) {
      equal(rewardOf(stars, [value]), undefined);
    }
    equal(rewardOf(stars, []), undefined);
    equal(rewardOf(stars, ["good", 5]), 1);
  });

  it("is in [0, 1], does not depend on order unless order is asked for, and flips with the direction", () => {
    const aggregation = fc.constantFrom<Metric["aggregation"]>("first", "last", "mean", "minimum", "maximum");
    const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), {
      minLength: 1,
      maxLength: 9,
    });
    fc.assert(
      fc.property(aggregation, numbers, fc.integer({ min: -9, max: 9 }), fc.integer({ min: 1, max: 99 }), (
        aggregation,
        values,
        lowest,
        width,
      ) => {
        const metric: Metric = { ...stars, aggregation, range: [lowest, lowest + width] };
        const reward = rewardOf(metric, values)!;
        ok(reward >= 0 && reward <= 1);
        const reversed = rewardOf(metric, values.toReversed())!;
        if (aggregation === "mean") ok(Math.abs(reversed - reward) < 1e-12);
        else if (aggregation !== "first" && aggregation !== "last") equal(reversed, reward);
        const opposite = {
          minimum: "maximum",
          maximum: "minimum",
          first: "first",
          last: "last",
          mean: "mean",
        } as const;
        const flipped = rewardOf(
          { ...metric, direction: "minimize", aggregation: opposite[aggregation] },
          values,
        )!;
        ok(Math.abs(1 - flipped - reward) < 1e-12);
      }),
      { seed: 7 },
    );
  });
});
