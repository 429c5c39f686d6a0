import type { Arm, StepRecord } from "../episode/mod.ts";
import { floatColumn } from "./float_column.ts";
import type { StepRow } from "./schema.ts";

/** Between {@linkcode StepRecord} and its row; candidates stand in a table of their own. */
export const stepRow = {
  /** @param settleAt When the next of its windows closes that something must be done about. */
  of(step: StepRecord, candidatesHash: string | null, settleAt: number | null): StepRow {
    return {
      id: step.id,
      episode_id: step.episodeId,
      agent: step.agent,
      policy_version: step.policyVersion,
      arm: step.arm,
      created_at: step.createdAt,
      turns: JSON.stringify(step.turns),
      candidates_hash: candidatesHash,
      action: step.action,
      choice: step.choice ?? null,
      propensity: step.propensity,
      probabilities: step.probabilities === undefined ? null : floatColumn.of(step.probabilities),
      seed: step.seed,
      value: step.value ?? null,
      replay: step.replay === undefined ? null : JSON.stringify(step.replay),
      shadow_action: step.shadowAction ?? null,
      settle_at: settleAt,
    };
  },

  /** @param lists Candidates by hash. */
  read(row: StepRow, lists: ReadonlyMap<string, readonly string[]>): StepRecord {
    return {
      id: row.id,
      episodeId: row.episode_id,
      agent: row.agent,
      policyVersion: row.policy_version,
      arm: row.arm as Arm,
      createdAt: row.created_at,
      turns: JSON.parse(row.turns),
      ...(row.candidates_hash !== null && { candidates: lists.get(row.candidates_hash)! }),
      action: row.action,
      ...(row.choice !== null && { choice: row.choice }),
      propensity: row.propensity,
      ...(row.probabilities !== null && { probabilities: floatColumn.read(row.probabilities) }),
      seed: row.seed,
      ...(row.value !== null && { value: row.value }),
      ...(row.replay !== null && { replay: JSON.parse(row.replay) }),
      ...(row.shadow_action !== null && { shadowAction: row.shadow_action }),
    };
  },
};
