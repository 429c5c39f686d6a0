import type { Arm } from "../episode/mod.ts";
import type { Assignment } from "../store/mod.ts";
import { hashShare } from "./hash_share.ts";

/**
 * Which copy answers an episode, and its version. An episode keeps to its arm for as long as the canary's share stays;
 * a larger share only adds episodes to the canary, so none goes back and forth.
 */
export function armOf(episodeId: string, assignment: Assignment): { readonly arm: Arm; readonly version: number } {
  const { incumbent, canary } = assignment;
  return canary && hashShare(episodeId) < canary.share
    ? { arm: "canary", version: canary.version }
    : { arm: "incumbent", version: incumbent };
}
