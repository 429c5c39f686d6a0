import { ShapeError } from "../errors.ts";
import type { Kernels } from "../kernels/mod.ts";
import type { SampleInput } from "./sample_token.ts";
import { checkSamplingOptions, type SamplingOptions } from "./sampling.ts";

/** The kernel's form of the options, with its penalties set. Free it. */
export function sampler(
  kernels: Kernels,
  input: SampleInput,
  options: SamplingOptions,
): InstanceType<Kernels["Sampler"]> {
  checkRow(input);
  checkSamplingOptions(options);
  const { temperature = 1, topK = 0, topP = 1, minP = 0, typical = 1, epsilon = 0, eta = 0, minKeep = 1 } = options;
  const { repetitionPenalty = 1, frequencyPenalty = 0, presencePenalty = 0 } = options;
  const made = new kernels.Sampler(temperature, topK, topP, minP, typical, epsilon, eta, minKeep);
  if (repetitionPenalty !== 1 || frequencyPenalty !== 0 || presencePenalty !== 0) {
    const generated = Uint32Array.from(input.generated ?? []);
    const context = Uint32Array.from([...(input.prompt ?? []), ...generated]);
    made.setPenalties(repetitionPenalty, frequencyPenalty, presencePenalty, context, generated);
  }
  return made;
}

function checkRow({ logits, mask }: SampleInput): void {
  if (logits.length === 0) throw new ShapeError("logits", "at least 1", 0);
  const words = Math.ceil(logits.length / 32);
  if (mask && mask.length !== words) throw new ShapeError("mask", words, mask.length);
}
