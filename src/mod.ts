/** Eddy: serve a language agent where its users are; it learns from every judged step. @module */
export { EddyError, type ErrorCode, ShapeError } from "./errors.ts";
export { type Kernels, loadKernels, type LoadKernelsOptions } from "./kernels/mod.ts";
export * from "./rl/mod.ts";
export * from "./episode/mod.ts";
export * from "./language/mod.ts";
export * from "./environment/mod.ts";
export * from "./dataset/mod.ts";
export * from "./policy/mod.ts";
export * from "./store/mod.ts";
export {
  type AgentConfiguration,
  type AgentRequest,
  type CheckpointShape,
  createLanguageModelAgent,
  createPolicyAgent,
  createRewardModelAgent,
  type DecidedStep,
  type GateConfiguration,
  type PolicyAgentParts,
  type PolicyParts,
  type RewardModelShape,
  type ServedAgent,
  type SpeakingModel,
  type SpokenStep,
  type SpokenTokens,
  type UpdateConfiguration,
  type VersionPayload,
} from "./agent/mod.ts";
export {
  type AgentLearner,
  type AgentStatus,
  type Assessment,
  type CentralLoop,
  type CentralLoopDependencies,
  type CheckpointEvaluation,
  CONFIGURATION_FIELDS,
  type ConfigurationField,
  type ConfigurationPath,
  configurationPaths,
  createCentralLoop,
  createFrozenLearner,
  createGradientLearner,
  createRewardModelLearner,
  EARLY_WARNINGS,
  type EarlyWarning,
  evaluateCheckpoint,
  type EvaluationConfiguration,
  type GradientLearnerParts,
  type GradientOptions,
  type IntentExample,
  type IntentPass,
  type IntentPolicy,
  type IntentProgress,
  type IntentStream,
  type KeptRun,
  type LeafPath,
  type LearnedIntents,
  type LearnerOrigin,
  learnIntents,
  type LearnIntentsOptions,
  type LearnOptions,
  type LinearShape,
  loadRun,
  type LoopEvent,
  type LoopWarning,
  measureIntents,
  type MeasureIntentsOptions,
  type MeasureOptions,
  overrideConfiguration,
  type PlayedEpisode,
  type PresetName,
  PRESETS,
  type Published,
  type ReinforcementConfiguration,
  type RunState,
  saveRun,
  train,
  type TrainConfiguration,
  type TrainDependencies,
  trainIntents,
  type TransformerShape,
  type UpdateMetrics,
  type WarmStartConfiguration,
  type WarningAction,
  wilsonInterval,
} from "./learning/mod.ts";
export type {
  CheckpointEvent,
  DoneEvent,
  EpisodeEvent,
  EvaluationEvent,
  PhaseName,
  StartEvent,
  TrainingEvent,
  UpdateEvent,
} from "./learning/mod.ts";
export type { SamplingOptions } from "./policy/mod.ts";
export type { SamplingOptions as TokenSamplingOptions } from "./language/mod.ts";
export {
  type Access,
  type App,
  type AppDependencies,
  createApp,
  type HttpCondition,
  type HttpErrorCode,
  type HttpLimits,
  type ProblemReport,
  type Recorder,
} from "./http/mod.ts";
export {
  type AgentConfigurationInput,
  type DeepPartial,
  defineConfiguration,
  openService,
  resolveServiceConfiguration,
  type Service,
  type ServiceConfiguration,
  type ServiceConfigurationInput,
  type ServiceMachine,
} from "./service/mod.ts";
export * from "./recipe/mod.ts";
export { localMachine } from "./cli/serving/local_machine.ts";
export { nearest } from "./nearest.ts";
