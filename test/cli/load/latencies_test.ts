import { describe, it } from "@std/testing/bdd";
import { equal, ok } from "node:assert/strict";
import { latencies } from "../../../src/cli/load/latencies.ts";

describe("latencies()", () => {
  it("tells percentiles to within two percent, and the largest exactly", () => {
    const collected = latencies();
    for (let i = 1; i <= 10_000; i++) collected.add(i / 100);
    for (const share of [0.01, 0.5, 0.99]) ok(Math.abs(collected.at(share) / (100 * share) - 1) < 0.021);
    equal(collected.largest, 100);
    equal(collected.at(1), 100);
    equal(collected.count, 10_000);
  });

  it("is 0 when nothing was measured", () => equal(latencies().at(0.99), 0));
});
