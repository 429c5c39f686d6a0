import { createValueTracker, type ValueTracker, type ValueTrackerState } from "../../../rl/mod.ts";
import type { PolicySnapshot } from "../../../policy/mod.ts";

/** Name of the file of a snapshot that holds it. */
const FILE = "learner.json";
/** Gradient norms that a new one is compared with. */
const NORMS = 50;
/** First updates that later ones are compared with. */
const REFERENCE = 5;

/** What a learner knows beside the weights; with them it is all that a resume needs. */
export interface LearnerMemory {
  /** What similar steps were worth. */
  readonly tracker: ValueTracker;
  /** Newest version that a judged step was taken by. */
  newestVersion: number;
  /** Of the last updates, oldest first. */
  gradientNorms: number[];
  /** Mean tokens of an action, in the first updates. */
  actionLengths: number[];
  /** Mean entropy of a choice, in the first updates, nats. */
  entropies: number[];
}

/** The memory that a snapshot holds; an empty one where it comes from elsewhere. */
export function readMemory(snapshot: PolicySnapshot): LearnerMemory {
  const text = snapshot.files.get(FILE);
  const kept = text === undefined ? {} : JSON.parse(text) as Partial<Omit<LearnerMemory, "tracker">> & {
    readonly tracker?: ValueTrackerState;
  };
  return {
    tracker: createValueTracker({}, kept.tracker),
    newestVersion: kept.newestVersion ?? 0,
    gradientNorms: kept.gradientNorms ?? [],
    actionLengths: kept.actionLengths ?? [],
    entropies: kept.entropies ?? [],
  };
}

/** A snapshot with the memory in it. */
export function withMemory(snapshot: PolicySnapshot, { tracker, ...rest }: LearnerMemory): PolicySnapshot {
  const files = new Map(snapshot.files).set(FILE, JSON.stringify({ ...rest, tracker: tracker.state() }) + "\n");
  return { ...snapshot, files };
}

/** Ratios of an update to those before it; they are remembered. A ratio without a reference yet is 1. */
export function compare(
  memory: LearnerMemory,
  now: { readonly gradientNorm: number; readonly actionLength: number; readonly entropy: number },
): { readonly gradientNormRatio: number; readonly actionLengthRatio: number; readonly entropyRatio: number } {
  const sorted = [...memory.gradientNorms].sort((a, b) => a - b);
  const median = sorted[sorted.length >> 1];
  if (Number.isFinite(now.gradientNorm)) {
    memory.gradientNorms = [...memory.gradientNorms, now.gradientNorm].slice(-NORMS);
  }
  memory.actionLengths = [...memory.actionLengths, now.actionLength].slice(0, REFERENCE);
  memory.entropies = [...memory.entropies, now.entropy].slice(0, REFERENCE);
  return {
    gradientNormRatio: median > 0 ? now.gradientNorm / median : 1,
    actionLengthRatio: ratio(now.actionLength, memory.actionLengths),
    entropyRatio: ratio(now.entropy, memory.entropies),
  };
}

function ratio(value: number, reference: readonly number[]): number {
  const mean = reference.reduce((sum, one) => sum + one, 0) / reference.length;
  return mean > 0 ? value / mean : 1;
}
