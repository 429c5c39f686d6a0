/** Trying before acting, in worlds that can be put back. @module */
export type { Moment } from "./moment.ts";
export { returnOf } from "./return_of.ts";
export { transcriptOf } from "./transcript_of.ts";
export { turnsOf } from "./turns_of.ts";
export { openSearchWorld, type SearchWorld, type SearchWorldOptions } from "./open_search_world.ts";
export { type Proposal, type SearchPolicy, searchPolicy, type SearchPolicyOptions } from "./search_policy.ts";
export { playOn } from "./play_on.ts";
export { type BranchColumns, puct } from "./puct.ts";
export { ucb } from "./ucb.ts";
export { mcts, type MctsOptions, type SearchNode, type SearchTree } from "./mcts.ts";
export { type Beam, beamSearch, type BeamSearchOptions, type BeamSearchResult } from "./beam_search.ts";
export { type BestOf, bestOf, type BestOfOptions } from "./best_of.ts";
export { branch, type Branching, type BranchOptions } from "./branch.ts";
export { type DepthFirst, depthFirst, type DepthFirstOptions } from "./depth_first.ts";
export { refine, type Refined, type RefineOptions } from "./refine.ts";
export {
  type ContinuationAdvantages,
  continuationAdvantages,
  type ContinuationOptions,
} from "./continuation_advantages.ts";
export { type Attempts, tryAgain, type TryAgainOptions } from "./try_again.ts";
