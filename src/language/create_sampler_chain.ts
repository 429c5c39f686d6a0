import { ShapeError } from "../errors.ts";
import type { Kernels } from "../kernels/mod.ts";
import { type ChainOptions, type ChainStep, type FullChainOptions, fullChainOptions } from "./chain_options.ts";
import type { Draw, SampledToken } from "./sample_token.ts";

/** A row of logits and what was said before it. */
export interface ChainInput {
  /** [vocabulary] unnormalized log-probabilities; −Infinity is never drawn. */
  readonly logits: Float32Array;
  /** [ceil(vocabulary / 32)] bit `t % 32` of word `t >> 5` is set when token `t` may be drawn. Default all. */
  readonly mask?: Uint32Array;
  /** Ids so far, prompt and answer. Default none. */
  readonly context?: Uint32Array;
}

/** A chain of samplers. Owns kernel memory: dispose it. */
export interface SamplerChain extends Disposable {
  /**
   * The surprise that mirostat allows next, in bits, or the mean probability that adaptive-p has reached; keep it with a draw
   * to repeat it.
   */
  mu: number;
  /** Draws one token, or undefined where none may be drawn: all are removed, or a logit is NaN or +Infinity. */
  sample(input: ChainInput, draw: Draw): SampledToken | undefined;
  /** The row after all steps, as `sample` would draw from it; removed tokens −Infinity. */
  filter(input: ChainInput, draw: Draw): Float32Array;
}

/** A step of numbers alone. */
type PlainStep = Exclude<ChainStep, "dry" | "infill" | "adaptive_p">;

const KINDS: Readonly<Record<PlainStep, number>> = {
  penalties: 1,
  top_n_sigma: 2,
  top_k: 3,
  typ_p: 4,
  top_p: 5,
  min_p: 6,
  xtc: 7,
  temperature: 8,
};
const ALL = 2 ** 32 - 1;

/**
 * Makes a chain of samplers as llama.cpp has them: the same steps, in the same order unless another is given, with the
 * same defaults. What differs: of equal logits the lower id is kept, and a token is drawn by inverting the cumulative
 * distribution in the order of ids at a number that seed, stream and counter name, so that every draw can be repeated.
 *
 * ```text
 * token = the first t in id order with Σ_{j ≤ t} p_j > u,   u = uniform(seed, stream, counter)
 * ```
 *
 * @throws {RangeError} If an option is out of range.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { createSamplerChain, loadKernels } from "@eddy/eddy";
 * const kernels = await loadKernels();
 * using chain = createSamplerChain(kernels, { topK: 1 });
 * const drawn = chain.sample({ logits: Float32Array.of(0, 3, 1) }, { seed: 1n, stream: 0, counter: 0 });
 * equal(drawn?.token, 1);
 * equal(drawn?.behaviorLogProb, 0);
 * ```
 */
export function createSamplerChain(kernels: Kernels, options: ChainOptions = {}): SamplerChain {
  const full = fullChainOptions(options);
  const { temperature, mirostat } = full;
  const greedy = temperature === 0 && full.dynamicTemperatureRange === 0;
  const made = new kernels.SamplerChain(
    full.minKeep,
    greedy,
    full.raw,
    mirostat,
    full.mirostatTokens,
    full.mirostatTau,
    full.mirostatEta,
  );
  for (const [id, by] of full.logitBias) made.bias(id, by);
  for (const step of full.order) addStep(made, step, full);

  return {
    get mu(): number {
      return made.mu;
    },
    set mu(mu: number) {
      made.mu = mu;
    },
    sample(input, { seed, stream, counter }): SampledToken | undefined {
      checkRow(input);
      const { logits, mask, context = new Uint32Array() } = input;
      using drawn = made.sample(logits, mask, context, seed, stream, counter);
      return drawn && { token: drawn.token, rawLogProb: drawn.rawLogProb, behaviorLogProb: drawn.behaviorLogProb };
    },
    filter(input, { seed, stream, counter }): Float32Array {
      checkRow(input);
      const { logits, mask, context = new Uint32Array() } = input;
      return made.filter(logits, mask, context, seed, stream, counter);
    },
    [Symbol.dispose]: () => made.free(),
  };
}

function addStep(made: InstanceType<Kernels["SamplerChain"]>, step: ChainStep, full: FullChainOptions): void {
  if (step === "dry") {
    if (full.dryMultiplier === 0 || full.dryWindow === 0) return;
    const breakers = Uint32Array.from(full.dryBreakers.flat());
    const lengths = Uint32Array.from(full.dryBreakers, (breaker) => breaker.length);
    made.dry(full.dryMultiplier, full.dryBase, full.dryAllowedLength, window(full.dryWindow), breakers, lengths);
    return;
  }
  if (step === "infill") {
    const { bytes, lengths, ends } = full.infill!;
    return made.infill(bytes, lengths, ends);
  }
  // like mirostat it draws: after all other steps, wherever it is named
  if (step === "adaptive_p") {
    return full.mirostat > 0 ? undefined : made.adaptive(full.adaptiveTarget, full.adaptiveDecay);
  }
  const [a, b = 0, c = 0] = numbersOf(step, full);
  made.step(KINDS[step], a, b, c, window(full.penaltyWindow));
}

function window(tokens: number): number {
  return tokens < 0 ? ALL : tokens;
}

function numbersOf(step: PlainStep, full: FullChainOptions): readonly number[] {
  switch (step) {
    case "penalties":
      return [full.repetitionPenalty, full.frequencyPenalty, full.presencePenalty];
    case "top_n_sigma":
      return [full.topNSigma];
    case "top_k":
      return [full.topK];
    case "typ_p":
      return [full.typicalP];
    case "top_p":
      return [full.topP];
    case "min_p":
      return [full.minP];
    case "xtc":
      return [full.xtcProbability, full.xtcThreshold];
    case "temperature":
      return [full.temperature, full.dynamicTemperatureRange, full.dynamicTemperatureExponent];
  }
}

function checkRow({ logits, mask }: ChainInput): void {
  if (logits.length === 0) throw new ShapeError("logits", "at least 1", 0);
  const words = Math.ceil(logits.length / 32);
  if (mask && mask.length !== words) throw new ShapeError("mask", words, mask.length);
}
