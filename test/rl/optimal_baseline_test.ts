import { describe, it } from "@std/testing/bdd";
import { deepEqual, ok, throws } from "node:assert/strict";
import { ShapeError } from "../../src/errors.ts";
import { optimalTokenBaseline, scoreEnergy } from "../../src/rl/mod.ts";

describe("scoreEnergy()", () => {
  it("is the squared length of the gradient of the log-probability by the logits", () => {
    const logits = [0.3, -1, 2];
    const logProb = (z: readonly number[], a: number): number =>
      z[a] - Math.log(z.reduce((sum, x) => sum + Math.exp(x), 0));
    const probabilities = logits.map((_, a) => Math.exp(logProb(logits, a)));
    probabilities.forEach((_, a) => {
      const slopes = logits.map((_, k) => {
        const moved = (by: number): number => logProb(logits.map((x, i) => i === k ? x + by : x), a);
        return (moved(1e-5) - moved(-1e-5)) / 2e-5;
      });
      ok(Math.abs(slopes.reduce((sum, s) => sum + s * s, 0) - scoreEnergy(probabilities, a)) < 1e-8);
    });
  });

  it("is 0 for a certain action, and refuses one that is not there", () => {
    deepEqual([scoreEnergy([1, 0], 0), scoreEnergy([1, 0], 1)], [0, 2]);
    throws(() => scoreEnergy([1], 1), RangeError);
  });
});

describe("optimalTokenBaseline()", () => {
  it("has the least variance of all constant baselines where energies say how long scores are", () => {
    // Decisions of one step: action 0 is likely and good, 2 is rare. E[g] is fixed, so least E[g²] is least variance.
    const probabilities = [0.7, 0.25, 0.05];
    const returns = [1, 0.2, 3];
    const power = (baseline: number): number =>
      probabilities.reduce((sum, p, a) => sum + p * scoreEnergy(probabilities, a) * (returns[a] - baseline) ** 2, 0);
    // A batch with the exact shares: 20 rows.
    const taken = probabilities.flatMap((p, a) => new Array<number>(Math.round(20 * p)).fill(a));
    const advantages = optimalTokenBaseline({
      returns: Float32Array.from(taken, (a) => returns[a]),
      energies: Float32Array.from(taken, (a) => scoreEnergy(probabilities, a)),
      rowLengths: new Uint32Array(20).fill(1),
    });
    const baseline = returns[taken[0]] - advantages[0];
    for (let other = -1; other < 4; other += 0.01) ok(power(baseline) <= power(other) + 1e-9);
    const mean = probabilities.reduce((sum, p, a) => sum + p * returns[a], 0);
    ok(power(baseline) < power(mean));
  });

  it("accumulates energy along a row, counts learnable tokens as positions, and keeps groups apart, by hand", () => {
    const columns = {
      returns: Float32Array.of(4, 9, 2, 0, 0, 5),
      energies: Float32Array.of(1, 9, 1, 3, 1, 1),
      mask: Uint8Array.of(1, 0, 1, 1, 1, 1),
      rowLengths: Uint32Array.of(3, 2, 1),
      groups: Uint32Array.of(0, 0, 1),
    };
    // Position 0 of group 0: (4·1 + 0·3)/4 = 1. Position 1: weights 2 and 4: (2·2 + 0·4)/6 = 2/3. Group 1 is alone.
    const got = optimalTokenBaseline(columns);
    [3, 0, 4 / 3, -1, -2 / 3, 0].forEach((want, t) => ok(Math.abs(got[t] - want) < 1e-6));
    ok(Math.abs(optimalTokenBaseline({ ...columns, energies: new Float32Array(6) })[0] - 2) < 1e-6); // the plain mean
  });

  it("is nothing without tokens, and refuses other lengths", () => {
    const none = new Float32Array(0);
    deepEqual([...optimalTokenBaseline({ returns: none, energies: none, rowLengths: new Uint32Array(0) })], []);
    throws(() => optimalTokenBaseline({ returns: none, energies: new Float32Array(1) }), ShapeError);
  });
});
