import type { RewardBucket } from "../../store/mod.ts";
import { healthLine } from "./health_line.ts";
import type { AgentStatus } from "./loop_events.ts";

/** Judged steps of the recent mean, and of the early one. */
const RECENT = 500, EARLY = 200;

/** Mean rewards of an agent: of all its judged steps, of the first and of the last. */
export interface RewardCurve {
  /** Takes one judged step. */
  push(reward: number): void;
  /** Forgets everything. */
  clear(): void;
  /** Goes on from what is kept: all judged steps, and the first. */
  goOn(all: readonly RewardBucket[], early: readonly RewardBucket[]): void;
  /** A status with the means and the sentence for people. */
  status(
    known: Omit<AgentStatus, "health" | "meanReward" | "recentReward" | "recentJudgements"> & {
      readonly reason?: string;
    },
  ): AgentStatus;
}

/** See {@linkcode RewardCurve}. */
export function createRewardCurve(): RewardCurve {
  let recent: number[] = [];
  let [count, total, earlyCount, earlyTotal] = [0, 0, 0, 0];
  return {
    push: (reward) => {
      count += 1;
      total += reward;
      if (earlyCount < EARLY) {
        earlyCount += 1;
        earlyTotal += reward;
      }
      recent.push(reward);
      if (recent.length > 2 * RECENT) recent = recent.slice(-RECENT);
    },
    clear: () => {
      [recent, count, total, earlyCount, earlyTotal] = [[], 0, 0, 0, 0];
    },
    goOn: (all, early) => {
      count = all.reduce((sum, { steps }) => sum + steps, 0);
      total = all.reduce((sum, { steps, mean }) => sum + steps * mean, 0);
      earlyCount = early.reduce((sum, { steps }) => sum + steps, 0);
      earlyTotal = early.reduce((sum, { steps, mean }) => sum + steps * mean, 0);
    },
    status: ({ reason, ...known }) => {
      const last = recent.slice(-RECENT);
      const means = {
        meanReward: count === 0 ? 0 : total / count,
        recentReward: last.length === 0 ? 0 : last.reduce((sum, reward) => sum + reward, 0) / last.length,
        recentJudgements: last.length,
      };
      const earlyReward = earlyCount === 0 ? 0 : earlyTotal / earlyCount;
      return { ...known, ...means, health: healthLine({ ...known, ...means, earlyReward, ...(reason && { reason }) }) };
    },
  };
}
