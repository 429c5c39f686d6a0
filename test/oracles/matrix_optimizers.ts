type Matrix = readonly (readonly number[])[];
const map = (x: Matrix, f: (value: number, i: number, j: number) => number): number[][] =>
  x.map((row, i) => row.map((value, j) => f(value, i, j)));
const flat = (x: Matrix): number[] => x.flatMap((row) => [...row]);
const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
const rms = (x: Matrix): number => Math.sqrt(mean(flat(x).map((value) => value * value)));
const times = (a: Matrix, b: Matrix): number[][] =>
  a.map((row) => b[0].map((_, j) => row.reduce((sum, x, k) => sum + x * b[k][j], 0)));
const turned = (a: Matrix): number[][] => a[0].map((_, j) => a.map((row) => row[j]));

/** Adafactor in PyTorch's form on one matrix, in float64: parameters after each update. */
export function adafactorOracle(
  start: Matrix,
  gradients: readonly Matrix[],
  o: { learningRate: number; decay: number; epsilon1: number; epsilon2: number; clip: number; weightDecay: number },
): number[][][] {
  let [p, rows, columns] = [map(start, (x) => x), start.map(() => 0), start[0].map(() => 0)];
  return gradients.map((g, update) => {
    const t = update + 1;
    const k = t ** o.decay;
    rows = rows.map((old, i) => (1 - k) * old + k * mean(g[i].map((x) => x * x)));
    columns = columns.map((old, j) => (1 - k) * old + k * mean(g.map((row) => row[j] ** 2)));
    const size = Math.max(mean(rows), o.epsilon1);
    const u = map(g, (x, i, j) => x / Math.sqrt(Math.max(rows[i] * columns[j] / size, o.epsilon1 ** 2)));
    const rate = Math.max(o.epsilon2, rms(p)) * Math.min(o.learningRate, 1 / Math.sqrt(t));
    const bound = Math.max(1, rms(u) / o.clip);
    p = map(p, (x, i, j) => x * (1 - o.learningRate * o.weightDecay) - rate * u[i][j] / bound);
    return p;
  });
}

/** Muon on one matrix, in float64: parameters after each update. */
export function muonOracle(
  start: Matrix,
  gradients: readonly Matrix[],
  o: { learningRate: number; momentum: number; nesterov: boolean; weightDecay: number },
): number[][][] {
  let [p, m] = [map(start, (x) => x), map(start, () => 0)];
  const [rows, columns] = [start.length, start[0].length];
  return gradients.map((g) => {
    m = map(m, (x, i, j) => o.momentum * x + (1 - o.momentum) * g[i][j]);
    const u = o.nesterov ? map(m, (x, i, j) => o.momentum * x + (1 - o.momentum) * g[i][j]) : m;
    const norm = Math.max(Math.sqrt(flat(u).reduce((sum, x) => sum + x * x, 0)), 1e-7);
    let x = map(rows > columns ? turned(u) : u, (value) => value / norm);
    for (let k = 0; k < 5; k++) {
      const gram = times(x, turned(x));
      const square = times(gram, gram);
      const moved = times(map(gram, (value, i, j) => -4.775 * value + 2.0315 * square[i][j]), x);
      x = map(x, (value, i, j) => 3.4445 * value + moved[i][j]);
    }
    const step = rows > columns ? turned(x) : x;
    const rate = o.learningRate * Math.sqrt(Math.max(1, rows / columns));
    p = map(p, (value, i, j) => value * (1 - o.learningRate * o.weightDecay) - rate * step[i][j]);
    return p;
  });
}
