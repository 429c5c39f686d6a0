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
export { ndcg } from "./ndcg.ts";
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
export { recallAt } from "./recall_at.ts";
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
export { type Retrace, retrace, type RetraceColumns, type RetraceOptions } from "./retrace.ts";
export { upgo, type UpgoColumns } from "./upgo.ts";
export { stepsToTokens } from "./steps_to_tokens.ts";
export { type StepAggregation, type StepTokenColumns, stepTokenWeights } from "./step_token_weights.ts";
export type { EpisodeColumns } from "./_episodes.ts";
export { type Gigpo, gigpo, type GigpoColumns, type GigpoOptions } from "./gigpo.ts";
export { hgpo, type HgpoColumns, type HgpoOptions } from "./hgpo.ts";
export { remaxAdvantages, type RemaxColumns } from "./remax_advantages.ts";
export {
  doublyRobustStepAdvantages,
  type DoublyRobustStepColumns,
  type DoublyRobustStepOptions,
} from "./doubly_robust_step_advantages.ts";
export { type ImplicitRewardColumns, type ImplicitRewards, implicitRewards } from "./implicit_rewards.ts";
export { istarAdvantages, type IstarColumns } from "./istar_advantages.ts";
export {
  type TrajectoryPreferenceColumns,
  type TrajectoryPreferenceLoss,
  trajectoryPreferenceLoss,
  type TrajectoryPreferenceOptions,
} from "./trajectory_preference_loss.ts";
export { type Igpo, igpo, type IgpoColumns, type IgpoOptions } from "./igpo.ts";
export { type OptimalBaselineColumns, optimalTokenBaseline } from "./optimal_token_baseline.ts";
export { scoreEnergy } from "./score_energy.ts";
export { type TreeColumns, type TreeValues, treeValues } from "./tree_values.ts";
export { treeGroupAdvantages, type TreeGroupColumns } from "./tree_group_advantages.ts";
export { shapedRewards, type ShapingColumns } from "./shaped_rewards.ts";
export { type ComposedRewards, composeRewards, type RewardTerm } from "./compose_rewards.ts";
export { rankCorrelation } from "./rank_correlation.ts";
export {
  type AuditColumns,
  type AuditOptions,
  type MonteCarloAdvantages,
  monteCarloAdvantages,
} from "./monte_carlo_advantages.ts";
export { type CreditAudit, creditAudit } from "./credit_audit.ts";
export { turnGae, type TurnGaeColumns } from "./turn_gae.ts";
export { type FittedQ, fittedQ, type FittedQColumns, type FittedQOptions } from "./fitted_q.ts";
export { type Overlap, overlap, type OverlapOptions } from "./overlap.ts";
export { type BaggedOracle, type BaggedOracleOptions, createBaggedOracle } from "./bagged_oracle.ts";
export {
  type BanditKind,
  type ContextualBandit,
  type ContextualBanditOptions,
  createContextualBandit,
} from "./contextual_bandit.ts";
export { createExp4, type Exp4, type Exp4Options, type Exp4Round } from "./exp4.ts";
export { learningRateFactor, type LearningRateSchedule } from "./learning_rate_factor.ts";
export { createLinearBandit, type LinearBandit, type LinearBanditOptions } from "./linear_bandit.ts";
export { audibertBounds } from "./audibert_bounds.ts";
export { directMethod } from "./direct_method.ts";
export { hoeffdingBounds } from "./hoeffding_bounds.ts";
export { replay } from "./replay.ts";
export { shrunkDoublyRobust } from "./shrunk_doubly_robust.ts";
export { studentBounds } from "./student_bounds.ts";
export { studentQuantile } from "./student_quantile.ts";
export { switchDoublyRobust } from "./switch_doubly_robust.ts";
export { trajectoryDoublyRobust, type TrajectoryModelColumns } from "./trajectory_doubly_robust.ts";
export { trajectoryIps, type TrajectoryIpsOptions } from "./trajectory_ips.ts";
export type { TrajectoryColumns, TrajectoryEstimate, TrajectoryOptions } from "./_trajectories.ts";
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
