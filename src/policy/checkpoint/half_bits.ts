const number = new Float32Array(1);
const bits = new Uint32Array(number.buffer);

/**
 * The bits of the float16 nearest to a float32, ties to even; a number that is too large becomes infinite.
 *
 * ```text
 * |x| ≥ 2^16        ∞
 * |x| < 2^−14       round(x · 2^24), the subnormal numbers
 * otherwise         the exponent less 112, and the 10 first bits of the fraction, rounded
 * ```
 */
export function toHalf(x: number): number {
  number[0] = x;
  const sign = bits[0] >>> 16 & 0x8000, size = bits[0] & 0x7fffffff;
  if (size > 0x7f800000) return sign | 0x7e00;
  if (size >= 0x47800000) return sign | 0x7c00;
  if (size < 0x38800000) {
    // Adding ½ leaves so many times 2^−24 in the lowest bits, rounded by the adder.
    number[0] = Math.abs(x) + 0.5;
    return sign | (bits[0] - 0x3f000000);
  }
  return sign | (size - (112 << 23) + 0xfff + (size >>> 13 & 1)) >>> 13;
}

/** The number that a float16 is. */
export function fromHalf(half: number): number {
  const exponent = half >>> 10 & 31, fraction = half & 1023, sign = half & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}
