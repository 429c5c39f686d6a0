/** Agents whose policy learns by gradients: what their steps keep, and how they are seen again. @module */
export { type ActionLimit, type ActionSpace, createActionSpace } from "./action_space.ts";
export { joinDecisions } from "./join_decisions.ts";
export type { PolicyParts } from "./policy_parts.ts";
export { recallStep } from "./recall_step.ts";
export { restorePolicy } from "./restore_policy.ts";
export { readReplay, type StepReplay, writeReplay } from "./step_replay.ts";
export { trajectoriesOf } from "./trajectories_of.ts";
