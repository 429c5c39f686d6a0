import type { Store } from "../../store/mod.ts";

/** What became of judgements that a service had acknowledged. */
export interface Verification {
  readonly acknowledged: number;
  /** Acknowledged, but not kept, or kept with another value. */
  readonly lost: number;
  /** Kept or rewarded more than once. */
  readonly doubled: number;
  /** Kept without an acknowledgement having arrived: the answer was under way when the process died. */
  readonly unanswered: number;
  /** Decisions kept. */
  readonly steps: number;
}

/** Compares what clients were told with what a store holds. @param acknowledged Value of each judged step, by its id. */
export async function verifyAcknowledged(
  store: Store,
  acknowledged: ReadonlyMap<string, boolean>,
): Promise<Verification> {
  let [kept, doubled, unanswered, steps] = [0, 0, 0, 0];
  for await (const episode of store.episodes.all()) {
    steps += episode.steps.length;
    for (const { id } of episode.steps) {
      const judgements = episode.feedback.filter(({ stepId }) => stepId === id);
      const rewards = episode.rewards.filter(({ stepId }) => stepId === id);
      if (judgements.length > 1 || rewards.length > 1) doubled++;
      const told = acknowledged.get(id);
      if (told === undefined) unanswered += judgements.length > 0 ? 1 : 0;
      else if (
        judgements.some(({ value }) => value === told) && rewards.some(({ reward }) => reward === Number(told))
      ) {
        kept++;
      }
    }
  }
  return { acknowledged: acknowledged.size, lost: acknowledged.size - kept, doubled, unanswered, steps };
}
