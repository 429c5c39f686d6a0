import type { LlamaConfig } from "./llama_config.ts";

/**
 * Angle per position by which each pair of a head's numbers turns.
 *
 * ```text
 * ω_i = θ^(−2i/d)                                    default
 * ω_i                      wavelength < L/high        llama3: short waves stay,
 * ω_i / factor             wavelength > L/low         long ones are stretched,
 * ω_i·(s + (1 − s)/factor) between                    and those between are mixed
 * where wavelength = 2π/ω_i and s = (L/wavelength − low)/(high − low)
 * ```
 *
 * | Symbol | Meaning |
 * | --- | --- |
 * | θ, d | `ropeTheta`, `headDimension` |
 * | L, low, high, factor | the members of `ropeScaling` |
 *
 * @returns [headDimension / 2] radians a position.
 * @see Su et al. 2021, "RoFormer", §3.2; the scaling is that of Llama 3.1's published configuration.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ropeFrequencies } from "@eddy/eddy";
 * assert.ok(ropeFrequencies({ headDimension: 4, ropeTheta: 100 }).join() === "1,0.10000000149011612");
 * ```
 */
export function ropeFrequencies(
  config: Pick<LlamaConfig, "headDimension" | "ropeTheta" | "ropeScaling">,
): Float32Array {
  const { headDimension, ropeTheta, ropeScaling: scaling } = config;
  return Float32Array.from({ length: headDimension / 2 }, (_, i) => {
    const frequency = ropeTheta ** (-2 * i / headDimension);
    if (scaling === undefined) return frequency;
    const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalMaximumPositions } = scaling;
    const turns = originalMaximumPositions * frequency / (2 * Math.PI);
    if (turns > high) return frequency;
    if (turns < low) return frequency / factor;
    const share = (turns - low) / (high - low);
    return frequency * (share + (1 - share) / factor);
  });
}
