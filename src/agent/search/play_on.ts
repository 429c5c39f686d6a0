import type { Moment } from "./moment.ts";
import type { SearchWorld } from "./open_search_world.ts";
import type { SearchPolicy } from "./search_policy.ts";

/** Longest episode; worlds end theirs themselves. */
const NO_HORIZON = 10_000;

/**
 * Plays from a moment to the end of its episode.
 *
 * @param most Steps at most; the moment where it stops is then not the end.
 */
export function playOn(
  world: SearchWorld,
  { act }: Pick<SearchPolicy, "act">,
  from: Moment,
  most: number = NO_HORIZON,
): Moment {
  let moment = from;
  for (let step = 0; step < most && !moment.ended; step++) moment = world.step(moment, act(moment));
  return moment;
}
