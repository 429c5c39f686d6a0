import { EddyError, ShapeError } from "../../errors.ts";
import type { Kernels } from "../../kernels/mod.ts";
import type {
  Context,
  Decision,
  DecisionRequest,
  Evaluation,
  EvaluationGradients,
  KeptDecision,
  PolicySnapshot,
  SamplingOptions,
  Trajectory,
  UpdateOptions,
  UpdateReport,
} from "../policy.ts";
import { LinearContext } from "./_context.ts";
import { FeatureCache } from "./_features.ts";
import { readSnapshot, writeSnapshot } from "./_snapshot.ts";
import type { LinearPolicy, ScoredQuestion } from "./linear_policy.ts";
import type { LinearPolicyOptions } from "./options.ts";

/** What the same choice needs to be seen again. */
interface Replay {
  readonly context: Uint32Array;
  readonly ids: Uint32Array;
  readonly offsets: Uint32Array;
  /** Temperature that gradients are taken at: the one acted with, or 1 for greedy actions. */
  readonly temperature: number;
}

/** A request in features. */
interface Readable {
  readonly context: LinearContext;
  readonly candidates: readonly string[];
  readonly features: Uint32Array;
  readonly ids: Uint32Array;
  readonly offsets: Uint32Array;
}

const DEFAULTS: Required<LinearPolicyOptions> = {
  bits: 18,
  words: true,
  bigrams: true,
  characters: [3, 5],
  similarityWeight: 0,
  hidden: 0,
  memory: "latest",
  optimizer: "adagrad",
};

/** What an optimiser keeps of earlier squared gradients at each update. */
const MEMORY: Readonly<Record<Required<LinearPolicyOptions>["optimizer"], number>> = {
  adagrad: 1,
  rmsprop: 0.99,
  sgd: 0,
};

/**
 * A softmax policy over listed candidates, linear in hashed features of context and candidate; microseconds a decision.
 *
 * ```text
 * logit(c) = Σ_{f in context} w[f × c] / √|context| + w[c] + Σ_{g in c} w[g] / √|c| + w_s · overlap(context, c)
 * value    = Σ_{f in context} w[f × value] / √|context| + w[value]
 * with hidden units, each + Σ_j h_j·w[c × j],  h_j = tanh(Σ_{f in context} (r[f, j] + w[f × j]) / √|context|)
 * ```
 *
 * Weights start at zero: the first decisions are uniform, or follow the texts' likeness where `similarityWeight` is set.
 * `r` are fixed random numbers of variance 1. Weight decay touches only weights that have a gradient.
 *
 * @param options What it sees and how it learns.
 * @param from Weights, version and (where the snapshot has it) optimiser memory to start with.
 * @throws {EddyError} `checkpoint_invalid` If `from` is not a linear policy of these options.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createLinearPolicy, loadKernels } from "@eddy/eddy";
 * using policy = createLinearPolicy(await loadKernels());
 * using context = policy.open();
 * context.append([{ role: "user", text: "turn the light on" }]);
 * const [decision] = policy.decide([{ context, candidates: ["lamp", "radio"], seed: 1, stream: 0 }]);
 * assert.ok(Math.abs(decision.behaviorLogProbs[0] - Math.log(0.5)) < 1e-6);
 * ```
 */
export function createLinearPolicy(
  kernels: Kernels,
  options: LinearPolicyOptions = {},
  from?: PolicySnapshot,
): LinearPolicy {
  return new HashedPolicy(kernels, { ...DEFAULTS, ...options }, from);
}

class HashedPolicy implements LinearPolicy {
  readonly kind = "linear";
  readonly #model: InstanceType<Kernels["LinearModel"]>;
  readonly #features: FeatureCache;
  #version = 0;
  #evaluated: readonly Trajectory[] | undefined;
  #scored: readonly Omit<Readable, "context">[] = [];

  constructor(kernels: Kernels, private readonly options: Required<LinearPolicyOptions>, from?: PolicySnapshot) {
    this.#features = new FeatureCache(kernels, options);
    this.#model = new kernels.LinearModel(options.bits, options.similarityWeight, options.hidden);
    if (from) this.#version = readSnapshot(from, this.#model, options);
  }

  get version(): number {
    return this.#version;
  }

  get parameterCount(): number {
    return this.#model.parameterCount;
  }

  open(): Context {
    return new LinearContext(this.options.memory);
  }

  decide(requests: readonly DecisionRequest[], options: SamplingOptions = {}): Decision[] {
    const { temperature = 1, topK = 0, topP = 1, minP = 0 } = options;
    const trained = temperature === 0 ? 1 : temperature;
    return requests.map((request) => {
      const { context, candidates, features, ids, offsets } = this.#read(request);
      const [index, behavior, raw, value] = this.#model.decide(
        features,
        ids,
        offsets,
        temperature,
        topK,
        topP,
        minP,
        BigInt(request.seed),
        request.stream >>> 0,
        context.actions,
      );
      context.act(candidates[index]);
      const replay: Replay = { context: features, ids, offsets, temperature: trained };
      return this.#decision(candidates, index, [behavior, raw, value], replay);
    });
  }

  demonstrate(request: DecisionRequest, action: string): Decision {
    const { context, candidates, features, ids, offsets } = this.#read(request);
    const index = candidates.indexOf(action);
    if (index < 0) throw new RangeError(`Cannot demonstrate: '${action}' is not among the candidates`);
    context.act(action);
    return this.#decision(candidates, index, [0, 0, 0], { context: features, ids, offsets, temperature: 1 });
  }

  recall(request: DecisionRequest, kept: KeptDecision): Decision {
    const { context, candidates, features, ids, offsets } = this.#read(request);
    const { tokens: [index, ...more], behaviorLogProbs, value, policyVersion } = kept;
    if (candidates[index] === undefined || more.length > 0 || behaviorLogProbs.length !== 1) {
      throw new RangeError("Cannot recall the decision: it is no choice among these candidates");
    }
    context.act(candidates[index]);
    const temperature = kept.temperature === 0 ? 1 : kept.temperature;
    const replay: Replay = { context: features, ids, offsets, temperature };
    return { ...this.#decision(candidates, index, [0, 0, value], replay), behaviorLogProbs, policyVersion };
  }

  #read({ context, candidates }: DecisionRequest): Readable {
    if (!(context instanceof LinearContext)) throw new TypeError("Cannot decide: the context is another policy's");
    if (!candidates || candidates.length === 0) {
      throw new EddyError("environment_invalid", "Cannot decide: a linear policy chooses among listed candidates");
    }
    const features = this.#features.text(context.text);
    return { context, candidates, features, ...this.#features.candidates(candidates) };
  }

  #decision(
    candidates: readonly string[],
    index: number,
    [behavior, raw, value]: readonly [number, number, number],
    replay: Replay,
  ): Decision {
    return {
      text: candidates[index],
      promptTokens: new Uint32Array(0),
      tokens: Uint32Array.of(index),
      behaviorLogProbs: Float32Array.of(behavior),
      rawLogProbs: Float32Array.of(raw),
      chosen: Uint8Array.of(candidates.length > 1 ? 1 : 0),
      value,
      policyVersion: this.#version,
      replay,
    };
  }

  evaluate(trajectories: readonly Trajectory[]): Evaluation {
    const steps = trajectories.flatMap((trajectory) => trajectory.decisions);
    const [logProbs, entropies, values] = [1, 2, 3].map(() => new Float32Array(steps.length));
    steps.forEach(({ tokens, replay }, i) => {
      const { context, ids, offsets, temperature } = replay as Replay;
      [logProbs[i], entropies[i], values[i]] = this.#model.evaluate(context, ids, offsets, tokens[0], temperature);
    });
    this.#evaluated = trajectories;
    return { logProbs, entropies, values };
  }

  backward({ dLogProbs, dEntropies, dValues }: EvaluationGradients): void {
    if (!this.#evaluated) throw new TypeError("Cannot go backward: nothing was evaluated with these weights");
    const steps = this.#evaluated.flatMap((trajectory) => trajectory.decisions);
    for (const [name, column] of Object.entries({ dLogProbs, dEntropies, dValues })) {
      if (column.length !== steps.length) throw new ShapeError(name, steps.length, column.length);
    }
    steps.forEach(({ tokens, replay }, i) => {
      const { context, ids, offsets, temperature } = replay as Replay;
      this.#model
        .backward(context, ids, offsets, tokens[0], temperature, dLogProbs[i], dEntropies[i], dValues[i]);
    });
  }

  scores(questions: readonly ScoredQuestion[]): Float32Array {
    this.#scored = questions.map(({ text, candidates }) => ({
      candidates,
      features: this.#features.text(text),
      ...this.#features.candidates(candidates),
    }));
    const scores = new Float32Array(this.#scored.reduce((sum, { candidates }) => sum + candidates.length, 0));
    let at = 0;
    for (const { candidates, features, ids, offsets } of this.#scored) {
      scores.set(this.#model.score(features, ids, offsets), at);
      at += candidates.length;
    }
    return scores;
  }

  backwardScores(dScores: Float32Array): void {
    const expected = this.#scored.reduce((sum, { candidates }) => sum + candidates.length, 0);
    if (dScores.length !== expected) throw new ShapeError("dScores", expected, dScores.length);
    let at = 0;
    for (const { candidates, features, ids, offsets } of this.#scored) {
      this.#model.backwardScores(features, ids, offsets, dScores.subarray(at, at += candidates.length));
    }
  }

  follow(other: LinearPolicy, share: number): void {
    if (!(other instanceof HashedPolicy)) throw new TypeError("Cannot follow: the other policy is of another kind");
    this.#model.follow(other.#model, share);
  }

  update({ learningRate, maxGradientNorm = 0, weightDecay = 0 }: UpdateOptions): UpdateReport {
    const memory = MEMORY[this.options.optimizer];
    const gradientNorm = this.#model.update(learningRate, maxGradientNorm, weightDecay, memory);
    const applied = Number.isFinite(gradientNorm);
    if (applied) this.#version++;
    this.#evaluated = undefined;
    return { gradientNorm, applied, version: this.#version };
  }

  readGradients(into: Float32Array): void {
    if (into.length !== this.parameterCount) throw new ShapeError("into", this.parameterCount, into.length);
    into.set(this.#model.readGradients());
  }

  writeGradients(from: Float32Array): void {
    if (from.length !== this.parameterCount) throw new ShapeError("from", this.parameterCount, from.length);
    this.#model.writeGradients(from);
  }

  snapshot(options: { readonly resume?: boolean } = {}): PolicySnapshot {
    return writeSnapshot(this.#model, this.options, this.#version, options.resume ?? false);
  }

  [Symbol.dispose](): void {
    this.#model.free();
  }
}
