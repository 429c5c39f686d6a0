/** How much memory a program held after so many requests. */
export interface MemorySample {
  readonly requests: number;
  readonly bytes: number;
}

/**
 * Bytes that memory grows by with each request: the least-squares line through the samples.
 *
 * ```text
 * slope = Σ (xᵢ − x̄)(yᵢ − ȳ) / Σ (xᵢ − x̄)²
 * ```
 *
 * @param samples At least two, after different numbers of requests.
 * @throws {RangeError} If there are fewer.
 */
export function memorySlope(samples: readonly MemorySample[]): number {
  const mean = (of: (sample: MemorySample) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const [x, y] = [mean(({ requests }) => requests), mean(({ bytes }) => bytes)];
  const squares = samples.reduce((sum, { requests }) => sum + (requests - x) ** 2, 0);
  if (!(squares > 0)) throw new RangeError(`Cannot fit a slope: ${samples.length} samples at one place`);
  return samples.reduce((sum, { requests, bytes }) => sum + (requests - x) * (bytes - y), 0) / squares;
}
