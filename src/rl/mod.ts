/** What it was worth: credit, objectives and their gradients. @module */
export { type A2c, a2c, type A2cColumns, type A2cOptions } from "./a2c.ts";
export type { AggregationMode, AggregationOptions } from "./aggregation.ts";
export type { RowColumns } from "./_columns.ts";
export { cispo, type CispoOptions } from "./cispo.ts";
export {
  type CrossEntropy,
  crossEntropy,
  type CrossEntropyColumns,
  type CrossEntropyOptions,
} from "./cross_entropy.ts";
export type { Exploration } from "./exploration.ts";
export { explorationProbabilities, type ExplorationState } from "./exploration_probabilities.ts";
export { dapo } from "./dapo.ts";
export { discountedReturns, type ReturnColumns } from "./discounted_returns.ts";
export { doublyRobustTargets } from "./doubly_robust_targets.ts";
export { drGrpo } from "./dr_grpo.ts";
export { type EntropyBonus, entropyBonus, type EntropyBonusOptions, type EntropyColumns } from "./entropy_bonus.ts";
export { type Advantages, gae, type GaeColumns, type TraceOptions } from "./gae.ts";
export { type GroupAdvantageOptions, groupAdvantages, type GroupColumns } from "./group_advantages.ts";
export { grpo, type GrpoOptions } from "./grpo.ts";
export { gspo, type GspoOptions } from "./gspo.ts";
export { type KlEstimate, klEstimate, type KlEstimator } from "./kl_estimate.ts";
export { lambdaReturns } from "./lambda_returns.ts";
export { maskedGae, type MaskedGaeColumns } from "./masked_gae.ts";
export { type NStepColumns, nStepReturns } from "./n_step_returns.ts";
export { type Nll, nll, type NllColumns } from "./nll.ts";
export {
  type PolicyColumns,
  type PolicyLoss,
  policyLoss,
  type PolicyLossOptions,
  type PolicyMetrics,
  type Surrogate,
} from "./policy_loss.ts";
export { pickIndex } from "./pick_index.ts";
export { ppoClip, type PpoClipOptions } from "./ppo_clip.ts";
export {
  createRegressionOracle,
  type RegressionOracle,
  type RegressionOracleOptions,
  type RegressionRound,
} from "./regression_oracle.ts";
export { reinforce } from "./reinforce.ts";
export { rloo, type RlooColumns, type RlooOptions } from "./rloo.ts";
export { rowsToTokens } from "./rows_to_tokens.ts";
export { sapo, type SapoOptions } from "./sapo.ts";
export { sequenceLogRatios } from "./sequence_log_ratios.ts";
export { type StepAdvantageOptions, stepAdvantages, type StepColumns } from "./step_advantages.ts";
export { tokenWeights } from "./token_weights.ts";
export { topEntropyMask } from "./top_entropy_mask.ts";
export { type ValueColumns, type ValueLoss, valueLoss, type ValueLossOptions } from "./value_loss.ts";
export { type Vtrace, vtrace, type VtraceColumns, type VtraceOptions } from "./vtrace.ts";
export { whiten, type WhitenOptions } from "./whiten.ts";
export { bootstrapBounds, type BootstrapOptions } from "./bootstrap_bounds.ts";
export { doublyRobust, type DoublyRobustColumns, type DoublyRobustOptions } from "./doubly_robust.ts";
export { effectiveSampleSize } from "./effective_sample_size.ts";
export { empiricalBernstein, type EmpiricalBernsteinOptions, type MeanBounds } from "./empirical_bernstein.ts";
export { ips } from "./ips.ts";
export type { LoggedColumns, OffPolicyEstimate, WeightOptions } from "./_logged.ts";
export { normalBounds } from "./normal_bounds.ts";
export { normalQuantile } from "./normal_quantile.ts";
export { pairedDifference } from "./paired_difference.ts";
export { snips } from "./snips.ts";
export { correct, type Correction, type CorrectionColumns, type CorrectionOptions } from "./correct.ts";
export {
  createValueTracker,
  type ValueTracker,
  type ValueTrackerOptions,
  type ValueTrackerState,
} from "./value_tracker.ts";
export {
  type PairLoss,
  type PreferenceColumns,
  type PreferenceLoss,
  preferenceLoss,
  type PreferenceLossOptions,
  type PreferenceOptions,
  type ScoreForm,
} from "./preference_loss.ts";
export { dpo, type DpoOptions } from "./dpo.ts";
export { ipo, type IpoOptions } from "./ipo.ts";
export { simpo, type SimpoOptions } from "./simpo.ts";
export { cpo, type CpoOptions } from "./cpo.ts";
export { orpo, type OrpoOptions } from "./orpo.ts";
export { slic, type SlicOptions } from "./slic.ts";
export { type BradleyTerry, bradleyTerry, type ComparedColumns } from "./bradley_terry.ts";
export { type JudgedColumns, type JudgedLoss, judgedLoss, type JudgedLossOptions } from "./judged_loss.ts";
export { kto, type KtoColumns, type KtoOptions } from "./kto.ts";
export { implicitRewardLoss, type ImplicitRewardOptions } from "./implicit_reward_loss.ts";
export { implicitRewards } from "./implicit_rewards.ts";
export {
  type DiscriminatorColumns,
  type DiscriminatorLoss,
  discriminatorLoss,
  type DiscriminatorOptions,
} from "./discriminator_loss.ts";
export { type DiscriminatorForm, discriminatorRewards } from "./discriminator_rewards.ts";
export {
  type ImportanceWeightOptions,
  type ImportanceWeights,
  importanceWeights,
  type RatioColumns,
  type RatioLevel,
} from "./importance_weights.ts";
export { type Rejection, rejectionMask, type RejectionRule } from "./rejection_mask.ts";
export { gmpo, type GmpoOptions } from "./gmpo.ts";
export { dro } from "./dro.ts";
export { vespo, type VespoOptions } from "./vespo.ts";
export { luspo } from "./luspo.ts";
export { type Unlikelihood, unlikelihood, type UnlikelihoodColumns, type UnlikelihoodOptions } from "./unlikelihood.ts";
export { type Nat, nat, type NatColumns, type NatOptions } from "./nat.ts";
export { type Distillation, distillation, type DistillationColumns, type DistillationOptions } from "./distillation.ts";
export {
  distillOnPolicy,
  type OnPolicyDistillation,
  type OnPolicyDistillationColumns,
  type OnPolicyDistillationOptions,
} from "./distill_on_policy.ts";
export { type AdvantageWeightForm, type AdvantageWeightOptions, advantageWeights } from "./advantage_weights.ts";
export { type ExpectileColumns, type ExpectileLoss, expectileLoss, type ExpectileOptions } from "./expectile_loss.ts";
export {
  type ActionValueColumns,
  type ActionValueLoss,
  actionValueLoss,
  type ActionValueOptions,
} from "./action_value_loss.ts";
export { type NextActionColumns, nextActionValues } from "./next_action_values.ts";
export { type SoftValueColumns, type SoftValues, softValues } from "./soft_values.ts";
export { type TemperatureLoss, temperatureLoss, type TemperatureOptions } from "./temperature_loss.ts";
