import { EddyError } from "../../errors.ts";
import type { Kernels } from "../../kernels/mod.ts";
import { type Policy, type PolicySnapshot, restoreLinearPolicy, restoreTransformerPolicy } from "../../policy/mod.ts";

/**
 * The policy of a snapshot, whichever kind it is.
 *
 * @throws {EddyError} `checkpoint_invalid` If it is a reward model's or a remote policy's, or damaged.
 */
export function restorePolicy(kernels: Kernels, snapshot: PolicySnapshot): Policy {
  switch (snapshot.kind) {
    case "linear":
      return restoreLinearPolicy(kernels, snapshot);
    case "transformer":
      return restoreTransformerPolicy(kernels, snapshot);
    case "reward-model":
      throw new EddyError("checkpoint_invalid", "Cannot restore a policy: the checkpoint holds a reward model");
    case "remote":
      throw new EddyError(
        "checkpoint_invalid",
        "Cannot restore a policy: the checkpoint needs the endpoint of its model",
      );
  }
}
