import type { Kernels } from "../kernels/mod.ts";
import { createReplica, type Replica } from "./replica.ts";
import type { ReplicaSetup } from "./crew.ts";
import { openPolicy } from "./open_policy.ts";
import { openWorld } from "./open_world.ts";

/** Builds the world, the policy and the constraint that a setup names. */
export async function openReplica(kernels: Kernels, setup: ReplicaSetup): Promise<Replica> {
  const { configuration } = setup;
  const world = await openWorld(configuration);
  const { policy, constraint } = openPolicy(kernels, world, setup.snapshot);
  return createReplica({
    kernels,
    policy,
    world,
    environmentOptions: configuration.environmentOptions,
    constraint,
    gradients: new Float32Array(setup.gradients),
  });
}
