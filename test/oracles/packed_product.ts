/** Integers and offset of a format's largest number. */
const RANGES = { e4: [-8, 7], e7: [-63, 63], q8: [-127, 127] } as const;

/**
 * `x · Wᵀ` as packed weights and eight-bit activations define it, in float64, and the sums of the products' sizes.
 *
 * x [rows, k], w [n, k]; blocks of 32 along k.
 */
export function packedProduct(
  format: keyof typeof RANGES,
  rows: number,
  n: number,
  k: number,
  x: Float32Array,
  w: Float32Array,
): { readonly values: number[]; readonly sizes: number[] } {
  const a = blocks(x, k, (block) => {
    const most = Math.max(...block.map(Math.abs));
    const inverse = most < 1e-30 ? 0 : Math.fround(127 / most);
    return block.map((v) => roundToEven(Math.fround(v * inverse)) * Math.fround(most / 127));
  });
  const [low, high] = RANGES[format];
  const b = blocks(w, k, (block) => {
    const largest = block.reduce((most, v) => Math.abs(v) > Math.abs(most) ? v : most, 0);
    const scale = half(Math.fround(format === "e4" ? largest / low : Math.abs(largest) / high));
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    return block.map((v) => Math.min(high, Math.max(low, roundToEven(Math.fround(v * inverse)))) * scale);
  });
  const values: number[] = [], sizes: number[] = [];
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < n; j++) {
      let sum = 0, size = 0;
      for (let p = 0; p < k; p++) {
        sum += a[r * k + p] * b[j * k + p];
        size += Math.abs(a[r * k + p] * b[j * k + p]);
      }
      values.push(sum);
      sizes.push(size);
    }
  }
  return { values, sizes };
}

function blocks(x: Float32Array, k: number, round: (block: number[]) => number[]): number[] {
  const out: number[] = [];
  for (let row = 0; row < x.length; row += k) {
    for (let at = 0; at < k; at += 32) out.push(...round([...x.subarray(row + at, row + Math.min(k, at + 32))]));
  }
  return out;
}

function roundToEven(x: number): number {
  const floor = Math.floor(x), rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}

/** The nearest float16, ties to even. */
function half(x: number): number {
  if (x === 0) return 0;
  const step = 2 ** (Math.max(-14, Math.floor(Math.log2(Math.abs(x)))) - 10);
  return roundToEven(x / step) * step;
}
