import type { Kernels } from "../kernels/mod.ts";
import { sampler } from "./_sampler.ts";
import type { SampleInput } from "./sample_token.ts";
import type { SamplingOptions } from "./sampling.ts";

/**
 * The row that {@linkcode sampleToken} draws from: penalties and temperature applied, removed tokens −Infinity.
 *
 * @throws {RangeError} If an option is out of range, or the temperature is 0.
 * @throws {ShapeError} If the mask does not fit the logits, or there are no logits.
 */
export function filterLogits(kernels: Kernels, input: SampleInput, options: SamplingOptions = {}): Float32Array {
  if (options.temperature === 0) throw new RangeError("Cannot filter logits: temperature is 0");
  using made = sampler(kernels, input, options);
  return made.filter(input.logits, input.mask);
}
