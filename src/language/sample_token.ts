import { ShapeError } from "../errors.ts";
import type { Kernels } from "../kernels/mod.ts";
import { sampler } from "./_sampler.ts";
import type { SamplingOptions } from "./sampling.ts";

/** A row of logits and what is known about it. */
export interface SampleInput {
  /** [vocabulary] unnormalized log-probabilities; −Infinity is never drawn. */
  readonly logits: Float32Array;
  /** [ceil(vocabulary / 32)] bit `t % 32` of word `t >> 5` is set when token `t` may be drawn. Default all. */
  readonly mask?: Uint32Array;
  /** Ids before the answer, for the repetition penalty. */
  readonly prompt?: Iterable<number>;
  /** Ids of the answer so far, for all penalties. */
  readonly generated?: Iterable<number>;
}

/** Names a random draw: equal draws give equal tokens. */
export interface Draw {
  readonly seed: bigint;
  readonly stream: number;
  readonly counter: number;
}

/** One drawn token. */
export interface SampledToken {
  readonly token: number;
  /** Its log-probability under the whole row at temperature 1. Nats. */
  readonly rawLogProb: number;
  /** Its log-probability under the distribution it was really drawn from. Nats. */
  readonly behaviorLogProb: number;
}

/**
 * Draws one token from a row of logits.
 *
 * ```text
 * token = the first t in id order with Σ_{j ≤ t} p_j > u,   u = uniform(seed, stream, counter)
 * ```
 *
 * @returns The token, or undefined when none may be drawn: all are masked, or a logit is NaN or +Infinity.
 * @throws {RangeError} If an option is out of range.
 * @throws {ShapeError} If the mask does not fit the logits, or there are no logits.
 *
 * @example
 * ```ts
 * import { loadKernels, sampleToken } from "@eddy/eddy";
 * const kernels = await loadKernels();
 * const logits = Float32Array.of(0, 3, 1);
 * const drawn = sampleToken(kernels, { logits }, { seed: 1n, stream: 0, counter: 0 }, { temperature: 0 });
 * console.assert(drawn?.token === 1 && drawn.behaviorLogProb === 0);
 * ```
 */
export function sampleToken(
  kernels: Kernels,
  input: SampleInput,
  draw: Draw,
  options: SamplingOptions = {},
): SampledToken | undefined {
  checkRow(input);
  using made = sampler(kernels, input, options);
  using drawn = made.sample(input.logits, input.mask, kernels.samplingUniform(draw.seed, draw.stream, draw.counter));
  return drawn && { token: drawn.token, rawLogProb: drawn.rawLogProb, behaviorLogProb: drawn.behaviorLogProb };
}

/**
 * The row that {@linkcode sampleToken} draws from: penalties and temperature applied, removed tokens −Infinity.
 *
 * @throws {RangeError} If an option is out of range, or the temperature is 0.
 * @throws {ShapeError} If the mask does not fit the logits, or there are no logits.
 */
export function filterLogits(kernels: Kernels, input: SampleInput, options: SamplingOptions = {}): Float32Array {
  checkRow(input);
  if (options.temperature === 0) throw new RangeError("Cannot filter logits: temperature is 0");
  using made = sampler(kernels, input, options);
  return made.filter(input.logits, input.mask);
}

function checkRow({ logits, mask }: SampleInput): void {
  if (logits.length === 0) throw new ShapeError("logits", "at least 1", 0);
  const words = Math.ceil(logits.length / 32);
  if (mask && mask.length !== words) throw new ShapeError("mask", words, mask.length);
}
