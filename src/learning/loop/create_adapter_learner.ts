import type { AgentConfiguration } from "../../agent/mod.ts";
import type { Kernels } from "../../kernels/mod.ts";
import type { LanguageModel, LoraConfig, PolicySnapshot } from "../../policy/mod.ts";
import type { AgentLearner } from "./agent_learner.ts";
import { type BatchLearnerParts, createBatchLearner } from "./create_batch_learner.ts";
import { speechStepReader } from "./gradient/step_reader.ts";

/** What an adapter learner is made of. */
export interface AdapterLearnerParts extends Pick<BatchLearnerParts, "options" | "pause"> {
  /** The model that answers; it must outlive the learner. Both compute in one memory, with one copy of the weights. */
  readonly model: LanguageModel;
  /** The adapter. */
  readonly lora: LoraConfig;
  /** Names the numbers that it begins with. Unsigned 32-bit; default 0. */
  readonly seed?: number;
}

/**
 * Learns a low-rank adapter of a language model from judged answers, as `createBatchLearner` does: each answer is a step,
 * its tokens are its choices, and what they were drawn with is their behaviour. Version 0 changes nothing.
 *
 * Samplers that cut or bend the model's distribution (`top_p`, a low temperature) are another behaviour than it; importance
 * weights make up for that as far as they reach, and answers that are too unlike are left out. Answers at temperature 0 say
 * nothing of what else might have been: they are kept and not learned from.
 *
 * @throws {EddyError} `model_unsupported` If the adapter fits no product of the model.
 */
export function createAdapterLearner(
  kernels: Kernels,
  configuration: AgentConfiguration,
  { model, lora, seed = 0, ...rest }: AdapterLearnerParts,
): AgentLearner {
  using fresh = model.teach(lora, { seed });
  return createBatchLearner(kernels, configuration, {
    ...rest,
    snapshot: fresh.snapshot({ resume: true }),
    open: (snapshot: PolicySnapshot) => {
      const policy = model.teach(lora, { resumed: snapshot });
      const reader = speechStepReader(model);
      return { policy, reader, [Symbol.dispose]: () => policy[Symbol.dispose]() };
    },
  });
}
