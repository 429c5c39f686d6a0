import type { Kernels } from "../../kernels/mod.ts";
import { nll, ppoClip, reinforce, stepAdvantages, valueLoss } from "../../rl/mod.ts";

/** One measured figure. */
export interface ObjectiveFigure {
  readonly name: string;
  /** Median of the runs. */
  readonly value: number;
  readonly unit: "ms";
  /** `value` as a share of what it is measured against. */
  readonly ratio: number;
  readonly against: string;
}

const TOKENS = 100_000;
const ROW = 100;

/** Numbers between −1 and 1 that are the same in every run. */
function column(scale: number, shift: number): Float32Array {
  return Float32Array.from({ length: TOKENS }, (_, i) => Math.sin(i * 12.9898 + shift) * scale);
}

function median(run: () => void): number {
  // The engine's optimising compiler works in the background: without a wait the first code it made is measured.
  for (const end = performance.now() + 300; performance.now() < end;) run();
  const times = Array.from({ length: 31 }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[15];
}

/** Times each objective with its gradient over 100,000 tokens against the target of 2 ms. */
export function benchObjectives(kernels: Kernels): ObjectiveFigure[] {
  const logProbs = column(1, 1).map((x) => x - 1.5);
  const behaviorLogProbs = logProbs.map((x, i) => x + 0.2 * Math.sin(i));
  const mask = Uint8Array.from({ length: TOKENS }, (_, i) => i % 7 === 0 ? 0 : 1);
  const rowLengths = new Uint32Array(TOKENS / ROW).fill(ROW);
  const rows = { mask, rowLengths };
  const columns = { logProbs, behaviorLogProbs, advantages: column(1, 3), ...rows };
  const withReference = { ...columns, referenceLogProbs: behaviorLogProbs };
  const [values, returns, oldValues] = [column(1, 4), column(1, 5), column(1, 6)];
  const steps = {
    rewards: returns,
    values,
    stepsPerEpisode: rowLengths,
    terminated: new Uint8Array(rowLengths.length).fill(1),
  };
  const cases: [string, () => void][] = [
    ["ppoClip", () => void ppoClip(kernels, columns)],
    ["ppoClip with KL", () => void ppoClip(kernels, withReference, { klCoefficient: 0.1 })],
    ["reinforce", () => void reinforce(kernels, columns)],
    ["valueLoss", () => void valueLoss(kernels, { values, returns, oldValues, ...rows }, { clipRange: 0.2 })],
    ["nll", () => void nll(kernels, { logProbs, ...rows })],
    ["stepAdvantages", () => void stepAdvantages(kernels, steps, { gamma: 0.99, lambda: 0.95, normalize: true })],
  ];
  return cases.map(([name, run]) => {
    const value = median(run);
    return { name: `${name}, 100,000 tokens`, value, unit: "ms", ratio: value / 2, against: "2 ms" };
  });
}
