/** What it was worth: credit, objectives and their gradients. @module */
export type { AggregationMode, AggregationOptions } from "./aggregation.ts";
export type { RowColumns } from "./_columns.ts";
export { type Advantages, gae, type GaeColumns, type TraceOptions } from "./gae.ts";
export { type Nll, nll, type NllColumns } from "./nll.ts";
export {
  type PolicyColumns,
  type PolicyLoss,
  policyLoss,
  type PolicyLossOptions,
  type PolicyMetrics,
  type Surrogate,
} from "./policy_loss.ts";
export { ppoClip, type PpoClipOptions } from "./ppo_clip.ts";
export { type StepAdvantageOptions, stepAdvantages, type StepColumns } from "./step_advantages.ts";
export { type ValueColumns, type ValueLoss, valueLoss, type ValueLossOptions } from "./value_loss.ts";
export { whiten, type WhitenOptions } from "./whiten.ts";
