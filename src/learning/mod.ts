/** How it improves. @module */
export {
  type EvaluationConfiguration,
  type LinearShape,
  type PolicyShape,
  type PresetName,
  PRESETS,
  type ReinforcementConfiguration,
  type TokenizerConfiguration,
  type TrainConfiguration,
  type TransformerShape,
  type WarmStartConfiguration,
} from "./configuration.ts";
export {
  CONFIGURATION_FIELDS,
  type ConfigurationField,
  type ConfigurationPath,
  type LeafPath,
} from "./configuration_fields.ts";
export type { TrainingEvent } from "./events.ts";
export { configurationPaths, overrideConfiguration } from "./override_configuration.ts";
