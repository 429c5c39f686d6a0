import type { Feedback, FeedbackStatus } from "../episode/mod.ts";
import type { FeedbackRow } from "./schema.ts";
import type { KeptFeedback } from "./store.ts";

/** Between {@linkcode Feedback} and its row. */
export const feedbackRow = {
  /** @param dueAt When it becomes an orphan, while it is early. */
  of(feedback: Feedback, status: FeedbackStatus, dueAt: number | null): FeedbackRow {
    return {
      id: feedback.id,
      agent: feedback.agent,
      key: feedback.key,
      metric: feedback.metric,
      episode_id: feedback.episodeId,
      step_id: feedback.stepId ?? null,
      value: JSON.stringify(feedback.value),
      author: feedback.author,
      received_at: feedback.receivedAt,
      status,
      due_at: dueAt,
    };
  },

  /** As it came in, and what became of it. */
  read(row: FeedbackRow): KeptFeedback & { readonly status: FeedbackStatus } {
    return {
      id: row.id,
      key: row.key,
      agent: row.agent,
      metric: row.metric,
      episodeId: row.episode_id,
      ...(row.step_id !== null && { stepId: row.step_id }),
      value: JSON.parse(row.value),
      author: row.author,
      receivedAt: row.received_at,
      status: row.status as FeedbackStatus,
    };
  },
};
