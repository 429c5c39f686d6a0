import type { Kernels } from "./load_kernels.ts";

type Needed = Pick<Kernels, "gemm" | "logNormalizer" | "packedProduct" | "probabilities">;

/** Rows, columns and depth of the test products: every edge of the tiles, and a depth that no unrolling divides. */
const [m, n, k] = [5, 23, 11];

/**
 * Computes what has one known answer, so that a wrong engine is found before it computes anything that matters.
 *
 * Products of small integers are exact in f32; a row alone must have the bits of the same row among others, in every
 * layout; integers that fit a packed format have exact products, at the ends of their range, too; a choice without alternative has log-normalizer `logit / temperature` and probability 1.
 *
 * @throws {Error} If an answer is wrong.
 */
export function selfTest(kernels: Needed): void {
  integerProducts(kernels);
  rowsAloneAndTogether(kernels);
  packedProducts(kernels);
  onlyChoice(kernels);
}

function integerProducts(kernels: Needed): void {
  const a = Float32Array.from({ length: m * k }, (_, i) => (i * 7) % 13 - 6);
  const b = Float32Array.from({ length: k * n }, (_, i) => (i * 5) % 11 - 5);
  const expected = Float32Array.from({ length: m * n }, (_, at) => {
    let sum = 0;
    for (let p = 0; p < k; p++) sum += a[Math.floor(at / n) * k + p] * b[p * n + at % n];
    return sum;
  });
  equal("nn", kernels.gemm("nn", m, n, k, a, b), expected);
  equal("nt", kernels.gemm("nt", m, n, k, a, transposed(b, k, n)), expected);
  equal("tn", kernels.gemm("tn", m, n, k, transposed(a, m, k), b), expected);
  equal("packed", kernels.gemm("packed_nn", m, n, k, a, b), expected);
}

/** Fractions that no f32 holds: a fused and an unfused multiply-add differ on them. */
function rowsAloneAndTogether(kernels: Needed): void {
  const a = Float32Array.from({ length: m * k }, (_, i) => 1 / (i + 1.3));
  const b = Float32Array.from({ length: k * n }, (_, i) => 1 / (7.7 - i));
  const together = kernels.gemm("packed_nn", m, n, k, a, b);
  for (let i = 0; i < m; i++) {
    const expected = together.subarray(i * n, (i + 1) * n);
    for (const kind of ["nn", "packed_nn"]) {
      equal(`${kind}, one row`, kernels.gemm(kind, 1, n, k, a.subarray(i * k, (i + 1) * k), b), expected);
    }
  }
}

/** Each block of 32 begins with the largest number of its format, so its scale is 1. */
function packedProducts(kernels: Needed): void {
  const width = 70;
  const x = Float32Array.from({ length: m * width }, (_, i) => i % width % 32 === 0 ? 127 : i % 3 === 0 ? -127 : 127);
  for (const [format, low, high] of [["e4", -8, 7], ["e7", -63, 63], ["q8", -127, 127]] as const) {
    const w = Float32Array.from(
      { length: n * width },
      (_, i) => i % width % 32 === 0 ? low : i % 5 === 0 ? low : i % 2 === 0 ? high : i % high,
    );
    const expected = Float32Array.from({ length: m * n }, (_, at) => {
      let sum = 0;
      for (let p = 0; p < width; p++) sum += x[Math.floor(at / n) * width + p] * w[at % n * width + p];
      return sum;
    });
    equal(`packed ${format}`, kernels.packedProduct(format, m, n, width, x, w), expected);
    equal(`packed ${format}, one row`, kernels.packedProduct(format, 1, n, width, x.subarray(0, width), w), [
      ...expected.subarray(0, n),
    ]);
  }
}

function onlyChoice(kernels: Needed): void {
  const logits = Float32Array.of(9, 3, NaN, 9, 9);
  const mask = Uint32Array.of(0b00010);
  equal("log-normalizer", [kernels.logNormalizer(logits, mask, 0.5)], [6]);
  equal("softmax", kernels.probabilities(logits, mask, 0.5), [0, 1, 0, 0, 0]);
}

function transposed(x: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from({ length: x.length }, (_, at) => x[(at % rows) * columns + Math.floor(at / rows)]);
}

function equal(what: string, actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  for (let i = 0; i < expected.length; i++) {
    if (actual.length !== expected.length || !Object.is(actual[i] + 0, expected[i] + 0)) {
      throw new Error(`self-test of ${what} failed: element ${i} is ${actual[i]}, not ${expected[i]}`);
    }
  }
}
