import type { Kernels } from "../kernels/mod.ts";
import type { TrainConfiguration } from "./configuration.ts";
import type { Crew } from "./crew.ts";
import { creditSteps } from "./credit.ts";
import type { EpisodeEvent } from "./events.ts";
import { play } from "./play.ts";

/** Episodes kept to read, before and after reinforcement: the same held-out tasks. */
const EPISODES = 6;

/** Plays a few held-out tasks and tells them step by step, with the value and the advantage of each. */
export async function readableEpisodes(
  crew: Crew,
  kernels: Kernels,
  configuration: TrainConfiguration,
  when: "before" | "after",
): Promise<EpisodeEvent[]> {
  const played = await play(crew, configuration.seed, {
    actor: "policy",
    split: "validation",
    first: 0,
    episodes: EPISODES,
    shards: crew.size,
    temperature: configuration.evaluation.temperature,
    report: true,
  });
  const credits = creditSteps(kernels, played, configuration.reinforcement);
  return played.flatMap(({ episodes, values }, shard) => {
    let step = 0;
    return episodes!.map(({ seed, success, decisions, rewards, turns }): EpisodeEvent => ({
      event: "episode",
      when,
      seed,
      success,
      steps: decisions.map(({ text }, index) => ({
        observation: turns[index].map((turn) => turn.text).join("\n"),
        action: text,
        reward: rewards[index],
        value: values[step],
        advantage: credits[shard].advantages[step++],
      })),
    }));
  });
}
