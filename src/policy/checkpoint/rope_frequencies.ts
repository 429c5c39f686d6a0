import type { ModelConfig, YarnRopeScaling } from "./model_config.ts";

/** A model's rotations, and which of its sequences are long. */
export interface RopeFrequencies {
  /** [rotaryDimension / 2] radians a position. */
  readonly frequencies: Float32Array;
  /** Factor of all cosines and sines. */
  readonly scale: number;
}

/** What of a model decides its rotations. */
export type RopeConfig = Pick<ModelConfig, "headDimension" | "ropeTheta" | "ropeScaling" | "rotaryDimension">;

/**
 * Angle per position by which each pair of a head's numbers turns.
 *
 * ```text
 * ω_i = θ^(−2i/d)                                    default
 * ω_i / factor                                       linear
 * ω_i                      wavelength < L/high        llama3: short waves stay,
 * ω_i / factor             wavelength > L/low         long ones are stretched,
 * ω_i·(s + (1 − s)/factor) between                    and those between are mixed
 * where wavelength = 2π/ω_i and s = (L/wavelength − low)/(high − low)
 * ω_i·((1 − r_i) + r_i/factor)                       yarn: r_i rises from 0 to 1 between the places of two waves
 * ω_i / f_i                                          longrope: f are the short factors
 * ```
 *
 * | Symbol | Meaning |
 * | --- | --- |
 * | θ, d | `ropeTheta`, `rotaryDimension` (absent: `headDimension`) |
 * | L, low, high, factor, f | the members of `ropeScaling` |
 *
 * @returns [d / 2] radians a position.
 * @see Su et al. 2021, "RoFormer", §3.2; Peng et al. 2023, "YaRN", §3.2; Ding et al. 2024, "LongRoPE"; the scaling
 * `llama3` is that of Llama 3.1's published configuration.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ropeFrequencies } from "@eddy/eddy";
 * assert.ok(ropeFrequencies({ headDimension: 4, ropeTheta: 100 }).join() === "1,0.10000000149011612");
 * ```
 */
export function ropeFrequencies(config: RopeConfig): Float32Array {
  return scaled(config, false);
}

/** {@linkcode ropeFrequencies} of long sequences, where they differ; they are the ones of more tokens than `above`. */
export function longRopeFrequencies(config: RopeConfig): (RopeFrequencies & { readonly above: number }) | undefined {
  const { ropeScaling: scaling } = config;
  if (scaling?.type !== "longrope" || scaling.longFactors.join() === scaling.shortFactors.join()) return undefined;
  return { frequencies: scaled(config, true), scale: ropeScale(config), above: scaling.originalMaximumPositions };
}

/** Factor of all cosines and sines. */
export function ropeScale({ ropeScaling: scaling }: RopeConfig): number {
  return scaling?.type === "yarn" || scaling?.type === "longrope" ? scaling.attentionFactor : 1;
}

function scaled(config: RopeConfig, long: boolean): Float32Array {
  const { ropeTheta, ropeScaling: scaling, rotaryDimension: dimension = config.headDimension } = config;
  const ramp = scaling?.type === "yarn" ? yarnRamp(scaling, ropeTheta, dimension) : undefined;
  return Float32Array.from({ length: dimension / 2 }, (_, i) => {
    const frequency = ropeTheta ** (-2 * i / dimension);
    switch (scaling?.type) {
      case undefined:
        return frequency;
      case "linear":
        return frequency / scaling.factor;
      case "longrope":
        return frequency / (long ? scaling.longFactors : scaling.shortFactors)[i];
      case "yarn":
        return frequency * (1 - ramp!(i)) + frequency / scaling.factor * ramp!(i);
      case "llama3": {
        const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalMaximumPositions } = scaling;
        const turns = originalMaximumPositions * frequency / (2 * Math.PI);
        if (turns > high) return frequency;
        if (turns < low) return frequency / factor;
        const share = (turns - low) / (high - low);
        return frequency * (share + (1 - share) / factor);
      }
    }
  });
}

/** How far each place is on the ramp between waves that turn `betaFast` and `betaSlow` times in the original length. */
function yarnRamp(scaling: YarnRopeScaling, theta: number, dimension: number): (place: number) => number {
  const { betaFast, betaSlow, truncate, originalMaximumPositions: length } = scaling;
  const place = (turns: number): number => dimension * Math.log(length / (turns * 2 * Math.PI)) / (2 * Math.log(theta));
  const [first, last] = truncate
    ? [Math.floor(place(betaFast)), Math.ceil(place(betaSlow))]
    : [place(betaFast), place(betaSlow)];
  const low = Math.max(first, 0), high = Math.min(last, dimension - 1);
  return (i) => Math.min(Math.max((i - low) / (high === low ? 0.001 : high - low), 0), 1);
}
