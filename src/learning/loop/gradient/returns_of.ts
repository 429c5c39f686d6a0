import type { JudgedStep } from "../../../episode/mod.ts";
import { positionOf } from "./intent_of.ts";

/**
 * What each judged step led to, as far as it is judged: its own reward and the discounted ones of later steps of its
 * episode.
 *
 * ```text
 * G_t = Σ_{k ≥ t} γ^(k − t) r_k      k, t: actions before the step; steps without a judgement add nothing
 * ```
 *
 * @param judged Any order; one entry a step.
 * @returns Return by the step's id.
 */
export function returnsOf(judged: readonly JudgedStep[], gamma: number): Map<string, number> {
  const episodes = Map.groupBy(judged, ({ step }) => step.episodeId);
  const returns = new Map<string, number>();
  for (const entries of episodes.values()) {
    const places = entries.map((entry) => ({ entry, position: positionOf(entry.step.turns) }))
      .sort((a, b) => b.position - a.position || (a.entry.step.id < b.entry.step.id ? 1 : -1));
    let total = 0, after = 0;
    for (const { entry: { step, reward }, position } of places) {
      total = reward + total * gamma ** Math.max(0, after - position);
      after = position;
      returns.set(step.id, total);
    }
  }
  return returns;
}
