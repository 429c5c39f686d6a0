import { type AgentConfiguration, createActionSpace, type PolicyParts, restorePolicy } from "../../agent/mod.ts";
import { EddyError } from "../../errors.ts";
import type { Kernels } from "../../kernels/mod.ts";
import type { AgentLearner } from "./agent_learner.ts";
import { type BatchLearnerParts, createBatchLearner } from "./create_batch_learner.ts";
import { policyStepReader } from "./gradient/step_reader.ts";

/** What a gradient learner is made of. */
export type GradientLearnerParts = PolicyParts & Omit<BatchLearnerParts, "open" | "owned">;

/**
 * Learns a policy from a checkpoint, all of its weights, as `createBatchLearner` does.
 *
 * @throws {EddyError} `configuration_invalid` If the configuration is of a reward model.
 */
export function createGradientLearner(
  kernels: Kernels,
  configuration: AgentConfiguration,
  parts: GradientLearnerParts,
): AgentLearner {
  if (configuration.policy.kind !== "checkpoint") {
    throw new EddyError("configuration_invalid", "Cannot learn by gradients: the policy is a reward model");
  }
  const space = createActionSpace(kernels, parts);
  return createBatchLearner(kernels, configuration, {
    ...parts,
    owned: space,
    open: (snapshot) => {
      const policy = restorePolicy(kernels, snapshot);
      const reader = policyStepReader(policy, space);
      return {
        policy,
        reader,
        [Symbol.dispose]: () => {
          reader[Symbol.dispose]();
          policy[Symbol.dispose]();
        },
      };
    },
  });
}
