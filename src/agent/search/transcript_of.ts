import type { Transcript } from "../../episode/mod.ts";
import type { Moment } from "./moment.ts";

/** What led to a moment, to learn from. */
export function transcriptOf({ seed, success, rewards, steps }: Moment): Transcript {
  return { task: seed, success, total: rewards.reduce((sum, reward) => sum + reward, 0), steps };
}
