/** Settings of {@link temperatureLoss}. */
export interface TemperatureOptions {
  /** ln α. */
  readonly logAlpha: number;
  /** Entropy that is wanted, nats; 0.98·ln(actions) is usual. */
  readonly targetEntropy: number;
  /** The loss is linear in `α` or in `ln α`; default `alpha`. */
  readonly form?: "alpha" | "log-alpha";
}

/** A loss of the temperature and its gradient. */
export interface TemperatureLoss {
  /** NaN when an entropy was. */
  readonly loss: number;
  /** Gradient of `loss` by `logAlpha`. */
  readonly dLogAlpha: number;
}

/**
 * Moves what entropy is worth until the policy has as much of it as is wanted.
 *
 * ```text
 * g = mean(entropy) − targetEntropy      loss = α·g, or ln α·g      ∂/∂ln α = α·g, or g
 * ```
 *
 * Both forms have the sign of the gap; that in α slows down when α is small.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `entropies` | `[n]` | nats | constants, from `softValues` |
 *
 * @returns Loss and its gradient. No entropies: 0.
 * @see Haarnoja et al., arXiv 1812.05905, equation 18; form in ln α: that of the authors' code.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { temperatureLoss } from "@eddy/eddy";
 * const { dLogAlpha } = temperatureLoss(Float32Array.of(0.5, 1.5), { logAlpha: 0, targetEntropy: 2 });
 * equal(dLogAlpha, -1); // too little entropy: α grows
 * ```
 */
export function temperatureLoss(entropies: Float32Array, options: TemperatureOptions): TemperatureLoss {
  const { logAlpha, targetEntropy, form = "alpha" } = options;
  const mean = entropies.reduce((sum, entropy) => sum + entropy, 0) / entropies.length;
  const gap = entropies.length === 0 ? 0 : mean - targetEntropy;
  if (form === "log-alpha") return { loss: logAlpha * gap, dLogAlpha: gap };
  const loss = Math.exp(logAlpha) * gap;
  return { loss, dLogAlpha: loss };
}
