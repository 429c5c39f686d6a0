import { EddyError } from "../../errors.ts";
import type { Kernels } from "../../kernels/mod.ts";
import type { PolicySnapshot } from "../policy.ts";
import { checkJudgement } from "./_check_judgement.ts";
import { snapshotOf, type SnapshotParts, tensorOf } from "./_snapshot.ts";
import type { BeliefOptions, RewardJudgement, RewardModel } from "./reward_model.ts";

type Belief = InstanceType<Kernels["BeliefModel"]>;

/** Words, pairs of words, and three to five characters. */
const FEATURES = [true, true, 3, 5] as const;

/** See {@linkcode BeliefOptions}. */
export class BeliefRewardModel implements RewardModel {
  readonly kind = "belief";

  private constructor(
    private readonly kernels: Kernels,
    private readonly options: Required<BeliefOptions>,
    private readonly indices: ReadonlyMap<string, number>,
    private readonly belief: Belief,
    public learned: number,
  ) {}

  static create(kernels: Kernels, options: BeliefOptions): BeliefRewardModel {
    const { actions, candidates = "names" } = options;
    const indices = new Map(actions.map((action, index) => [action, index]));
    if (actions.length === 0 || actions.length > 65_536) {
      throw new RangeError(`Cannot make a reward model: 1 to 65536 actions are needed, got ${actions.length}`);
    }
    if (indices.size < actions.length) throw new RangeError("Cannot make a reward model: an action is listed twice");
    const names = candidates === "names" ? actions.map((action) => kernels.textFeatures(action, ...FEATURES)) : [];
    const offsets = new Uint32Array(names.length === 0 ? 0 : names.length + 1);
    names.forEach((name, i) => offsets[i + 1] = offsets[i] + name.length);
    const belief = new kernels.BeliefModel(
      actions.length,
      Uint32Array.from(names.flatMap((name) => [...name])),
      offsets,
    );
    return new BeliefRewardModel(kernels, { ...options, candidates }, indices, belief, 0);
  }

  scores(text: string, candidates: readonly string[], purpose: "explore" | "exploit"): Float32Array {
    const features = this.kernels.textFeatures(text, ...FEATURES);
    const all = purpose === "explore" ? this.belief.explore(features) : this.belief.exploit(features);
    return this.#listed(all, candidates);
  }

  estimates(text: string, candidates: readonly string[]): Float32Array {
    return this.#listed(this.belief.estimates(this.kernels.textFeatures(text, ...FEATURES)), candidates);
  }

  learn(judgement: RewardJudgement): void {
    const { text, candidates, choice, reward, weight } = checkJudgement(judgement);
    const action = this.#index(candidates[choice]);
    this.belief.learn(this.kernels.textFeatures(text, ...FEATURES), action, reward, weight);
    this.learned++;
  }

  fork(): BeliefRewardModel {
    return new BeliefRewardModel(this.kernels, this.options, this.indices, this.belief.fork(), this.learned);
  }

  snapshot(): PolicySnapshot {
    const parts = partsFor(this.options).map(([name, columns], part) => {
      const values = this.belief.read(part);
      const width = columns === "actions" ? this.options.actions.length : columns;
      return [name, { shape: width === 1 ? [values.length] : [values.length / width, width], values }] as const;
    });
    return snapshotOf(this.options, this.learned, Object.fromEntries(parts));
  }

  static restore(kernels: Kernels, options: BeliefOptions, parts: SnapshotParts): BeliefRewardModel {
    const model = BeliefRewardModel.create(kernels, options);
    try {
      const tensors = partsFor(model.options).map(([name]) => tensorOf(parts, name));
      const [counters, entries, slots, confirmed, rows, weights, squares, clusters = new Float32Array()] = tensors;
      model.belief.restore(counters, entries, slots, confirmed, rows, weights, squares, clusters);
      model.learned = parts.learned;
      return model;
    } catch (cause) {
      model[Symbol.dispose]();
      if (cause instanceof EddyError) throw cause;
      throw new EddyError("checkpoint_invalid", (cause as Error).message, { cause });
    }
  }

  [Symbol.dispose](): void {
    this.belief.free();
  }

  #listed(all: Float32Array, candidates: readonly string[]): Float32Array {
    return Float32Array.from(candidates, (candidate) => all[this.#index(candidate)]);
  }

  #index(candidate: string): number {
    const index = this.indices.get(candidate);
    if (index === undefined) {
      throw new RangeError(`Cannot judge '${candidate}': it is none of the model's ${this.indices.size} actions`);
    }
    return index;
  }
}

/** Names and columns of the state's parts, in the kernel's order. */
const PARTS = [
  ["belief.counters", 1],
  ["belief.entries", 5],
  ["belief.slots", 1],
  ["belief.confirmed", 1],
  ["softmax.rows", 1],
  ["softmax.weight", "actions"],
  ["optimizer.squares", "actions"],
  ["belief.clusters", 3],
] as const;

/** Clusters are made where the actions' words mean nothing. */
function partsFor({ candidates }: Required<BeliefOptions>): readonly (typeof PARTS)[number][] {
  return candidates === "ids" ? PARTS : PARTS.slice(0, -1);
}
