import { EddyError } from "../../../errors.ts";
import type { ModelConfig } from "../../checkpoint/mod.ts";
import type { Decision, Evaluation, LearningPolicy, PolicySnapshot, UpdateReport } from "../../policy.ts";
import { backwardPacked, evaluatePacked } from "../_evaluate.ts";
import { type PackedTrajectories, packTrajectories } from "../_pack.ts";
import { adapterWeights } from "../_trained_weights.ts";
import type { ActingModel } from "../acting_model.ts";
import { writeAdapter } from "../load_transformer_policy.ts";
import type { TransformerReplay } from "../replay.ts";
import type { AdamOptions } from "../transformer_policy.ts";
import { adapterSnapshot } from "./adapter_snapshot.ts";
import type { LoraConfig } from "./lora_config.ts";
import { openAdapter } from "./low_rank_adapter.ts";

/** What an adapter begins with. */
export interface LearningAdapterOptions {
  /** Names the numbers that a new adapter begins with. Unsigned 32-bit; default 0. */
  readonly seed?: number;
  /** A snapshot of one like it: goes on from there, with what its optimiser remembered. */
  readonly resumed?: PolicySnapshot;
  /** Default 0.9, 0.999, 1e-8. */
  readonly adam?: AdamOptions;
  /** Whether the model was freed: then there is nothing to take the adapter from. Default never. */
  readonly isGone?: () => boolean;
}

/**
 * Puts an adapter beside a model that learns from decisions of that model, its adapters included. One computation at a time
 * uses the model: go backward before anybody else evaluates.
 *
 * @throws {EddyError} As `openAdapter` and `adapterNumbers`.
 */
export function openLearningAdapter(
  model: ActingModel,
  config: ModelConfig,
  lora: LoraConfig,
  { seed = 0, resumed, isGone, adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } }: LearningAdapterOptions = {},
): LearningPolicy {
  const adapter = openAdapter(model, config, lora, resumed ? null : seed);
  const maskWords = Math.ceil(config.vocabularySize / 32);
  const remove = (): void => {
    if (isGone?.()) return;
    model.learnAdapter();
    model.removeAdapter(adapter.id);
  };
  try {
    const { updates = 0 } = JSON.parse(resumed?.files.get("eddy.json") ?? "{}") as { readonly updates?: number };
    if (resumed) writeAdapter(model, adapter, resumed, updates);
  } catch (error) {
    remove();
    throw error;
  }
  const trained = adapterWeights(model, adapter);
  let version = resumed?.version ?? 0;
  let packed: PackedTrajectories | undefined;
  return {
    get version(): number {
      return version;
    },
    parameterCount: trained.parameterCount,
    evaluate(trajectories, { prompts = false } = {}): Evaluation {
      packed = packTrajectories(trajectories, maskWords, prompts);
      trained.select();
      return evaluatePacked(model, packed);
    },
    backward(gradients): void {
      if (packed === undefined) throw new TypeError("Cannot go backward: nothing was evaluated");
      backwardPacked(model, packed, gradients);
    },
    update({ learningRate, maxGradientNorm = 0, weightDecay = 0 }): UpdateReport {
      const gradientNorm = trained.update(adam, learningRate, weightDecay, maxGradientNorm);
      const applied = Number.isFinite(gradientNorm);
      if (applied) version += 1;
      packed = undefined;
      return { gradientNorm, applied, version };
    },
    readGradients: (into) => into.set(trained.readGradients()),
    writeGradients: (from) => trained.writeGradients(from),
    snapshot: ({ resume = false } = {}) => adapterSnapshot({ model, config, adapter, version, own: { adam } }, resume),
    [Symbol.dispose]: remove,
  };
}

/** Tokens that a language model wrote, as they were drawn. */
export interface WrittenTokens {
  /** What was read. */
  readonly prompt: Uint32Array;
  /** What was written, the end included. */
  readonly tokens: Uint32Array;
  /** [tokens] of what each was drawn from; 0 where nothing was drawn. Nats. */
  readonly behaviorLogProbs: Float32Array;
  /** [tokens] under the model's own distribution. Nats. */
  readonly rawLogProbs: Float32Array;
  /** Version that wrote. */
  readonly policyVersion: number;
}

/**
 * An answer as a decision that can be evaluated: any token was allowed, and those that were certain are no choices. What it
 * learns towards is the model's own distribution; samplers and constraints that bent it count as another behaviour.
 *
 * @throws {EddyError} `data_invalid` If the columns have other lengths, or nothing was read or written.
 */
export function writtenDecision(text: string, written: WrittenTokens): Decision {
  const { prompt, tokens, behaviorLogProbs, rawLogProbs, policyVersion } = written;
  const { length } = tokens;
  if (prompt.length === 0 || length === 0 || behaviorLogProbs.length !== length || rawLogProbs.length !== length) {
    throw new EddyError("data_invalid", "Cannot see the answer again: its tokens are not whole");
  }
  const chosen = Uint8Array.from(behaviorLogProbs, (logProb) => Number(logProb < 0));
  const replay: TransformerReplay = {
    masks: new Uint32Array(),
    words: 0,
    states: new Uint32Array(chosen.reduce((sum, one) => sum + one, 0)),
    temperature: 1,
    forcedPrefix: 0,
  };
  return {
    ...{ text, promptTokens: prompt, tokens, behaviorLogProbs, rawLogProbs, chosen, value: 0, policyVersion, replay },
  };
}
