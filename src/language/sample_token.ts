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
  /** Of the run: 64 bits. */
  readonly seed: bigint;
  /** Tells the series of draws of one run apart, such as episodes. */
  readonly stream: number;
  /** Place in the series. */
  readonly counter: number;
}

/** One drawn token. */
export interface SampledToken {
  /** Its id. */
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
 * import { ok } from "node:assert/strict";
 * import { loadKernels, sampleToken } from "@eddy/eddy";
 * const kernels = await loadKernels();
 * const logits = Float32Array.of(0, 3, 1);
 * const drawn = sampleToken(kernels, { logits }, { seed: 1n, stream: 0, counter: 0 }, { temperature: 0 });
 * ok(drawn?.token === 1 && drawn.behaviorLogProb === 0);
 * ```
 */
export function sampleToken(
  kernels: Kernels,
  input: SampleInput,
  draw: Draw,
  options: SamplingOptions = {},
): SampledToken | undefined {
  using made = sampler(kernels, input, options);
  using drawn = made.sample(input.logits, input.mask, kernels.samplingUniform(draw.seed, draw.stream, draw.counter));
  return drawn && { token: drawn.token, rawLogProb: drawn.rawLogProb, behaviorLogProb: drawn.behaviorLogProb };
}
