import type { PlayedEpisode } from "../learning/mod.ts";
import type { StepColumns } from "../rl/mod.ts";

/** Episodes as the columns that `stepAdvantages` and its relatives read, one episode after the other. */
export function stepColumns(
  episodes: readonly Pick<PlayedEpisode, "decisions" | "rewards" | "terminated" | "bootstrap">[],
): Required<StepColumns> {
  return {
    rewards: Float32Array.from(episodes.flatMap(({ rewards }) => rewards)),
    values: Float32Array.from(episodes.flatMap(({ decisions }) => decisions.map(({ value }) => value))),
    stepsPerEpisode: Uint32Array.from(episodes, ({ decisions }) => decisions.length),
    terminated: Uint8Array.from(episodes, ({ terminated }) => Number(terminated)),
    bootstrap: Float32Array.from(episodes, ({ bootstrap }) => bootstrap),
  };
}
