/** One answer: its tokens, float64. */
export interface OracleRow {
  readonly logProbs: readonly number[];
  readonly reference: readonly number[];
  /** 1 = learnable. */
  readonly mask: readonly number[];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
/** `1/(1 + e^−x)`. */
export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const ln = Math.log;

/** Sum of `column` over learnable tokens, or its mean. */
function scored(row: OracleRow, column: readonly number[], average: boolean): number {
  const learnable = row.mask.filter(Boolean).length;
  return sum(column.filter((_, t) => row.mask[t])) / (average ? Math.max(learnable, 1) : 1);
}
/** The log-ratio of a row. */
export const logRatio = (row: OracleRow, average: boolean): number =>
  scored(row, row.logProbs, average) - scored(row, row.reference, average);

/** What a pair loss may depend on. */
export interface OracleConstants {
  readonly beta: number;
  readonly margin: number;
  readonly smoothing: number;
  readonly center: number;
  readonly tau: number;
}

/** The loss of one pair by its name, straight from the papers; `u` and `v` are scores before β. */
export const pairOracle: Record<string, (u: number, v: number, constants: OracleConstants) => number> = {
  "logistic": (u, v, { beta, margin, smoothing: e }) => {
    const x = beta * (u - v) - margin;
    return -(1 - e) * ln(sigmoid(x)) - e * ln(sigmoid(-x));
  },
  "robust": (u, v, { beta, margin, smoothing: e }) => {
    const x = beta * (u - v) - margin;
    return (-(1 - e) * ln(sigmoid(x)) + e * ln(sigmoid(-x))) / (1 - 2 * e);
  },
  "hinge": (u, v, { beta, margin }) => Math.max(0, margin - beta * (u - v)),
  "squared": (u, v, { beta, margin }) => (u - v - margin / beta) ** 2,
  "reverse-kl": (u, v, { beta, margin, smoothing: e }) => {
    const p = sigmoid(beta * (u - v) - margin);
    return p * ln(p / (1 - e)) + (1 - p) * ln((1 - p) / e);
  },
  "noise-contrast": (u, v, { beta }) =>
    -ln(sigmoid(beta * u)) - 0.5 * ln(sigmoid(-beta * u)) - 0.5 * ln(sigmoid(-beta * v)),
  "classifier": (u, v, { beta, center }) => -ln(sigmoid(beta * u - center)) - ln(sigmoid(center - beta * v)),
  "squared-each": (u, v, { beta, margin }) => (u - margin / beta) ** 2 + (v + margin / beta) ** 2,
  "anchor-zero": (u, v, { beta }) => 1 - sigmoid(beta * u) + sigmoid(beta * v),
  "anchor-down": (u, v, { beta }) => sigmoid(beta * u) + 1 - sigmoid(beta * (u - v)),
  "blend": (u, v, { beta, margin, tau }) => {
    const x = beta * (u - v) - margin;
    const share = sigmoid(x / tau);
    return -ln(sigmoid(x)) * (1 - share) + Math.exp(-x) * share;
  },
};

/** A row's score from its log-ratio by the name of the form. */
export const formOracle: Record<string, (h: number) => number> = {
  "log-ratio": (h) => h,
  "forward-kl": (h) => -Math.exp(-h),
  "jensen-shannon": (h) => ln(sigmoid(h)),
  "log-odds": (p) => ln(Math.exp(p) / (1 - Math.exp(p))),
};

/** Mean pair loss, without any likelihood term. */
export function preferenceOracle(
  pairs: readonly (readonly [chosen: OracleRow, rejected: OracleRow])[],
  pairLoss: string,
  constants: OracleConstants,
  { form = "log-ratio", average = false } = {},
): number {
  const losses = pairs.map((pair) => {
    const [u, v] = pair.map((row) => formOracle[form](logRatio(row, average)));
    return pairOracle[pairLoss](u, v, constants);
  });
  return sum(losses) / losses.length;
}
