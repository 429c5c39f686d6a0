import type { Kernels } from "../../kernels/mod.ts";
import type { Policy, PolicySnapshot } from "../policy.ts";
import { snapshotOptions } from "./_snapshot.ts";
import { createLinearPolicy } from "./create_linear_policy.ts";

/**
 * The linear policy that a snapshot was taken of, with the options it was made with.
 *
 * @throws {EddyError} `checkpoint_invalid` If the snapshot is truncated, not finite or not of a linear policy.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createLinearPolicy, loadKernels, restoreLinearPolicy } from "@eddy/eddy";
 * const kernels = await loadKernels();
 * using policy = createLinearPolicy(kernels, { bits: 10 });
 * using copy = restoreLinearPolicy(kernels, policy.snapshot({ resume: true }));
 * assert.ok(copy.parameterCount === policy.parameterCount);
 * ```
 */
export function restoreLinearPolicy(kernels: Kernels, snapshot: PolicySnapshot): Policy {
  return createLinearPolicy(kernels, snapshotOptions(snapshot), snapshot);
}
