import type { TransformerModel } from "../../initialize_transformer.ts";
import type { PackedTransformerModel } from "../../open_packed_transformer.ts";

/**
 * A model in the memory of a GPU, with the methods by which a packed model acts and is evaluated. It does not learn, and has
 * no adapters: what asks for either is refused.
 *
 * **Bits.** A row goes through one order of additions, whatever is read with it, so this model's log-probabilities when it
 * evaluates equal those with which it acted, bit for bit, on the same GPU; which is tested, and probed for when the model
 * is opened. Another GPU, or the processor, rounds otherwise: within 1e-4 of the largest logit with equal weights. So what a GPU
 * acted is evaluated by the model that acted, or, where a learner evaluates on the processor, the recorded
 * `behaviorLogProbs` stay those of the GPU and importance ratios start within that distance of 1.
 *
 * **Waits.** Reading stands still until the GPU has answered, as it does while the processor computes, and never longer than
 * the deadline. A GPU that is lost gives `worker_failed` from then on; nothing hangs.
 */
export interface GpuTransformerModel extends
  Pick<
    PackedTransformerModel,
    | "adaptSlot"
    | "addAdapter"
    | "closeSlot"
    | "copySlot"
    | "feed"
    | "forward"
    | "free"
    | "lastLogits"
    | "lastValues"
    | "logitsAt"
    | "openSlot"
    | "parameterCount"
    | "readAdapter"
    | "removeAdapter"
    | "sampleLast"
    | "score"
    | "slotLength"
    | "slotTokens"
    | "tensorShape"
    | "truncateSlot"
    | "valuesAt"
    | "weightBytes"
    | "writeAdapter"
  >,
  Pick<
    TransformerModel,
    | "adapterAdamw"
    | "adapterUpdates"
    | "backward"
    | "learnAdapter"
    | "readAdapterGradients"
    | "readAdapterMoments"
    | "writeAdapterGradients"
    | "writeAdapterMoments"
  >,
  Disposable {
  /** As `lastLogits`: a GPU computes every row of the head, whatever the masks let follow. */
  lastLogitsUnder(maskIndex: Uint32Array, masks: Uint32Array): Float32Array;
  /** What computes. */
  readonly device: string;
  /** Most tokens of a slot; a GPU's buffers may hold fewer than the model could read. */
  readonly maximumPositions: number;
}
