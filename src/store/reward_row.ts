import type { JudgedStep, StepRecord } from "../episode/mod.ts";
import type { RewardRow } from "./schema.ts";
import type { KeptEpisode } from "./store.ts";

/** Between entries of a journal and their rows. */
export const rewardRow = {
  /** With the step that it is about. */
  judged(row: RewardRow, step: StepRecord): JudgedStep {
    const { stepId: _, ...entry } = rewardRow.kept(row);
    return { ...entry, step };
  },

  /** With the id of the step only. */
  kept(row: RewardRow): KeptEpisode["rewards"][number] {
    return {
      sequence: row.sequence,
      stepId: row.step_id,
      metric: row.metric,
      reward: row.reward,
      source: row.source as JudgedStep["source"],
      ...(row.correction !== null && { correction: row.correction }),
      settledAt: row.settled_at,
    };
  },
};
