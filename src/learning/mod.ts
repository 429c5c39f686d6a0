/** How a policy improves. @module */
export type {
  EvaluationConfiguration,
  LinearShape,
  ReinforcementConfiguration,
  TrainConfiguration,
  TransformerShape,
  WarmStartConfiguration,
} from "./configuration.ts";
export {
  CONFIGURATION_FIELDS,
  type ConfigurationField,
  type ConfigurationPath,
  type LeafPath,
} from "./configuration_fields.ts";
export type { Crew, ReplicaReply, ReplicaRequest, ReplicaSetup } from "./crew.ts";
export { type CheckpointEvaluation, evaluateCheckpoint, type MeasureOptions } from "./evaluate_checkpoint.ts";
export type * from "./events.ts";
export * from "./intents/mod.ts";
export * from "./tune/mod.ts";
export { type KeptRun, loadRun } from "./load_run.ts";
export { type OpenPolicy, openPolicy } from "./open_policy.ts";
export { openReplica } from "./open_replica.ts";
export { openWorld } from "./open_world.ts";
export { configurationPaths, overrideConfiguration } from "./override_configuration.ts";
export { type PresetName, PRESETS } from "./presets.ts";
export type { Replica } from "./replica.ts";
export { type PlayedEpisode, rollout, type RolloutOptions } from "./rollout.ts";
export { saveRun } from "./save_run.ts";
export { type RunState, train, type TrainDependencies } from "./train.ts";
export { wilsonInterval } from "./wilson_interval.ts";
export type { AgentLearner, Assessment, LearnOptions, UpdateMetrics } from "./loop/agent_learner.ts";
export type { CentralLoop, CentralLoopDependencies, Published } from "./loop/central_loop.ts";
export type { AgentStatus, LoopEvent, LoopWarning } from "./loop/loop_events.ts";
export { createCentralLoop } from "./loop/create_central_loop.ts";
export { createRewardModelLearner, type LearnerOrigin } from "./loop/create_reward_model_learner.ts";
export { EARLY_WARNINGS, type EarlyWarning, type WarningAction } from "./loop/early_warnings.ts";
export { judgementsOf } from "./loop/judgements_of.ts";
export { createFrozenLearner } from "./loop/create_frozen_learner.ts";
export { type AdapterLearnerParts, createAdapterLearner } from "./loop/create_adapter_learner.ts";
export { type BatchLearnerParts, createBatchLearner, type Learning } from "./loop/create_batch_learner.ts";
export type { StepReader } from "./loop/gradient/step_reader.ts";
export { createGradientLearner, type GradientLearnerParts } from "./loop/create_gradient_learner.ts";
export { GRADIENT_DEFAULTS, type GradientOptions } from "./loop/gradient/gradient_options.ts";
