/** One token of a policy loss, float64. */
export interface OracleToken {
  readonly logProb: number;
  readonly behavior: number;
  readonly advantage: number;
  readonly reference: number;
  /** 1 = learnable. */
  readonly mask: number;
  readonly row: number;
}

/** The loss of PPO's clip (dual where given) with β·k3 to a reference, straight from the formula. */
export function ppoOracle(
  tokens: readonly OracleToken[],
  { low = 0.2, high = 0.2, dual = Infinity, clamp = 20, beta = 0, mode = "token-mean" } = {},
): number {
  const losses = tokens.map(({ logProb, behavior, advantage, reference }) => {
    const ratio = Math.exp(Math.min(Math.max(logProb - behavior, -clamp), clamp));
    const clipped = Math.min(Math.max(ratio, 1 - low), 1 + high);
    let loss = Math.max(-advantage * ratio, -advantage * clipped);
    if (advantage < 0) loss = Math.min(loss, -advantage * dual);
    const d = reference - logProb;
    return loss + beta * (Math.exp(d) - d - 1);
  });
  return aggregateOracle(losses, tokens, mode);
}

/** Aggregation by its definition. */
export function aggregateOracle(
  losses: readonly number[],
  tokens: readonly { readonly mask: number; readonly row: number }[],
  mode: string,
): number {
  const rows = new Map<number, number[]>();
  let longest = 0;
  tokens.forEach(({ mask, row }, t) => {
    longest = Math.max(longest, tokens.filter((other) => other.row === row).length);
    if (mask) rows.set(row, [...rows.get(row) ?? [], losses[t]]);
  });
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
  const mean = (numbers: readonly number[]) => numbers.length ? sum(numbers) / numbers.length : 0;
  const all = [...rows.values()];
  switch (mode) {
    case "token-mean":
      return mean(all.flat());
    case "token-sum":
      return sum(all.flat());
    case "seq-mean-token-sum":
      return mean(all.map(sum));
    case "seq-mean-token-mean":
      return mean(all.map(mean));
    case "seq-mean-token-sum-norm":
      return mean(all.map(sum)) / (longest || 1);
    default:
      throw new Error(mode);
  }
}
