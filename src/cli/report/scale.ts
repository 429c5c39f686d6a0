/** Maps numbers to places: `from` to `to`, straight between. */
export function linearScale(from: readonly [number, number], to: readonly [number, number]): (value: number) => number {
  const [low, high] = from;
  const span = high - low || 1;
  return (value) => round(to[0] + (value - low) / span * (to[1] - to[0]));
}

/** Moments to mark on an axis of time, in seconds: at most `most`, at round distances. */
export function timeTicks(seconds: number, most: number): number[] {
  const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400];
  const step = steps.find((candidate) => seconds / candidate <= most) ?? Math.ceil(seconds / most);
  return Array.from({ length: Math.floor(seconds / step + 1e-9) + 1 }, (_, i) => i * step);
}

/** At most `most` points, each the mean of its neighbors: thousands of updates do not fit a small picture. */
export function thin(points: readonly (readonly [number, number])[], most: number): (readonly [number, number])[] {
  if (points.length <= most) return [...points];
  return Array.from({ length: most }, (_, i) => {
    const part = points.slice(Math.floor(i * points.length / most), Math.floor((i + 1) * points.length / most));
    const mean = (axis: 0 | 1): number => part.reduce((sum, point) => sum + point[axis], 0) / part.length;
    return [mean(0), mean(1)];
  });
}

/** The `d` of an SVG path through points. */
export function pathThrough(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y], i) => `${i ? "L" : "M"}${x} ${y}`).join("");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
