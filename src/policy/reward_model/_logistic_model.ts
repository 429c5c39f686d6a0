import { EddyError } from "../../errors.ts";
import type { Kernels } from "../../kernels/mod.ts";
import type { PolicySnapshot } from "../policy.ts";
import { FeatureCache } from "../linear/_features.ts";
import { checkJudgement } from "./_check_judgement.ts";
import { snapshotOf, type SnapshotParts, tensorOf } from "./_snapshot.ts";
import type { DrawOptions, LogisticOptions, RewardJudgement, RewardModel } from "./reward_model.ts";

type Weights = InstanceType<Kernels["LogisticModel"]>;

/** Words and pairs of words of the text and of the candidate; characters would cross too many. */
const FEATURES = {
  bits: 18,
  words: true,
  bigrams: true,
  characters: false,
  similarityWeight: 0,
  memory: "latest",
  optimizer: "adagrad",
} as const;

/** See {@linkcode LogisticOptions}. */
export class LogisticRewardModel implements RewardModel {
  readonly kind = "logistic";

  private constructor(
    private readonly kernels: Kernels,
    private readonly options: Required<LogisticOptions>,
    private readonly weights: Weights,
    private readonly features: FeatureCache,
    public learned: number,
  ) {}

  static create(kernels: Kernels, options: LogisticOptions): LogisticRewardModel {
    const full = { hashBits: 18, learningRate: 0.1, l2: 1e-6, ...options };
    const { hashBits, learningRate, l2 } = full;
    if (!Number.isInteger(hashBits) || hashBits < 4 || hashBits > 24) {
      throw new RangeError(`Cannot make a reward model: hashBits must be 4 to 24, got ${hashBits}`);
    }
    if (!(learningRate > 0 && Number.isFinite(learningRate) && l2 >= 0 && Number.isFinite(l2))) {
      throw new RangeError("Cannot make a reward model: learningRate must be positive and l2 not negative");
    }
    const weights = new kernels.LogisticModel(hashBits, learningRate, l2);
    return new LogisticRewardModel(kernels, full, weights, new FeatureCache(kernels, FEATURES), 0);
  }

  scores(text: string, candidates: readonly string[]): Float32Array {
    if (candidates.length === 0) return new Float32Array();
    const { ids, offsets } = this.features.candidates(candidates);
    return this.weights.scores(this.features.text(text), ids, offsets);
  }

  estimates(text: string, candidates: readonly string[]): Float32Array {
    return this.scores(text, candidates).map((score) => 1 / (1 + Math.exp(-score)));
  }

  draws(
    text: string,
    candidates: readonly string[],
    { count, seed, stream = 0, scale = 1 }: DrawOptions,
  ): Float32Array {
    if (candidates.length === 0) return new Float32Array();
    const { ids, offsets } = this.features.candidates(candidates);
    const context = this.features.text(text);
    const deviations = this.weights.deviations(context, ids, offsets);
    return this.kernels.normalDraws(this.weights.scores(context, ids, offsets), deviations, count, scale, seed, stream);
  }

  learn(judgement: RewardJudgement): void {
    const { text, candidates, choice, reward, weight } = checkJudgement(judgement);
    const { ids, offsets } = this.features.candidates(candidates);
    this.weights.learn(this.features.text(text), ids, offsets, choice, reward, weight);
    this.learned++;
  }

  fork(): LogisticRewardModel {
    return new LogisticRewardModel(this.kernels, this.options, this.weights.fork(), this.features, this.learned);
  }

  snapshot(): PolicySnapshot {
    const shape = [2 ** this.options.hashBits + 1];
    return snapshotOf(this.options, this.learned, {
      "logistic.weight": { shape, values: this.weights.readWeights() },
      "optimizer.squares": { shape, values: this.weights.readSquares() },
    });
  }

  static restore(kernels: Kernels, options: LogisticOptions, parts: SnapshotParts): LogisticRewardModel {
    const model = LogisticRewardModel.create(kernels, options);
    const length = 2 ** model.options.hashBits + 1;
    try {
      model.weights.writeWeights(tensorOf(parts, "logistic.weight", length));
      model.weights.writeSquares(tensorOf(parts, "optimizer.squares", length));
      model.learned = parts.learned;
      return model;
    } catch (cause) {
      model[Symbol.dispose]();
      if (cause instanceof EddyError) throw cause;
      throw new EddyError("checkpoint_invalid", `Cannot restore: ${(cause as Error).message}`, { cause });
    }
  }

  [Symbol.dispose](): void {
    this.weights.free();
  }
}
