import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { deepEqual, ok, throws } from "node:assert/strict";
import { loadKernels } from "../../src/kernels/mod.ts";
import { adafactorOracle, muonOracle } from "../oracles/matrix_optimizers.ts";

const kernels = await loadKernels();
const number = fc.double({ min: -3, max: 3, noNaN: true }).map(Math.fround);
/** A matrix and the gradients of three updates. */
const problem = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })).chain(([rows, columns]) =>
  fc.array(
    fc.array(fc.array(number, { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows }),
    {
      minLength: 4,
      maxLength: 4,
    },
  )
);
const f32 = (matrix: readonly (readonly number[])[]): Float32Array =>
  Float32Array.from(matrix.flatMap((row) => [...row]));
const allNear = (got: Float32Array, want: readonly (readonly number[])[], tolerance: number): void =>
  f32(want).forEach((x, i) =>
    ok(Math.abs(got[i] - x) <= tolerance * (1 + Math.abs(x)), `[${i}] ${got[i]} is not ${x}`)
  );

describe("kernels.adafactor()", () => {
  const options = { learningRate: 0.05, decay: -0.8, epsilon1: 1e-15, epsilon2: 1e-3, clip: 1, weightDecay: 0.1 };
  const update = (p: Float32Array, g: Float32Array, rows: Float32Array, columns: Float32Array, t: number): void =>
    kernels.adafactor(p, g, rows, columns, t, 0.05, -0.8, 1e-15, 1e-3, 1, 0.1, 1, false, false);

  it("agrees with the float64 oracle on matrices", () => {
    fc.assert(fc.property(problem, ([start, ...gradients]) => {
      const p = f32(start);
      const [rows, columns] = [new Float32Array(start.length), new Float32Array(start[0].length)];
      const want = adafactorOracle(start, gradients, options);
      gradients.forEach((g, k) => {
        update(p, f32(g), rows, columns, k + 1);
        allNear(p, want[k], 1e-3);
      });
    }));
  });

  it("does not change when all gradients are multiplied", () => {
    const gradients = Float32Array.of(1, -2, 3, 0.5);
    const run = (factor: number): Float32Array => {
      const [p, rows, columns] = [Float32Array.of(1, 2, 3, 4), new Float32Array(2), new Float32Array(2)];
      for (let t = 1; t < 4; t++) update(p, gradients.map((g) => g * factor), rows, columns, t);
      return p;
    };
    run(1024).forEach((x, i) => ok(Math.abs(x - run(1)[i]) < 1e-5));
  });

  it("refuses shapes that do not fit, and is nothing on nothing", () => {
    const four = new Float32Array(4);
    throws(() => update(four, four, new Float32Array(3), new Float32Array(2), 1), /rows times columns to be 4, got 6/);
    throws(() => update(four, new Float32Array(3), new Float32Array(2), new Float32Array(2), 1), /'gradients'/);
    const none = new Float32Array(0);
    update(none, none, none, none, 1);
  });
});

describe("kernels.muon()", () => {
  const update = (p: Float32Array, g: Float32Array, m: Float32Array, rows: number, nesterov = true): void =>
    kernels.muon(p, g, m, rows, 0.05, 0.9, nesterov, 0.1, false, 1);

  it("agrees with the float64 oracle", () => {
    fc.assert(fc.property(problem, fc.boolean(), ([start, ...gradients], nesterov) => {
      // Where a singular value is 0 to rounding, five times 3.4445 is what rounding is multiplied with.
      const p = f32(start);
      const m = new Float32Array(p.length);
      const want = muonOracle(start, gradients, { learningRate: 0.05, momentum: 0.9, nesterov, weightDecay: 0.1 });
      gradients.forEach((g, k) => {
        update(p, f32(g), m, start.length, nesterov);
        allNear(p, want[k], 1e-3);
      });
    }));
  });

  it("moves by the same whatever the size of the gradients", () => {
    const run = (factor: number): Float32Array => {
      const p = new Float32Array(6);
      update(p, Float32Array.of(1, 2, -1, 0.5, 3, 2).map((g) => g * factor), new Float32Array(6), 2);
      return p;
    };
    run(4096).forEach((x, i) => ok(Math.abs(x - run(1)[i]) < 1e-6));
  });

  it("refuses rows that do not divide the matrix", () => {
    const six = () => new Float32Array(6);
    throws(() => update(six(), six(), six(), 4), /'parameters': expected length 4, got 6/);
    throws(() => update(six(), six(), six(), 0), /'parameters'/);
    throws(() => update(six(), six(), new Float32Array(5), 2), /'m'/);
    const none = new Float32Array(0);
    update(none, none, none, 0);
    deepEqual([...none], []);
  });
});
