import type { Kernels } from "../../kernels/mod.ts";
import type { PolicySnapshot } from "../policy.ts";
import { BeliefRewardModel } from "./_belief_model.ts";
import { LogisticRewardModel } from "./_logistic_model.ts";
import { partsOf } from "./_snapshot.ts";
import type { RewardModel } from "./reward_model.ts";

/**
 * The reward model that a snapshot was taken of; it goes on learning bit for bit. Dispose it.
 *
 * @throws {EddyError} `checkpoint_invalid` If it is no snapshot of a reward model, or its parts do not fit together.
 */
export function restoreRewardModel(kernels: Kernels, snapshot: PolicySnapshot): RewardModel {
  const parts = partsOf(snapshot);
  return parts.options.model === "logistic"
    ? LogisticRewardModel.restore(kernels, parts.options, parts)
    : BeliefRewardModel.restore(kernels, parts.options, parts);
}
