import type { Kernels } from "../../kernels/mod.ts";
import type { Context, Policy, PolicySnapshot } from "../../policy/mod.ts";
import { restorePolicy } from "./restore_policy.ts";

/** One version that is loaded, with the memories of the episodes it answers. */
export interface InstalledPolicy extends Disposable {
  /** Its weights. */
  readonly policy: Policy;
  /** The memory of an episode; what it holds only saves reading. The longest unused one is given up for a new one. */
  contextOf(episodeId: string): Context;
}

/** Loads a version. @param most Memories that are kept at once. */
export function installPolicy(kernels: Kernels, snapshot: PolicySnapshot, most: number): InstalledPolicy {
  const policy = restorePolicy(kernels, snapshot);
  const contexts = new Map<string, Context>();
  return {
    policy,
    contextOf: (episodeId) => {
      let context = contexts.get(episodeId);
      contexts.delete(episodeId);
      if (!context && contexts.size >= most) {
        const [oldest, unused] = contexts.entries().next().value!;
        contexts.delete(oldest);
        unused[Symbol.dispose]();
      }
      contexts.set(episodeId, context ??= policy.open());
      return context;
    },
    [Symbol.dispose]: () => {
      for (const context of contexts.values()) context[Symbol.dispose]();
      contexts.clear();
      policy[Symbol.dispose]();
    },
  };
}
