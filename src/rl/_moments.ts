/** Mean and sample variance (over n − 1) of a column; 0 where there are too few values. */
export function momentsOf(values: Float64Array): { readonly mean: number; readonly variance: number } {
  const n = values.length;
  const mean = n === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: squares / Math.max(1, n - 1) };
}

/** Width of the interval that the values themselves lie in. */
export function observedRange(values: Float64Array): number {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return values.length === 0 ? 0 : most - least;
}
