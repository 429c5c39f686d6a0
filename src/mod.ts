/** Eddy: serve a language agent where its users are; it learns from every judged step. @module */
export { EddyError, type ErrorCode, ShapeError } from "./errors.ts";
export { type Kernels, loadKernels, type LoadKernelsOptions } from "./kernels/mod.ts";
export * from "./rl/mod.ts";
export * from "./episode/mod.ts";
export * from "./language/mod.ts";
export * from "./environment/mod.ts";
export * from "./dataset/mod.ts";
export * from "./policy/mod.ts";
export {
  type CheckpointEvaluation,
  CONFIGURATION_FIELDS,
  type ConfigurationField,
  type ConfigurationPath,
  configurationPaths,
  evaluateCheckpoint,
  type EvaluationConfiguration,
  type IntentExample,
  type IntentPolicy,
  type IntentProgress,
  type IntentStream,
  type KeptRun,
  type LeafPath,
  type LearnedIntents,
  learnIntents,
  type LearnIntentsOptions,
  type LinearShape,
  loadRun,
  type MeasureOptions,
  overrideConfiguration,
  type PresetName,
  PRESETS,
  type ReinforcementConfiguration,
  type RunState,
  saveRun,
  train,
  type TrainConfiguration,
  type TrainDependencies,
  trainIntents,
  type TransformerShape,
  type WarmStartConfiguration,
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
export { nearest } from "./nearest.ts";
