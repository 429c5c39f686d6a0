import type { Kernels } from "../kernels/mod.ts";
import { restoreRewardModel, type RewardModel } from "../policy/mod.ts";
import type { VersionPayload } from "./served_agent.ts";

/**
 * The versions of one reward model that are loaded. A version that is some judgements away from another is made when it
 * is first needed: out of the other itself where nobody needs that any more, so that following a learner copies nothing.
 */
export interface ModelVersions extends Disposable {
  /** All that are loaded or can be made, rising. */
  numbers(): readonly number[];
  /** One of them. @throws {RangeError} If it is not loaded. */
  model(version: number): RewardModel;
  /** Loads one; it may be made later. @throws {RangeError} If what it is based on is not loaded. */
  add(version: number, payload: VersionPayload): void;
  /** Makes those that will be asked for; the others may be used up for that. @throws {RangeError} If one is not loaded. */
  need(wanted: readonly number[]): void;
  /** Unloads one. */
  remove(version: number): void;
}

/** A version that is not made yet. */
type Derived = Extract<VersionPayload, { readonly kind: "judgements" }>;

/** Starts with version 0. @param name Of the agent, for messages. */
export function createModelVersions(kernels: Kernels, name: string, first: RewardModel): ModelVersions {
  const models = new Map<number, RewardModel>([[0, first]]);
  const derived = new Map<number, Derived>();

  function missing(version: number): RangeError {
    return new RangeError(`Cannot use version ${version} of '${name}': it is not installed`);
  }

  /** @param isNeeded Whether a version must stay as it is. */
  function make(version: number, isNeeded: (version: number) => boolean): RewardModel {
    const made = models.get(version);
    if (made) return made;
    const from = derived.get(version);
    if (!from) throw missing(version);
    const base = make(from.base, isNeeded);
    derived.delete(version);
    const isBase = [...derived.values()].some((other) => other.base === from.base);
    const model = isBase || isNeeded(from.base) ? base.fork() : base;
    // A learner has learned the same from the same weights: nothing of it can fail.
    for (const judgement of from.judgements) model.learn(judgement);
    if (model === base) models.delete(from.base);
    models.set(version, model);
    return model;
  }

  return {
    numbers: () => [...models.keys(), ...derived.keys()].sort((a, b) => a - b),
    model(version): RewardModel {
      const model = models.get(version);
      if (!model) throw missing(version);
      return model;
    },
    add(version, payload): void {
      if (models.has(version) || derived.has(version)) return;
      if (payload.kind === "snapshot") {
        models.set(version, restoreRewardModel(kernels, payload.snapshot));
        return;
      }
      if (!models.has(payload.base) && !derived.has(payload.base)) throw missing(payload.base);
      derived.set(version, payload);
    },
    need(wanted): void {
      const unknown = wanted.find((version) => !models.has(version) && !derived.has(version));
      if (unknown !== undefined) throw missing(unknown);
      for (const version of wanted) make(version, (other) => wanted.includes(other));
    },
    remove(version): void {
      // Whatever is based on it takes its place, the last one as it is.
      for (const [other, { base }] of derived) if (base === version) make(other, () => false);
      models.get(version)?.[Symbol.dispose]();
      models.delete(version);
      derived.delete(version);
    },
    [Symbol.dispose](): void {
      for (const model of models.values()) model[Symbol.dispose]();
      models.clear();
      derived.clear();
    },
  };
}
