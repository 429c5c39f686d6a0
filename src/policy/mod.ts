/** What chooses. @module */
export type {
  Context,
  Decision,
  DecisionRequest,
  EvaluateOptions,
  Evaluation,
  EvaluationGradients,
  KeptDecision,
  LearningPolicy,
  Policy,
  PolicySnapshot,
  RankedAction,
  SamplingOptions,
  Trajectory,
  UpdateOptions,
  UpdateReport,
} from "./policy.ts";
export type {
  BeliefOptions,
  DrawOptions,
  LogisticOptions,
  RewardJudgement,
  RewardModel,
  RewardModelOptions,
} from "./reward_model/reward_model.ts";
export { createRewardModel } from "./reward_model/create_reward_model.ts";
export { restoreRewardModel } from "./reward_model/restore_reward_model.ts";
export * from "./checkpoint/mod.ts";
export * from "./linear/mod.ts";
export * from "./transformer/mod.ts";
export * from "./remote/mod.ts";
export * from "./language_model/mod.ts";
