/** Maps numbers to places, straight between. */
export function scale([low, high], [from, to]) {
  const span = high - low || 1;
  return (value) => Math.round((from + (value - low) / span * (to - from)) * 10) / 10;
}

/** Round numbers in [low, high], at most `most`. */
export function ticks(low, high, most) {
  const rough = Math.max((high - low) / most, 1e-9);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.max(0, Math.floor(high / step + 1e-9) - first + 1) }, (_, i) => (first + i) * step);
}

/** Moments in [low, high] at distances that people count time in, at most `most`. */
export function timeTicks(low, high, most) {
  const seconds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 43200, 86400];
  const step = 1000 * (seconds.find((step) => (high - low) / 1000 / step <= most) ?? (high - low) / 1000 / most);
  return Array.from(
    { length: Math.floor(high / step) - Math.ceil(low / step) + 1 },
    (_, i) => (Math.ceil(low / step) + i) * step,
  );
}

/** The `d` of a path through points. */
export function through(points) {
  return points.map(([x, y], i) => `${i ? "L" : "M"}${x} ${y}`).join("");
}
