/** Numbers of a drop that is no accident. */
export interface Drop {
  /** Mean reward of the recent steps. */
  readonly recentReward: number;
  /** What it was before. */
  readonly knownReward: number;
  /** What the published model expected of the recent steps. */
  readonly expectedReward: number;
  /** How many steps are recent. */
  readonly steps: number;
  /** How far the recent mean lies below the known one, in standard errors. */
  readonly sigmas: number;
  /** Place in the journal at which the drop began, by the best guess. */
  readonly beganAt: number;
}

/** Watches the judged reward for a drop that neither chance nor the model explains. */
export interface DriftWatch {
  /** Takes one judged step: its place, what it earned, and what the published model had expected of it. */
  push(sequence: number, reward: number, expected: number): void;
  /** The drop that the last steps show, if there is one. */
  drop(): Drop | undefined;
  /** Whether the last `steps` steps earn again what was known before the drop: none of them shows it any more. */
  hasRecovered(drop: Pick<Drop, "knownReward" | "recentReward" | "beganAt">, steps: number): boolean;
  /** Mean reward that is known: of everything in memory. */
  readonly knownReward: number;
  /** Forgets the steps in [from, ∞): they were set aside. */
  forgetFrom(sequence: number): void;
}

/** Lengths of the recent past that are compared, in judged steps: short ones find large drops soon, long ones small. */
const WINDOWS = [48, 96, 192, 384] as const;
/** Judged steps that must be known before anything is called a drop. */
const FEWEST_KNOWN = 200;
/** Steps of the known past; older ones say little about a policy that learns. */
const KNOWN = 1000;
/** Smallest drop in reward that freezes: below it the gate and the model itself are quicker. */
const SMALLEST_DROP = 0.15;

/**
 * Two tests at once, for each window: the reward fell below its long mean, and it fell below what the published model
 * expected. A harder mix of requests fails only the first, since a good model expects less of it; a world that
 * changes in a few places moves both means too little.
 *
 * ```text
 * z = (mean known − mean recent) / √(variance · (1/n recent + 1/n known))        both for r and for r − expected
 * ```
 *
 * The place where a drop began is the maximum of the backward sum `Σ (known − r − drop/2)`: the likeliest change point of
 * a shift between two means.
 */
export function createDriftWatch(sigmas: number): DriftWatch {
  let sequences: number[] = [], rewards: number[] = [], surprises: number[] = [];
  const longest = WINDOWS[WINDOWS.length - 1];

  return {
    get knownReward(): number {
      return meanOf(rewards, 0, rewards.length);
    },
    push: (sequence, reward, expected) => {
      sequences.push(sequence);
      rewards.push(reward);
      surprises.push(reward - expected);
      if (rewards.length < 2 * (KNOWN + longest)) return;
      [sequences, rewards, surprises] = [sequences, rewards, surprises].map((all) => all.slice(-(KNOWN + longest)));
    },
    drop: () => {
      for (const steps of WINDOWS) {
        const start = rewards.length - steps;
        if (start < FEWEST_KNOWN) return undefined;
        const known = Math.max(0, start - KNOWN);
        const byReward = shift(rewards, known, start), bySurprise = shift(surprises, known, start);
        if (byReward.drop < SMALLEST_DROP || Math.min(byReward.sigmas, bySurprise.sigmas) < sigmas) continue;
        const recentReward = meanOf(rewards, start, rewards.length);
        return {
          ...{ recentReward, knownReward: recentReward + byReward.drop, steps, sigmas: byReward.sigmas },
          expectedReward: recentReward - meanOf(surprises, start, surprises.length),
          beganAt: sequences[changePoint(rewards, known, recentReward + byReward.drop, byReward.drop)],
        };
      }
      return undefined;
    },
    hasRecovered: (drop, steps) => {
      const start = rewards.length - steps;
      if (start < 0 || sequences[start] < drop.beganAt) return false;
      // Halfway between the two would be a coin's throw; a third of the way down is clearly the old level.
      const enough = drop.knownReward - (drop.knownReward - drop.recentReward) / 3;
      const parts = [0, 1, 2, 3].map((part) =>
        meanOf(rewards, start + steps * part / 4, start + steps * (part + 1) / 4)
      );
      return parts.every((mean) => mean >= enough);
    },
    forgetFrom: (sequence) => {
      const kept = sequences.findIndex((one) => one >= sequence);
      if (kept < 0) return;
      [sequences, rewards, surprises] = [sequences, rewards, surprises].map((all) => all.slice(0, kept));
    },
  };
}

/** How far the mean of [start, end) lies below that of [known, start), and how sure that is. */
function shift(
  values: readonly number[],
  known: number,
  start: number,
): { readonly drop: number; readonly sigmas: number } {
  const [before, after] = [meanOf(values, known, start), meanOf(values, start, values.length)];
  let squares = 0;
  for (let i = known; i < start; i++) squares += (values[i] - before) ** 2;
  // At least that of a judgement that is wrong once in fifty: a flawless past is no proof of a flawless future.
  const variance = Math.max(squares / (start - known - 1), 0.02);
  const error = Math.sqrt(variance * (1 / (values.length - start) + 1 / (start - known)));
  return { drop: before - after, sigmas: (before - after) / error };
}

/** Index from which on the rewards lie lower, most likely. */
function changePoint(rewards: readonly number[], from: number, known: number, drop: number): number {
  let [sum, highest, at] = [0, -Infinity, rewards.length - 1];
  for (let i = rewards.length - 1; i >= from; i--) {
    sum += known - rewards[i] - drop / 2;
    if (sum >= highest) [highest, at] = [sum, i];
  }
  return at;
}

function meanOf(values: readonly number[], from: number, to: number): number {
  const [first, last] = [Math.floor(from), Math.floor(to)];
  let sum = 0;
  for (let i = first; i < last; i++) sum += values[i];
  return last > first ? sum / (last - first) : 0;
}
