import { describe, it } from "@std/testing/bdd";
import { equal, ok, throws } from "node:assert/strict";
import { memorySlope } from "../../../src/cli/load/memory_slope.ts";

describe("memorySlope()", () => {
  it("is the bytes that each request leaves behind", () => {
    // x̄ = 2, ȳ = 4: ((−1)(−3) + 0 + (1)(3)) / (1 + 0 + 1) = 3.
    equal(memorySlope([{ requests: 1, bytes: 1 }, { requests: 2, bytes: 4 }, { requests: 3, bytes: 7 }]), 3);
    equal(memorySlope([{ requests: 1, bytes: 9 }, { requests: 7, bytes: 9 }]), 0);
  });

  it("tells a leak from what comes and goes", () => {
    const samples = (leak: number): { requests: number; bytes: number }[] =>
      Array.from({ length: 5 }, (_, i) => ({
        requests: 2000 * (i + 1),
        bytes: 1.5e8 + leak * 2000 * i + 5e5 * (i % 2),
      }));
    ok(Math.abs(memorySlope(samples(0))) < 100, `${memorySlope(samples(0))}`);
    ok(memorySlope(samples(2048)) > 1900, `${memorySlope(samples(2048))}`);
  });

  it("needs two places", () => {
    throws(() => memorySlope([{ requests: 5, bytes: 1 }, { requests: 5, bytes: 2 }]), /2 samples at one place/);
    throws(() => memorySlope([]), RangeError);
  });
});
