import { joinDecisions } from "../../../agent/mod.ts";
import type { Trajectory } from "../../../policy/mod.ts";
import type { Sample } from "./collect_samples.ts";

/** A part of an update that is worked on at once. */
export interface Slice {
  /** Of one temperature. */
  readonly trajectories: readonly Trajectory[];
  /** Their steps, in the order of the columns. */
  readonly samples: readonly Sample[];
  /** Place of the first step, and of its first token, in the update's columns. */
  readonly firstStep: number;
  readonly firstToken: number;
  /** Tokens of all actions: the length of the slice's columns. */
  readonly columnTokens: number;
}

/**
 * Lays the steps of an update in order: episode by episode, in the order in which they came, and cuts them into slices of
 * about `sliceTokens` read and written tokens. The cuts depend on the steps alone.
 */
export function cutSlices(samples: readonly Sample[], sliceTokens: number): Slice[] {
  const slices: Slice[] = [];
  let open: { trajectories: Trajectory[]; samples: Sample[]; tokens: number } | undefined;
  let firstStep = 0, firstToken = 0;
  const close = (): void => {
    if (!open) return;
    const columnTokens = open.samples.reduce((sum, { decision }) => sum + decision.tokens.length, 0);
    slices.push({ trajectories: open.trajectories, samples: open.samples, firstStep, firstToken, columnTokens });
    firstStep += open.samples.length;
    firstToken += columnTokens;
    open = undefined;
  };
  for (const episode of Map.groupBy(samples, ({ judged }) => judged.step.episodeId).values()) {
    const ordered = [...episode].sort((a, b) => a.judged.step.id < b.judged.step.id ? -1 : 1);
    let taken = 0;
    for (const trajectory of joinDecisions(ordered)) {
      const own = ordered.slice(taken, taken += trajectory.decisions.length);
      if (open && (open.tokens >= sliceTokens || open.samples[0].temperature !== own[0].temperature)) close();
      open ??= { trajectories: [], samples: [], tokens: 0 };
      open.trajectories.push(trajectory);
      open.samples.push(...own);
      open.tokens += trajectory.decisions.reduce((sum, one) => sum + one.promptTokens.length + one.tokens.length, 0);
    }
  }
  close();
  return slices;
}
