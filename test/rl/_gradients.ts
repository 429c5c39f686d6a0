import { equal, ok } from "node:assert/strict";

/** `|got − want| ≤ tolerance·(1 + |want|)`, or both NaN. */
export function near(got: number, want: number, tolerance = 1e-4, what = ""): void {
  const close = Math.abs(got - want) <= tolerance * (1 + Math.abs(want)) || Object.is(got, want);
  ok(close, `${what} ${got} is not near ${want}`);
}

/** Each of `got` near its `want`. */
export function allNear(got: ArrayLike<number>, want: ArrayLike<number>, tolerance = 1e-4, what = ""): void {
  equal(got.length, want.length, what);
  Array.from(want, (value, i) => near(got[i], value, tolerance, `${what}[${i}]`));
}

/** The gradient is what central differences of the loss give, at every place; steps are powers of two, exact in float32. */
export function isGradient(
  at: Float32Array,
  gradient: Float32Array,
  loss: (moved: Float32Array) => number,
  tolerance = 1e-3,
  what = "",
): void {
  const step = 1 / 256;
  const differences = Array.from(at, (x, i) => {
    const moved = (by: number) => loss(at.with(i, x + by));
    return (moved(step) - moved(-step)) / (2 * step);
  });
  allNear(gradient, differences, tolerance, what);
}
