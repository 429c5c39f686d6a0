import type { World } from "../environment/mod.ts";
import type { Kernels } from "../kernels/mod.ts";
import { type Constraint, loadTokenizer, toolCallConstraint } from "../language/mod.ts";
import {
  type Policy,
  type PolicySnapshot,
  restoreLinearPolicy,
  restoreTransformerPolicy,
  wordsConstraint,
} from "../policy/mod.ts";

/** A policy, and what it may write in a world that does not list its actions. */
export interface OpenPolicy {
  readonly policy: Policy;
  readonly constraint?: Constraint;
}

/** The policy of a snapshot, ready to act in `world`. */
export function openPolicy(kernels: Kernels, world: World, snapshot: PolicySnapshot): OpenPolicy {
  if (snapshot.kind === "linear") return { policy: restoreLinearPolicy(kernels, snapshot) };
  const policy = restoreTransformerPolicy(kernels, snapshot);
  if (!world.tools && !world.words) return { policy };
  using tokenizer = loadTokenizer(kernels, snapshot.files.get("tokenizer.json")!);
  if (world.words) return { policy, constraint: wordsConstraint(tokenizer, world.words) };
  return { policy, constraint: toolCallConstraint(tokenizer, world.tools!) };
}
