import type { Kernels } from "../../kernels/mod.ts";
import { BeliefRewardModel } from "./_belief_model.ts";
import { LogisticRewardModel } from "./_logistic_model.ts";
import type { RewardModel, RewardModelOptions } from "./reward_model.ts";

/**
 * A reward model that knows nothing but, for `belief` with names, the words of its actions. Dispose it.
 *
 * @throws {RangeError} If an option is outside of what it may be, or actions are missing or listed twice.
 */
export function createRewardModel(kernels: Kernels, options: RewardModelOptions): RewardModel {
  return options.model === "logistic"
    ? LogisticRewardModel.create(kernels, options)
    : BeliefRewardModel.create(kernels, options);
}
