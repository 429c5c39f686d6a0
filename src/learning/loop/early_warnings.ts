import type { AgentStatus } from "./loop_events.ts";
import type { UpdateMetrics } from "./agent_learner.ts";

/** What is done when a warning reaches its second threshold. */
export type WarningAction = "tell" | "rollback" | "freeze";

/** One row of {@linkcode EARLY_WARNINGS}. */
export interface EarlyWarning {
  /** In `UpdateMetrics`. */
  readonly name: string;
  /** Kinds of agents it is about. */
  readonly kinds: readonly AgentStatus["kind"][];
  /** On which side of the thresholds it is bad. */
  readonly bad: "above" | "below";
  /** It is told. */
  readonly warn: number;
  /** It acts. */
  readonly stop?: number;
  /** How: tells, goes back to the published version, or does so and learns no more until told. Default `tell`. */
  readonly act?: WarningAction;
  /** What it means, for people. */
  readonly means: string;
}

const GRADIENTS = ["linear", "transformer"] as const;
const MODELS = ["reward-model"] as const;

/**
 * What shows early that learning goes wrong. Values are smoothed over the last ten updates; a row counts from five on.
 * Learners give what they can; a row without a value says nothing.
 */
export const EARLY_WARNINGS: readonly EarlyWarning[] = [
  {
    name: "advantageStarvation",
    kinds: GRADIENTS,
    bad: "above",
    warn: 0.5,
    stop: 0.8,
    means: "share of steps without an advantage",
  },
  {
    name: "normalizedEntropy",
    kinds: GRADIENTS,
    bad: "below",
    warn: 0.3,
    stop: 0.1,
    act: "rollback",
    means: "entropy of the choices, 1 for even ones",
  },
  {
    name: "gradientNormRatio",
    kinds: GRADIENTS,
    bad: "above",
    warn: 5,
    stop: 10,
    act: "rollback",
    means: "gradient norm against the median of the last 50",
  },
  {
    name: "clipFraction",
    kinds: GRADIENTS,
    bad: "above",
    warn: 0.2,
    stop: 0.4,
    act: "rollback",
    means: "share of clipped tokens",
  },
  {
    name: "approximateKl",
    kinds: GRADIENTS,
    bad: "above",
    warn: 0.02,
    stop: 0.05,
    act: "rollback",
    means: "how far an update moved, nats",
  },
  {
    name: "effectiveSampleShare",
    kinds: GRADIENTS,
    bad: "below",
    warn: 0.5,
    stop: 0.2,
    act: "rollback",
    means: "effective share of the samples",
  },
  {
    name: "cappedShare",
    kinds: GRADIENTS,
    bad: "above",
    warn: 0.05,
    stop: 0.2,
    act: "rollback",
    means: "share of importance weights at their cap",
  },
  {
    name: "stalenessP95",
    kinds: GRADIENTS,
    bad: "above",
    warn: 4,
    stop: 16,
    act: "freeze",
    means: "versions that 95 % of the steps are at most behind",
  },
  {
    name: "explainedVariance",
    kinds: GRADIENTS,
    bad: "below",
    warn: 0.2,
    stop: 0,
    means: "what the value estimates explain of the returns",
  },
  {
    name: "actionLengthRatio",
    kinds: GRADIENTS,
    bad: "above",
    warn: 1.2,
    stop: 1.4,
    act: "rollback",
    means: "mean length of actions against the start",
  },
  {
    name: "nonFinite",
    kinds: GRADIENTS,
    bad: "above",
    warn: 0.05,
    stop: 0.1,
    act: "freeze",
    means: "updates whose gradient was not finite",
  },
  {
    name: "calibrationError",
    kinds: MODELS,
    bad: "above",
    warn: 0.2,
    means: "difference between judged and expected reward",
  },
  { name: "missingShare", kinds: MODELS, bad: "above", warn: 0.9, means: "share of rewards that silence gave" },
  {
    name: "heldOutEffectiveShare",
    kinds: MODELS,
    bad: "below",
    warn: 0.05,
    means: "effective share of the held-out steps",
  },
];

/** A row that was reached. */
export interface RaisedWarning {
  /** The row. */
  readonly row: EarlyWarning;
  /** Which threshold. */
  readonly level: "warn" | "stop";
  /** Smoothed. */
  readonly value: number;
  /** That it passed. */
  readonly threshold: number;
}

/** Watches updates for {@linkcode EARLY_WARNINGS}. */
export interface WarningWatch {
  /** Takes the numbers of one update. @returns Rows that are newly reached, or reached their second threshold. */
  push(metrics: UpdateMetrics): readonly RaisedWarning[];
  /** Forgets everything: the weights are others now. */
  reset(): void;
}

const SMOOTHED = 10, FEWEST = 5;

/** A watch for one kind of agent. Each crossing is told once, and again after the value was good in between. */
export function createWarningWatch(kind: AgentStatus["kind"]): WarningWatch {
  const rows = EARLY_WARNINGS.filter((row) => row.kinds.includes(kind));
  const values = new Map<string, number[]>();
  const told = new Map<string, "warn" | "stop">();
  return {
    push: (metrics) =>
      rows.flatMap((row) => {
        const value = metrics[row.name];
        if (value === undefined) return [];
        const recent = [...values.get(row.name) ?? [], value].slice(-SMOOTHED);
        values.set(row.name, recent);
        const smoothed = recent.reduce((sum, one) => sum + one, 0) / recent.length;
        const level = recent.length < FEWEST ? undefined : levelOf(row, smoothed);
        const before = told.get(row.name);
        if (level) told.set(row.name, level);
        else told.delete(row.name);
        if (!level || level === before || before === "stop") return [];
        return [{ row, level, value: smoothed, threshold: level === "stop" ? row.stop ?? row.warn : row.warn }];
      }),
    reset: () => {
      values.clear();
      told.clear();
    },
  };
}

function levelOf({ bad, warn, stop }: EarlyWarning, value: number): "warn" | "stop" | undefined {
  const passes = (threshold: number): boolean => bad === "above" ? value > threshold : value < threshold;
  // A number that is none is as bad as it gets.
  if (Number.isNaN(value)) return stop === undefined ? "warn" : "stop";
  if (stop !== undefined && passes(stop)) return "stop";
  return passes(warn) ? "warn" : undefined;
}
