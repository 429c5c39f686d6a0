import type { GateConfiguration } from "../../agent/mod.ts";
import type { JudgedStep } from "../../episode/mod.ts";
import { doublyRobust, ips, normalBounds, type OffPolicyEstimate, pairedDifference } from "../../rl/mod.ts";
import type { Assessment } from "./agent_learner.ts";

/** Largest importance weight of a held-out step: with less chance than 1/20 an action was hardly tried. */
const CLIP = 20;

/** Fewest effective samples that can speak against a candidate. */
const DOUBT = 5;

/** How a candidate does against the published version, with one-sided bounds. */
export interface Difference {
  /** Reward of the candidate minus reward of the published version. */
  readonly mean: number;
  /** It is not lower. */
  readonly lower: number;
  /** It is not higher. */
  readonly upper: number;
  /** Independent samples that this is worth. */
  readonly samples: number;
}

/** What the gate says, why, and the numbers behind it. */
export interface GateDecision {
  /** `pass` and `refuse` are decisions; `wait` asks for more evidence. */
  readonly verdict: "pass" | "refuse" | "wait";
  /** In plain words. */
  readonly reason: string;
  /** For the version's report. */
  readonly report: Readonly<Record<string, number>>;
}

/**
 * Candidate against published version on held-out steps, off-policy: paired, doubly robust where both have estimates.
 * Weights are cut at 20.
 */
export function heldOutDifference(
  steps: readonly JudgedStep[],
  candidate: Assessment,
  published: Assessment,
  confidence: number,
): Difference {
  const logged = {
    propensities: Float64Array.from(steps, ({ step }) => step.propensity),
    rewards: Float64Array.from(steps, ({ reward }) => reward),
  };
  const estimate = ({ probabilities, logged: q, own }: Assessment): OffPolicyEstimate =>
    q && own
      ? doublyRobust({ ...logged, probabilities, logged: q, own }, { clip: CLIP })
      : ips({ ...logged, probabilities }, { clip: CLIP });
  const [ours, theirs] = [estimate(candidate), estimate(published)];
  const { mean, lower, upper } = normalBounds(pairedDifference(ours, theirs), 1, confidence);
  return { mean, lower, upper, samples: Math.min(ours.effectiveSamples, theirs.effectiveSamples) };
}

/** Mean reward of the candidate's own steps minus that of the published version's, both as they were judged. */
export function armDifference(
  canary: readonly number[],
  incumbent: readonly number[],
  confidence: number,
): Difference {
  const ours = normalBounds(Float64Array.from(canary), 1, confidence);
  const theirs = normalBounds(Float64Array.from(incumbent), 1, confidence);
  const mean = ours.mean - theirs.mean;
  // Independent means: their widths add up as squares.
  const width = Math.hypot(ours.upper - ours.mean, theirs.upper - theirs.mean);
  return { mean, lower: mean - width, upper: mean + width, samples: Math.min(canary.length, incumbent.length) };
}

/**
 * Rolling release: may the published version move on to what the candidate's lineage learned? Refused where a
 * difference shows a loss beyond the tolerance. With too little evidence it moves on, and says so, unless that little
 * speaks against it: then it waits.
 */
export function rollingGate(
  gate: GateConfiguration,
  differences: Readonly<Record<string, Difference>>,
  fallenGuard?: string,
): GateDecision {
  const { minimumEffectiveSamples: fewest, tolerance } = gate;
  const all = Object.entries(differences);
  const report = reportOf(differences);
  const say = (verdict: GateDecision["verdict"], reason: string): GateDecision => ({ verdict, reason, report });
  if (fallenGuard !== undefined) return say("refuse", `the guard metric '${fallenGuard}' fell on the canary's share`);
  const loss = all.find(([, { upper, samples }]) => samples >= fewest && upper < -tolerance);
  if (loss) return say("refuse", `${loss[0]} shows a loss: ${inWords(loss[1])}, tolerated ${tolerance}`);
  const doubt = all.find(([, { mean, upper, samples }]) => samples >= DOUBT && mean + (upper - mean) / 2 < -tolerance);
  if (doubt) return say("wait", `${doubt[0]} speaks against it: ${inWords(doubt[1])}`);
  const shown = all.find(([, { lower, samples }]) => samples >= fewest && lower >= -tolerance);
  if (shown) return say("pass", `${shown[0]} shows no loss: ${inWords(shown[1])}`);
  const most = Math.max(0, ...all.map(([, { samples }]) => samples));
  return say(
    "pass",
    most < fewest
      ? `too little evidence (${most.toFixed(0)} effective samples of ${fewest}), none speaks against it`
      : `no evidence of a loss beyond ${tolerance}: ${all.map(([name, one]) => `${name} ${inWords(one)}`).join("; ")}`,
  );
}

/**
 * Trial of a single version on its canary share: promoted when no loss beyond the tolerance is possible, refused
 * when one is certain. What is open after four times the judgements is decided by the mean alone.
 */
export function trialGate(gate: GateConfiguration, difference: Difference, canarySteps: number): GateDecision {
  const report = { ...reportOf({ canary: difference }), canarySteps };
  const words = `${inWords(difference)} over ${canarySteps} judged canary steps`;
  const say = (verdict: GateDecision["verdict"], reason: string): GateDecision => ({ verdict, reason, report });
  if (canarySteps < gate.canaryJudgements) return say("wait", `${canarySteps} of ${gate.canaryJudgements} judged`);
  if (difference.upper < -gate.tolerance) return say("refuse", `worse than published: ${words}`);
  if (difference.lower >= -gate.tolerance) return say("pass", `not worse than published: ${words}`);
  if (canarySteps < 4 * gate.canaryJudgements) return say("wait", `undecided: ${words}`);
  return difference.mean >= 0
    ? say("pass", `undecided for long, but not worse in the mean: ${words}`)
    : say("refuse", `undecided for long, and worse in the mean: ${words}`);
}

function inWords({ mean, lower, upper }: Difference): string {
  const signed = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;
  return Number.isFinite(lower + upper)
    ? `${signed(mean)} reward (${signed(lower)} to ${signed(upper)})`
    : signed(mean);
}

function reportOf(differences: Readonly<Record<string, Difference>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(differences).flatMap(([name, { mean, lower, upper, samples }]) =>
      Number.isFinite(lower + upper)
        ? [[`${name} difference`, mean], [`${name} lower`, lower], [`${name} upper`, upper], [
          `${name} samples`,
          samples,
        ]]
        : [[`${name} samples`, samples]]
    ),
  );
}
