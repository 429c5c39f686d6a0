/** x of `a·x = b` by Gauss–Jordan elimination with pivoting. */
export function solveOracle(a: readonly (readonly number[])[], b: readonly number[]): number[] {
  const rows = a.map((row, i) => [...row, b[i]]);
  for (let column = 0; column < b.length; column++) {
    let best = column;
    for (let i = column; i < b.length; i++) if (Math.abs(rows[i][column]) > Math.abs(rows[best][column])) best = i;
    [rows[column], rows[best]] = [rows[best], rows[column]];
    for (let i = 0; i < b.length; i++) {
      if (i === column) continue;
      const factor = rows[i][column] / rows[column][column];
      rows[i] = rows[i].map((value, j) => value - factor * rows[column][j]);
    }
  }
  return rows.map((row, i) => row[b.length] / row[i]);
}

/** Ridge regression of one action from all its rounds at once: A and b of its normal equations. */
export function ridgeOracle(
  rounds: readonly { readonly context: readonly number[]; readonly reward: number }[],
  features: number,
  ridge: number,
): { readonly a: number[][]; readonly b: number[] } {
  const a = Array.from(
    { length: features },
    (_, i) =>
      Array.from(
        { length: features },
        (_, j) => rounds.reduce((sum, { context }) => sum + context[i] * context[j], i === j ? ridge : 0),
      ),
  );
  const b = Array.from(
    { length: features },
    (_, i) => rounds.reduce((sum, { context, reward }) => sum + reward * context[i], 0),
  );
  return { a, b };
}
