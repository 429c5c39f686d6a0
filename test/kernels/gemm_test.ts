import { describe, it } from "@std/testing/bdd";
import { deepEqual, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import { type Kernels, loadKernels } from "../../src/kernels/mod.ts";

const KINDS = ["nn", "nt", "tn", "packed_nn", "packed_nt"] as const;
type Kind = (typeof KINDS)[number];
type Shape = readonly [m: number, n: number, k: number];

function numbers(count: number, seed: number): Float32Array {
  let state = seed | 1;
  return Float32Array.from({ length: count }, () => {
    state = Math.imul(state ^ state >>> 15, 0x2c1b3c6d) + 0x9e3779b9 | 0;
    return (state >>> 8) / 2 ** 23 - 1;
  });
}

function transposed(x: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from({ length: x.length }, (_, at) => x[(at % rows) * columns + Math.floor(at / rows)]);
}

/** The product of `a[m,k]` and `b[k,n]`, brought into the layout that `kind` wants. */
function product(kernels: Kernels, kind: Kind, [m, n, k]: Shape, a: Float32Array, b: Float32Array): Float32Array {
  return kernels.gemm(
    kind,
    m,
    n,
    k,
    kind === "tn" ? transposed(a, m, k) : a,
    kind.endsWith("nt") ? transposed(b, k, n) : b,
  );
}

function bits(x: Float32Array): Uint32Array {
  return new Uint32Array(x.buffer, x.byteOffset, x.length);
}

/** The sum and the sum of magnitudes of one element, in f64. */
function exact([, n, k]: Shape, a: Float32Array, b: Float32Array, i: number, j: number): [number, number] {
  let [sum, size] = [0, 0];
  for (let p = 0; p < k; p++) {
    const term = a[i * k + p] * b[p * n + j];
    sum += term;
    size += Math.abs(term);
  }
  return [sum, size];
}

const dimension = fc.oneof(fc.integer({ min: 0, max: 70 }), fc.constantFrom(1, 3, 4, 12, 36, 128, 257));

for (const instructionSet of ["relaxed", "simd128"] as const) {
  const kernels = await loadKernels({ instructionSet });

  describe(`gemm() on ${instructionSet}`, () => {
    it("multiplies two matrices by hand", () => {
      // [1 2; 3 4] · [5 6; 7 8] = [1·5+2·7 1·6+2·8; 3·5+4·7 3·6+4·8]
      const [a, b] = [Float32Array.of(1, 2, 3, 4), Float32Array.of(5, 6, 7, 8)];
      for (const kind of KINDS) {
        deepEqual(product(kernels, kind, [2, 2, 2], a, b), Float32Array.of(19, 22, 43, 50), kind);
      }
    });

    it("is near the product in f64 for any shape, with the same bits in every layout", () => {
      fc.assert(
        fc.property(dimension, dimension, dimension, fc.integer(), (m, n, k, seed) => {
          const shape = [m, n, k] as const;
          const [a, b] = [numbers(m * k, seed), numbers(k * n, seed + 1)];
          const c = product(kernels, "nn", shape, a, b);
          for (let at = 0; at < m * n; at += 1 + at % 5) {
            const [sum, size] = exact(shape, a, b, Math.floor(at / n), at % n);
            ok(Math.abs(c[at] - sum) <= size * (k + 1) * 2 ** -24, `element ${at}: ${c[at]}, exact ${sum}`);
          }
          for (const kind of KINDS) deepEqual(bits(product(kernels, kind, shape, a, b)), bits(c), kind);
        }),
        { numRuns: 60 },
      );
    });

    it("gives a row the same bits alone and among others", () => {
      const [m, n, k] = [37, 101, 300];
      const [a, b] = [numbers(m * k, 1), numbers(k * n, 2)];
      const all = product(kernels, "nn", [m, n, k], a, b);
      for (const kind of KINDS) {
        for (const count of [1, 2, 3, 4, 5, 8, 17]) {
          const first = m - count;
          const rows = product(kernels, kind, [count, n, k], a.subarray(first * k), b);
          deepEqual(bits(rows), bits(all.subarray(first * n)), `${kind}, ${count} rows`);
        }
      }
    });

    it("adds to C in the same chain when C is given", () => {
      const [m, n, k, half] = [7, 19, 24, 10];
      const [a, b] = [numbers(m * k, 3), numbers(k * n, 4)];
      const columns = (from: number, to: number): Float32Array =>
        Float32Array.from(
          { length: m * (to - from) },
          (_, at) => a[Math.floor(at / (to - from)) * k + from + at % (to - from)],
        );
      const first = kernels.gemm("nn", m, n, half, columns(0, half), b.subarray(0, half * n));
      const both = kernels.gemm("nn", m, n, k - half, columns(half, k), b.subarray(half * n), first);
      deepEqual(bits(both), bits(kernels.gemm("nn", m, n, k, a, b)));
    });

    it("throws when sizes or the kind do not fit, and works on", () => {
      const four = new Float32Array(4);
      throws(() => kernels.gemm("nn", 2, 2, 3, four, four), /matrix A: expected 2 x 3 = 6 elements, got 4/);
      throws(() => kernels.gemm("nt", 2, 3, 2, four, four), /matrix B: expected 3 x 2/);
      throws(() => kernels.gemm("nn", 2, 2, 2, four, four, new Float32Array(5)), /matrix C/);
      throws(() => kernels.gemm("no", 2, 2, 2, four, four), /unknown kind 'no'/);
      throws(() => kernels.gemm("nn", 65536, 65536, 0, new Float32Array(), new Float32Array()), /too many/);
      throws(() => new kernels.GemmBench("nn", 65536, 65536, 65536), /too many/);
      deepEqual(kernels.gemm("nn", 2, 2, 2, four, four), four);
    });
  });

  describe(`GemmBench on ${instructionSet}`, () => {
    it("runs the same product for every kind of B", () => {
      using plain = new kernels.GemmBench("nn", 6, 40, 30);
      using packed = new kernels.GemmBench("packed_nn", 6, 40, 30);
      ok(plain.run(1) === packed.run(3) && plain.run(1) !== 0);
      deepEqual(bits(plain.result()), bits(packed.result()));
    });
  });
}
