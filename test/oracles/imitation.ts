/** Softmax of one row, float64; −∞ has probability 0. */
export function softmax(logits: readonly number[], temperature = 1): number[] {
  const largest = Math.max(...logits);
  const terms = logits.map((z) => Math.exp((z - largest) / temperature));
  const sum = terms.reduce((a, b) => a + b, 0);
  return terms.map((term) => term / sum);
}

/** KL(p‖q), where a probability of 0 adds nothing. */
export const kl = (p: readonly number[], q: readonly number[]): number =>
  p.reduce((sum, x, v) => sum + (x === 0 ? 0 : x * Math.log(x / q[v])), 0);

/** Generalised Jensen–Shannon divergence of one token, from the definition. */
export function divergenceOracle(student: readonly number[], teacher: readonly number[], beta: number): number {
  if (beta === 0) return kl(teacher, student);
  if (beta === 1) return kl(student, teacher);
  const mixture = student.map((s, v) => (1 - beta) * s + beta * teacher[v]);
  return beta * kl(teacher, mixture) + (1 - beta) * kl(student, mixture);
}

/** Unlikelihood of each token of one row: likelihood of targets, α on the distinct earlier ones, wanted or not. */
export function unlikelihoodOracle(
  logits: readonly (readonly number[])[],
  targets: readonly number[],
  unwanted: readonly number[],
  alpha: number,
  floor: number,
): number[] {
  return targets.map((target, t) => {
    const p = softmax(logits[t]);
    const push = (c: number) => -Math.log(Math.max(1 - p[c], floor));
    if (unwanted[t]) return push(target);
    const earlier = [...new Set(targets.slice(0, t))].filter((c) => c !== target);
    return -Math.log(p[target]) + alpha * earlier.reduce((sum, c) => sum + push(c), 0);
  });
}

/** Ratio of each token by its level, before any bound. */
export function ratioOracle(gaps: readonly number[], mask: readonly number[], level: string): number[] {
  const learnable = gaps.filter((_, t) => mask[t]);
  const sum = learnable.reduce((a, b) => a + b, 0);
  const whole = { token: NaN, sequence: sum, geometric: sum / learnable.length }[level]!;
  return gaps.map((gap, t) => mask[t] ? Math.exp(level === "token" ? gap : whole) : 0);
}
